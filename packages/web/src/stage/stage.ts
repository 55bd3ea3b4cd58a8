import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { browserClock } from "../clock.ts";
import { type DanmakuChoices, usualChoices } from "../danmaku/choices.ts";
import { Flights } from "../danmaku/flights.ts";
import type { Line } from "../danmaku/line.ts";
import { part } from "../part.ts";
import type { PlayerState } from "../stream/player-state.ts";
import type { StreamView } from "../stream/stream-view.ts";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import type { Words } from "../words/en.ts";
import type { Language } from "../words/language.ts";
import { Attention } from "./attention.ts";
import { idleStage, idleStageStyles } from "./idle-stage.ts";
import { stageStyles } from "./stage-styles.ts";

/** On the empty stage lines fly over its upper part, above the poster. */
const idleAreaMax = 0.5;

/**
 * The stage: the stream, or an empty theatre where there is none, and danmaku flying over either.
 *
 * Fires `danmaku` when the reader switches danmaku, `danmaku-settings` when they want to choose, with the button as its detail, and `full-screen` when they want
 * the whole screen.
 */
export class Stage extends LitElement {
	static override readonly properties = {
		words: { attribute: false },
		language: { type: String },
		settings: { attribute: false },
		heading: { type: String },
		danmaku: { attribute: false },
		settingsOpen: { type: Boolean },
		shut: { type: Boolean },
	};
	static override readonly styles = [controls, idleStageStyles, stageStyles];

	declare words: Words;
	declare language: Language;
	declare settings: RoomSettings | null;
	/** The room's title, or what stands for it. */
	declare heading: string;
	declare danmaku: DanmakuChoices;
	declare settingsOpen: boolean;
	/** The reader is not let in: the curtain stays drawn. */
	declare shut: boolean;
	#flights: Flights | null = null;
	readonly #attention = new Attention(browserClock, () => this.requestUpdate());
	/** Something of the bar has the focus, and was reached by keys. */
	#hasFocus = false;
	readonly #resizes = new ResizeObserver(() => this.#flights?.resize());

	constructor() {
		super();
		this.heading = "";
		this.settings = null;
		this.settingsOpen = false;
		this.shut = false;
		this.danmaku = usualChoices(false);
		this.addEventListener("pointermove", this.#onMove);
		this.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && this.#attention.calm());
		this.addEventListener("click", this.#onTap);
		this.addEventListener("dblclick", (event) => !isControl(event) && this.dispatchEvent(new Event("full-screen")));
		this.addEventListener("focusin", (event) => this.#onFocus((event.composedPath()[0] as Element).matches(":focus-visible")));
		this.addEventListener("focusout", () => this.#onFocus(false));
	}

	/** Flies lines of one batch, one after another over the `spreadMs` until the next is due (0: not known). */
	fly(lines: readonly Line[], spreadMs: number): void {
		this.#flights?.fly(lines, spreadMs);
	}

	/** Flies the reader's own line at once. Its id is the key it is sent with, until `settle` names the message's. */
	flyOwn(line: Line): void {
		this.#flights?.flyOwn(line);
	}

	settle(key: string, id: string): void {
		this.#flights?.settle(key, id);
	}

	/** So many people more said what a message says. */
	countOn(id: string, count: number): void {
		this.#flights?.countOn(id, count);
	}

	/** Takes a message off the stage, by its id or by the key it was sent with. */
	ground(id: string): void {
		this.#flights?.ground(id);
	}

	toggleMuted(): void {
		this.#stream?.toggleMuted();
	}

	override connectedCallback(): void {
		super.connectedCallback();
		document.addEventListener("visibilitychange", this.#onVisibility);
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		document.removeEventListener("visibilitychange", this.#onVisibility);
		this.#resizes.disconnect();
		this.#attention.calm();
		this.#flights?.clear();
	}

	override firstUpdated(): void {
		const layer = this.renderRoot.querySelector<HTMLElement>(".danmaku") as HTMLElement;
		this.#flights = new Flights(layer, this.danmaku, browserClock);
		this.#resizes.observe(layer);
	}

	/** The place that the page keeps until this file is here has no words. */
	override shouldUpdate(): boolean {
		return this.words !== undefined;
	}

	override willUpdate(): void {
		// A file of its own: a room without a stream does not fetch it.
		if (this.#address !== "") part(() => import("../stream/stream-view.ts")).catch(() => {});
	}

	override updated(changed: PropertyValues<this>): void {
		if (changed.has("danmaku")) this.#flights?.apply(this.danmaku);
		this.#flights?.keepWithin(this.#isEmpty ? idleAreaMax : 1);
		// What covers the picture goes while it plays and nobody stirs; the cursor with it.
		this.toggleAttribute("calm", !this.#attention.isAwake && !this.#isHeld);
	}

	override render(): TemplateResult {
		const { words, danmaku } = this;
		const address = this.#address;
		return html`
			${this.#backdrop()}
			${address === "" ? nothing : html`<hubbub-stream .address=${address} .language=${this.language} @change=${() => this.requestUpdate()}></hubbub-stream>`}
			<div class="danmaku ${this.#isEmpty ? "below" : ""}" aria-hidden="true" lang=""></div>
			<div class="bar">
				${address === "" ? nothing : this.#streamTools()}
				<span class="space"></span>
				<button class="tool" title="${danmaku.on ? words.danmakuOn : words.danmakuOff} (D)" aria-label=${words.danmaku} aria-pressed=${danmaku.on} @click=${() => this.dispatchEvent(new Event("danmaku"))}>${icon(danmaku.on ? "danmaku" : "danmakuOff")}</button>
				<button class="tool" title=${words.danmakuSettings} aria-label=${words.danmakuSettings} aria-expanded=${this.settingsOpen} @click=${(event: Event) => this.dispatchEvent(new CustomEvent("danmaku-settings", { detail: event.currentTarget }))}>${icon("sliders")}</button>
				<slot name="tools"></slot>
			</div>
			<div class="top"><slot name="top"></slot></div>
			<slot name="over"></slot>
		`;
	}

	/** The theatre, where there is no picture to be seen: a poster tells what it waits for, a drawn curtain that something is about to come. */
	#backdrop(): TemplateResult | typeof nothing {
		const { words } = this;
		if (this.#address === "")
			return idleStage(this.settings && !this.shut ? "open" : "drawn", {
				title: this.heading,
				words: words.idleWords,
				hint: words.idleFirst,
			});
		if (this.#stream?.hasPicture) return nothing;
		return idleStage(this.#isEmpty ? "open" : "drawn", null);
	}

	#streamTools(): TemplateResult {
		const { words } = this;
		const phase = this.#streamState.phase;
		const stands = phase === "paused" || phase === "blocked";
		const isMuted = this.#stream?.muted ?? true;
		return html`<button class="tool" title=${stands ? words.play : words.pause} aria-label=${stands ? words.play : words.pause} @click=${() => this.#stream?.togglePaused()}>${icon(stands ? "play" : "pause")}</button>
			<button class="tool" title="${words.mute} (M)" aria-label=${words.mute} aria-pressed=${isMuted} @click=${this.toggleMuted}>${icon(isMuted ? "muted" : "volume")}</button>`;
	}

	/** Whether the bar stays in sight, because there is something to do or nothing to cover. A mouse finds it over the empty stage. */
	get #isHeld(): boolean {
		const { phase } = this.#streamState;
		if (this.#hasFocus || this.settingsOpen) return true;
		return phase === "paused" || phase === "broken" || (this.#isEmpty && matchMedia("(hover: none)").matches);
	}

	/** What is to be played; nothing for a reader who is not let in. */
	get #address(): string {
		return this.shut ? "" : (this.settings?.streamUrl ?? "");
	}

	get #stream(): StreamView | null {
		return this.renderRoot.querySelector<StreamView>("hubbub-stream:defined");
	}

	get #streamState(): PlayerState {
		return this.#stream?.state ?? { phase: "idle" };
	}

	get #isEmpty(): boolean {
		return this.#address === "" || this.#streamState.phase === "ended";
	}

	readonly #onMove = ({ pointerType }: PointerEvent): void => {
		if (pointerType === "mouse") this.#attention.stir();
	};

	/** A finger on the picture shows what can be pressed, or hides it; on something of that, it goes on showing it. */
	readonly #onTap = (event: MouseEvent): void => {
		if ((event as PointerEvent).pointerType === "mouse" || isControl(event)) this.#attention.stir();
		else this.#attention.toggle();
	};

	#onFocus(hasFocus: boolean): void {
		this.#hasFocus = hasFocus;
		this.requestUpdate();
	}

	readonly #onVisibility = () => {
		if (document.hidden) this.#flights?.pause();
		else this.#flights?.resume();
	};
}

/** Whether something that can be pressed was meant, not the picture. */
function isControl(event: Event): boolean {
	return event.composedPath().some((target) => target instanceof Element && target.matches("button, a, input, [slot]"));
}

customElements.define("hubbub-stage", Stage);
