import type { RoomSettings } from "@hubbub/protocol/event.ts";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { browserClock } from "../clock.ts";
import { type DanmakuChoices, usualChoices } from "../danmaku/choices.ts";
import { Flights, type Line } from "../danmaku/flights.ts";
import { spread } from "../danmaku/spread.ts";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import type { Words } from "../words/en.ts";
import { idleStage, idleStageStyles } from "./idle-stage.ts";
import { Player } from "./player.ts";
import { stageStyles } from "./stage-styles.ts";

/** On the empty stage lines fly over its upper part, above the poster. */
const idleAreaMax = 0.5;

/**
 * The stage: the stream, or an empty theatre where there is none, and danmaku flying over either.
 *
 * Fires `danmaku` when the reader switches danmaku, `danmaku-settings` when they want to choose.
 */
export class Stage extends LitElement {
	static override readonly properties = {
		words: { attribute: false },
		settings: { attribute: false },
		heading: { type: String },
		danmaku: { attribute: false },
		settingsOpen: { type: Boolean },
		shut: { type: Boolean },
	};
	static override readonly styles = [controls, idleStageStyles, stageStyles];

	declare words: Words;
	declare settings: RoomSettings | null;
	/** The room's title, or what stands for it. */
	declare heading: string;
	declare danmaku: DanmakuChoices;
	declare settingsOpen: boolean;
	/** The reader is not let in: the curtain stays drawn. */
	declare shut: boolean;
	#player: Player | null = null;
	#flights: Flights | null = null;
	readonly #resizes = new ResizeObserver(() => this.#flights?.resize());

	constructor() {
		super();
		this.heading = "";
		this.settings = null;
		this.settingsOpen = false;
		this.shut = false;
		this.danmaku = usualChoices(false);
	}

	/** Flies lines of one batch, one after another over the `spreadMs` until the next is due (0: not known). */
	fly(lines: readonly Line[], spreadMs: number): void {
		const delays = spread(lines.length, spreadMs);
		lines.forEach((line, index) => {
			const delayMs = delays[index] as number;
			if (delayMs === 0) this.#flights?.fly([line]);
			else browserClock.after(delayMs, () => this.#flights?.fly([line]));
		});
	}

	/** Flies the reader's own line at once. */
	flyOwn(line: Line): void {
		this.#flights?.fly([line]);
	}

	/** Takes a message's line off the stage. */
	ground(id: string): void {
		this.#flights?.ground(id);
	}

	toggleMuted(): void {
		this.#player?.toggleMuted();
	}

	override connectedCallback(): void {
		super.connectedCallback();
		document.addEventListener("visibilitychange", this.#onVisibility);
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		document.removeEventListener("visibilitychange", this.#onVisibility);
		this.#resizes.disconnect();
		this.#player?.end();
		this.#flights?.clear();
	}

	override firstUpdated(): void {
		const layer = this.renderRoot.querySelector<HTMLElement>(".danmaku") as HTMLElement;
		this.#flights = new Flights(layer, this.danmaku, browserClock);
		this.#resizes.observe(layer);
		const video = this.renderRoot.querySelector("video") as HTMLVideoElement;
		this.#player = new Player(video, browserClock, () => this.requestUpdate());
		this.requestUpdate("settings");
	}

	override updated(changed: PropertyValues<this>): void {
		if (changed.has("danmaku")) this.#flights?.apply(this.danmaku);
		if (changed.has("settings") || changed.has("shut")) {
			const address = this.shut ? "" : (this.settings?.streamUrl ?? "");
			this.#player?.load(address);
			this.#flights?.keepWithin(address === "" ? idleAreaMax : 1);
		}
	}

	override render(): TemplateResult {
		const { words, danmaku } = this;
		const phase = this.#player?.phase ?? "idle";
		const plays = (this.settings?.streamUrl ?? "") !== "" && !this.shut;
		return html`
			<video class=${plays && phase !== "ended" ? "" : "away"} playsinline></video>
			${plays ? this.#curtainCall(phase) : idleStage(this.settings && !this.shut ? "open" : "drawn", this.heading, words.idleWords, words.idleFirst)}
			<div class="danmaku" aria-hidden="true" lang=""></div>
			<div class="bar">
				${
					plays
						? html`<button class="tool" title=${phase === "paused" || phase === "blocked" ? words.play : words.pause} aria-label=${phase === "paused" || phase === "blocked" ? words.play : words.pause} @click=${() => this.#player?.togglePaused()}>${icon(phase === "paused" || phase === "blocked" ? "play" : "pause")}</button>
							<button class="tool" title=${words.mute} aria-label=${words.mute} aria-pressed=${this.#player?.muted ?? true} @click=${this.toggleMuted}>${icon(this.#player?.muted === false ? "volume" : "muted")}</button>`
						: nothing
				}
				<span class="space"></span>
				<button class="tool" title="${danmaku.on ? words.danmakuOn : words.danmakuOff} (D)" aria-label=${words.danmaku} aria-pressed=${danmaku.on} @click=${() => this.dispatchEvent(new Event("danmaku"))}>${icon(danmaku.on ? "danmaku" : "danmakuOff")}</button>
				<button class="tool" title=${words.danmakuSettings} aria-label=${words.danmakuSettings} aria-expanded=${this.settingsOpen} @click=${() => this.dispatchEvent(new Event("danmaku-settings"))}>${icon("sliders")}</button>
				<slot name="tools"></slot>
			</div>
			${plays && this.#player?.muted && (phase === "playing" || phase === "loading" || phase === "blocked") ? html`<button class="unmute" @click=${this.toggleMuted}>${icon("muted")}${words.unmute}</button>` : nothing}
			<slot name="over"></slot>
		`;
	}

	/** What stands before a stream that does not play. */
	#curtainCall(phase: Player["phase"]): TemplateResult | typeof nothing {
		const { words } = this;
		switch (phase) {
			case "loading":
				return html`<div class="call light" role="status"><span class="spinner"></span>${words.streamLoading}</div>`;
			case "broken":
				return html`<div class="call" role="status"><p>${words.streamBroken}</p><button class="button" @click=${() => this.#player?.retry()}>${words.tryAgain}</button></div>`;
			case "ended":
				return html`${idleStage("open", words.streamEnded, words.streamEndedWords, "")}<button class="button again" @click=${() => this.#player?.retry()}>${words.tryAgain}</button>`;
			default:
				return nothing;
		}
	}

	readonly #onVisibility = () => {
		if (document.hidden) this.#flights?.pause();
		else this.#flights?.resume();
	};
}

customElements.define("hubbub-stage", Stage);
