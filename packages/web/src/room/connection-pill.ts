import type { ConnectionState } from "@hubbub/client";
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { browserClock } from "../clock.ts";
import { part } from "../part.ts";
import { controls } from "../theme/controls.ts";
import type { Words } from "../words/en.ts";
import { refusalWords } from "./writing.ts";

/** How the pill looks and what it says, in one word and in a sentence. `secondsLeft` is for `waiting`. */
export function pillOf(
	state: ConnectionState,
	secondsLeft: number,
	words: Words,
): { tone: "good" | "wait" | "bad"; word: string; sentence: string } {
	switch (state.phase) {
		case "connecting":
			return { tone: "wait", word: words.connecting, sentence: words.connectingWords };
		case "live": {
			const transport = words.transports[state.transport];
			if (state.transport === "websocket") return { tone: "good", word: words.live, sentence: words.liveWords(transport) };
			return { tone: "good", word: words.livePolling(transport), sentence: words.lesserWords(transport) };
		}
		case "waiting":
			return { tone: "wait", word: secondsLeft > 0 ? words.backIn(secondsLeft) : words.connecting, sentence: words.waitingWords };
		case "offline":
			return { tone: "bad", word: words.offline, sentence: words.offlineWords };
		case "closed":
			return {
				tone: "bad",
				word: words.closedPill,
				sentence: state.code === null ? words.closedWords.other : refusalWords(String(state.code), words),
			};
		default:
			return state satisfies never;
	}
}

const loadCard = () => part(() => import("../panels/connection-card.ts"));

/**
 * One pill that says how the connection is, and explains itself when pressed. The explanation is fetched by itself, and before it is
 * needed: when it is, there may be no network. Fires `retry`.
 */
export class ConnectionPill extends LitElement {
	static override readonly properties = { words: { attribute: false }, state: { attribute: false }, skewMs: { type: Number } };
	static override readonly styles = [
		controls,
		css`
			:host { display: inline-block; }
			.pill { display: inline-flex; align-items: center; gap: 6px; min-height: 28px; padding: 0 10px; border-radius: var(--hubbub-radius-round); color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; font-variant-numeric: tabular-nums; white-space: nowrap; transition: background var(--hubbub-quick); }
			.pill:hover, .pill[aria-expanded="true"] { background: var(--hubbub-hover); }
			.dot { width: 8px; height: 8px; border-radius: 50%; background: var(--tone); }
			.good { --tone: var(--hubbub-good); }
			.wait { --tone: var(--hubbub-wait); }
			.bad { --tone: var(--hubbub-danger); }
			.wait .dot { background: none; border: 2px solid var(--tone); border-inline-end-color: transparent; width: 10px; height: 10px; animation: turn 1s linear infinite; }
			.bad .dot { border-radius: 1px; transform: rotate(45deg); }
			.wait, .bad { color: var(--tone); font-weight: 600; }
			@keyframes turn { to { transform: rotate(1turn); } }
			@media (pointer: coarse) { .pill { min-height: 44px; } }
			@media (prefers-reduced-motion: reduce) { .wait .dot { animation: none; } }
			@media (forced-colors: active) { .dot { --tone: CanvasText; forced-color-adjust: none; } }
		`,
	];

	declare words: Words;
	declare state: ConnectionState;
	/** Server's clock less this one's, in milliseconds. */
	declare skewMs: number;
	#isOpen = false;
	#cancelTick: (() => void) | null = null;

	constructor() {
		super();
		this.skewMs = 0;
		void loadCard().catch(() => {});
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#cancelTick?.();
		this.#isOpen = false;
	}

	override updated(_changed: PropertyValues): void {
		this.#cancelTick?.();
		this.#cancelTick = this.state.phase === "waiting" ? browserClock.after(500, () => this.requestUpdate()) : null;
	}

	override render(): TemplateResult {
		const { words, state } = this;
		const secondsLeft = state.phase === "waiting" ? Math.max(0, Math.ceil((state.retryAt - browserClock.wall()) / 1_000)) : 0;
		const { tone, word, sentence } = pillOf(state, secondsLeft, words);
		return html`
			<button class="pill ${tone}" aria-expanded=${this.#isOpen} title=${words.connection} @click=${() => this.#open(!this.#isOpen)}><span class="dot"></span><span role="status">${word}</span></button>
			${this.#isOpen ? html`<hubbub-connection-card class="card" .words=${words} .sentence=${sentence} .skewMs=${this.skewMs} .mayRetry=${state.phase === "waiting" || state.phase === "offline"} @retry=${() => this.dispatchEvent(new Event("retry"))} @close=${() => this.#open(false)}></hubbub-connection-card>` : nothing}
		`;
	}

	async #open(isOpen: boolean): Promise<void> {
		// Where it could not be fetched ahead nor now, the pill's own word has to do.
		if (isOpen && !(await loadCard().catch(() => null))) return;
		this.#isOpen = isOpen;
		this.requestUpdate();
	}
}

customElements.define("hubbub-connection", ConnectionPill);
