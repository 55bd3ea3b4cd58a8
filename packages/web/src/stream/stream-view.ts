import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { browserClock } from "../clock.ts";
import { addressOf } from "../root.ts";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import type { Language } from "../words/language.ts";
import { createPlayer } from "./create-player.ts";
import type { Player } from "./player.ts";
import type { PlayerState } from "./player-state.ts";
import { streamStyles } from "./stream-styles.ts";
import { type StreamWords, streamWords } from "./stream-words.ts";

/** How long the button for sound says what it is for, in milliseconds of picture. */
const invitationMs = 8_000;

/** The film that comes with the server lies where the server does, also below a path of a site. Every other address is taken as it stands. */
const whereIs = (address: string) => (/^\/sample\.webm(?:[?#]|$)/.test(address) ? addressOf(address.slice(1)) : address);

/**
 * Plays the stream at `address`, and says in the viewer's language what stands in its way.
 *
 * Fires `change` whenever `state` or `muted` has changed.
 */
export class StreamView extends LitElement {
	static override readonly properties = { address: { type: String }, language: { type: String } };
	static override readonly styles = [controls, streamStyles];

	/** What to play; "" for nothing. */
	declare address: string;
	declare language: Language;
	#player: Player | null = null;
	#hasPicture = false;
	#cancelTick: () => void = () => {};
	/** The button for sound says what it is for; after a while its picture has to do, so that it covers less of the stream. */
	#isInviting = true;
	#cancelInvitation: (() => void) | null = null;

	constructor() {
		super();
		this.address = "";
		this.language = "en";
	}

	get state(): PlayerState {
		return this.#player?.state ?? { phase: "idle" };
	}

	get muted(): boolean {
		return this.#player?.muted ?? true;
	}

	/** Whether there has been a picture, moving or standing now, of what is being played. */
	get hasPicture(): boolean {
		return this.#hasPicture;
	}

	toggleMuted(): void {
		this.#player?.toggleMuted();
	}

	togglePaused(): void {
		this.#player?.togglePaused();
	}

	override connectedCallback(): void {
		super.connectedCallback();
		document.addEventListener("visibilitychange", this.#onVisibility);
		addEventListener("online", this.#onOnline);
		// Put into the page again after it was taken out.
		if (this.hasUpdated) this.#player?.load(whereIs(this.address));
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		document.removeEventListener("visibilitychange", this.#onVisibility);
		removeEventListener("online", this.#onOnline);
		this.#cancelTick();
		this.#cancelInvitation?.();
		this.#player?.end();
	}

	override firstUpdated(): void {
		this.#player = createPlayer(this.renderRoot.querySelector("video") as HTMLVideoElement, () => {
			const { phase } = this.state;
			if (phase === "playing") this.#cancelInvitation ??= browserClock.after(invitationMs, () => this.#endInvitation());
			if (phase === "playing") this.#hasPicture = true;
			else if (phase === "ended" || phase === "idle") this.#hasPicture = false;
			this.requestUpdate();
			this.dispatchEvent(new Event("change"));
		});
	}

	override willUpdate(changed: PropertyValues<this>): void {
		if (changed.has("address")) this.#hasPicture = false;
	}

	override updated(changed: PropertyValues<this>): void {
		if (changed.has("address")) this.#player?.load(whereIs(this.address));
		this.#cancelTick();
		// The seconds that are left are counted on the screen.
		if (this.#secondsLeft > 0) this.#cancelTick = browserClock.after(500, () => this.requestUpdate());
	}

	override render(): TemplateResult {
		const words = streamWords[this.language];
		const { state, muted } = this;
		return html`
			<video class=${this.#hasPicture ? "" : "away"} playsinline></video>
			${state.phase === "broken" ? html`<div class="veil"></div>` : nothing}
			<div class="call"><div class="words" role="status">${this.#curtainCall(state, words)}</div>${this.#remedy(state, words)}</div>
			${muted && (state.phase === "playing" || state.phase === "loading") ? html`<button class="unmute" aria-label=${words.unmute} title=${words.unmute} @click=${this.toggleMuted}>${icon("muted")}${this.#isInviting ? html`<span>${words.unmute}</span>` : nothing}</button>` : nothing}
		`;
	}

	#endInvitation(): void {
		this.#isInviting = false;
		this.requestUpdate();
	}

	/** Seconds until a broken stream is tried again; 0 where none are counted. */
	get #secondsLeft(): number {
		const { state } = this;
		if (state.phase !== "broken" || state.retryAtMs === null) return 0;
		return Math.max(0, Math.ceil((state.retryAtMs - browserClock.monotonic()) / 1_000));
	}

	/** What stands before a stream that does not play. */
	#curtainCall(state: PlayerState, words: StreamWords): TemplateResult | typeof nothing {
		switch (state.phase) {
			case "loading":
				return html`<span class="spinner"></span><span class="late">${words.loading}</span>`;
			case "broken":
				return html`<p>${words.problems[state.problem]}</p>`;
			case "ended":
				return html`<h2>${words.ended}</h2><p>${words.endedWords}</p>`;
			default:
				return nothing;
		}
	}

	/** What the viewer can do about it. Stands apart from the words, so that a countdown is not read out. */
	#remedy(state: PlayerState, words: StreamWords): TemplateResult | typeof nothing {
		switch (state.phase) {
			case "broken": {
				const seconds = this.#secondsLeft;
				return html`
					${state.problem === "unsupported" ? nothing : html`<span class="wait">${seconds > 0 ? words.retryIn(seconds) : words.retrying}</span>`}
					<button class="button" @click=${this.#tryNow}>${words.retryNow}</button>`;
			}
			case "ended":
				return html`<button class="button quiet" @click=${this.#tryNow}>${words.lookAgain}</button>`;
			case "blocked":
				return html`<button class="start" aria-label=${words.play} title=${words.play} @click=${this.togglePaused}>${icon("play")}</button>`;
			default:
				return nothing;
		}
	}

	readonly #tryNow = (): void => this.#player?.tryNow();

	readonly #onVisibility = (): void => {
		if (document.hidden) this.#player?.hide();
		else this.#player?.wake();
	};

	readonly #onOnline = (): void => this.#player?.wake();
}

customElements.define("hubbub-stream", StreamView);
