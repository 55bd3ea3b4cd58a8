import { html, LitElement, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { browserClock } from "../../clock.ts";
import { addressOf } from "../../root.ts";
import { controls } from "../../theme/controls.ts";
import type { LabWords } from "../words/lab-en.ts";
import { type LabLanguage, wholeNumber } from "../words/lab-words.ts";
import { climb, emptyLadder, textOfBytes } from "./ladder.ts";
import { ladderStyles } from "./ladder-styles.ts";
import { fieldKey, ladderView } from "./ladder-view.ts";
import { type LabCommand, payloadBytesMax, type ReadyState, reasonUnitsMax } from "./observation.ts";
import { OwnSocket, type PageEntry } from "./own-socket.ts";
import { WireLine } from "./wire-line.ts";
import { wireStyles } from "./wire-styles.ts";

/** Sizes on both sides of where the header grows (RFC 6455 section 5.2). */
const sizes = [5, 125, 126, 300, 65_535, 65_536, payloadBytesMax] as const;
/** A list counts as being at its end this near to it, in CSS pixels. */
const tailPixels = 24;
const codes = [1000, 1001, 1008, 3000, 4000] as const;

/** The wire: one set of buttons, the bytes they cause, and what a page gets to see of the same. */
export class WireSection extends LitElement {
	static override readonly properties = { words: { attribute: false }, language: { attribute: false } };
	static override readonly styles = [controls, wireStyles, ladderStyles];
	declare words: LabWords;
	declare language: LabLanguage;
	#ladder = emptyLadder;
	#isLost = false;
	#kind: "text" | "binary" = "text";
	#text: string | null = null;
	/** Null sends the text as typed. */
	#size: number | null = null;
	#code = 1000;
	#reason: string | null = null;
	#watching = 0;
	/** Lists whose newest line was in sight before this drawing: they follow it. */
	#tails: readonly Element[] = [];
	readonly #line: WireLine;
	readonly #own: OwnSocket;

	constructor() {
		super();
		const socketAddress = (path: string) => addressOf(path).replace(/^http/, "ws");
		this.#line = new WireLine(socketAddress("lab/wire"), {
			seen: (seen) => {
				this.#ladder = climb(this.#ladder, seen);
				this.requestUpdate();
			},
			lost: () => {
				this.#ladder = { ...this.#ladder, readyState: 3 };
				this.#isLost = true;
				this.requestUpdate();
			},
		});
		this.#own = new OwnSocket(socketAddress("lab/echo"), browserClock.monotonic, () => this.requestUpdate());
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		cancelAnimationFrame(this.#watching);
		this.#line.close();
		this.#own.end();
	}

	override willUpdate(): void {
		this.#tails = [...this.renderRoot.querySelectorAll(".scroll, .entries")].filter(
			({ scrollTop, clientHeight, scrollHeight }) => scrollTop + clientHeight >= scrollHeight - tailPixels,
		);
	}

	override updated(): void {
		for (const tail of this.#tails) tail.scrollTop = tail.scrollHeight;
	}

	override render(): TemplateResult {
		const { wire } = this.words;
		const says = { words: this.words, language: this.language };
		return html`
			${this.#controls()}
			<div class="both">
				<div class="panel">
					<header><div class="state-line">${this.#states(this.#ladder.readyState, "wire-states")}<p role="status">${wire.stateWords[this.#ladder.readyState]}</p></div></header>
					${this.#isLost ? html`<p class="lost" role="alert">${wire.lost}</p>` : nothing}
					<div class="actors"><span class="actor client">${wire.client}</span><span class="actor server">${wire.server}</span></div>
					<div class="scroll" tabindex="0" role="log" aria-label=${wire.title}>${ladderView(this.#ladder, says)}</div>
					${fieldKey(says)}
				</div>
				${this.#page()}
			</div>
		`;
	}

	#controls(): TemplateResult {
		const { wire } = this.words;
		const isOpen = this.#ladder.readyState === 1;
		const isOver = this.#ladder.readyState === 3;
		const typed = wholeNumber(this.language, new TextEncoder().encode(this.#textNow).length);
		const count = (bytes: number) => `${wholeNumber(this.language, bytes)} B`;
		return html`<div class="controls panel">
			<button class="button open" ?disabled=${!isOver} @click=${this.#open}>${wire.open}</button>
			<form class="group send" @submit=${this.#send}>
				<div class="kinds" role="group" aria-label=${wire.kind}>${(["text", "binary"] as const).map((kind) => html`<button type="button" class="kind" aria-pressed=${this.#kind === kind} @click=${() => this.#choose(kind)}>${wire[kind]}</button>`)}</div>
				${
					this.#kind === "text"
						? html`<input class="field text" aria-label=${wire.textLabel} maxlength="200" .value=${this.#textNow} @input=${this.#typed}>`
						: nothing
				}
				<select class="field bytes" aria-label=${wire.size} @change=${this.#sized}>
					${this.#kind === "text" ? html`<option value="" ?selected=${this.#size === null}>${wire.asTyped(typed)}</option>` : nothing}
					${sizes.map((size) => html`<option value=${size} ?selected=${this.#sizeNow === size}>${count(size)}</option>`)}
				</select>
				<button class="button" ?disabled=${!isOpen}>${wire.send}</button>
			</form>
			<button class="button quiet ping" ?disabled=${!isOpen} @click=${this.#ping}>${wire.ping}</button>
			<form class="group leave" @submit=${this.#close}>
				<select class="field code" aria-label=${wire.code} @change=${this.#coded}>${codes.map((code) => html`<option value=${code} ?selected=${this.#code === code}>${code}</option>`)}</select>
				<input class="field reason" aria-label=${wire.reason} placeholder=${wire.reason} maxlength=${reasonUnitsMax} .value=${this.#reason ?? wire.reasonStart} @input=${this.#reasoned}>
				<button class="button quiet" ?disabled=${!isOpen}>${wire.close}</button>
			</form>
			<button class="button quiet drop" title=${wire.dropTitle} ?disabled=${!isOpen} @click=${this.#drop}>${wire.drop}</button>
		</div>`;
	}

	#page(): TemplateResult {
		const { page, wire } = this.words;
		const view = this.#own.view;
		const count = (bytes: number) => wholeNumber(this.language, bytes);
		const peak = view.bufferedPeak > 0 ? html`<small> (${page.peak(count(view.bufferedPeak))})</small>` : nothing;
		return html`<section class="panel own" aria-label=${page.title}>
			<header><h3>${page.title}</h3><p>${page.lead}</p><div class="state-line">${this.#states(view.readyState, "own-states")}</div></header>
			<dl class="facts">
				<dt>${page.facts.readyState}</dt><dd>${view.readyState} <small>${wire.states[view.readyState]}</small></dd>
				<dt>${page.facts.bufferedAmount}</dt><dd>${count(view.bufferedAmount)}${peak}</dd>
				<dt>${page.facts.extensions}</dt><dd class="extensions">${view.extensions === "" ? html`<small>${page.none}</small>` : view.extensions.split(";").map((part) => html`<span>${part.trim()}</span>`)}</dd>
				<dt>${page.facts.protocol}</dt><dd>${view.protocol || html`<small>${page.none}</small>`}</dd>
			</dl>
			${
				view.entries.length === 0
					? html`<p class="none">${page.empty}</p>`
					: html`<ol class="entries" tabindex="0" aria-label=${page.events}>${repeat(
							view.entries,
							({ id }) => id,
							(entry) =>
								html`<li class="heard-${entry.heard}"><time>${entry.atMs.toFixed(1)}</time><span>${this.#entryWords(entry)}</span></li>`,
						)}</ol>`
			}
		</section>`;
	}

	#entryWords(entry: PageEntry): string {
		const words = this.words.page.entry;
		const count = (bytes: number) => wholeNumber(this.language, bytes);
		switch (entry.heard) {
			case "new":
			case "open":
			case "error":
				return words[entry.heard];
			case "sent":
				return words.sent(count(entry.size), count(entry.buffered));
			case "message":
				return entry.isText ? words.text(count(entry.size), entry.data) : words.binary(count(entry.size));
			case "close":
				return words.close(entry.code, entry.reason, entry.wasClean);
			case "exception":
				return words.exception(entry.name);
			case "nothing":
				return words[entry.of];
			default:
				return entry satisfies never;
		}
	}

	#states(now: ReadyState, name: string): TemplateResult {
		return html`<ol class="states ${name} at-${now}" aria-label=${this.words.wire.readyState}>${this.words.wire.states.map((state, index) => html`<li aria-current=${index === now ? "step" : nothing}>${state}</li>`)}</ol>`;
	}

	get #textNow(): string {
		return this.#text ?? this.words.wire.textStart;
	}

	get #sizeNow(): number | null {
		return this.#kind === "binary" ? (this.#size ?? sizes[0]) : this.#size;
	}

	#command(command: LabCommand): void {
		this.#line.send(command);
	}

	readonly #open = (): void => {
		this.#isLost = false;
		this.#command({ do: "open" });
		this.#own.open();
	};

	readonly #send = (event: Event): void => {
		event.preventDefault();
		if (this.#kind === "binary") {
			const bytes = this.#sizeNow ?? sizes[0];
			this.#command({ do: "binary", bytes });
			this.#own.send(Uint8Array.from({ length: bytes }, (_, index) => index & 0xff));
		} else {
			const text = this.#size === null ? this.#textNow : textOfBytes(this.#textNow, this.#size);
			this.#command({ do: "text", text });
			this.#own.send(text);
		}
		this.#watchBuffer();
	};

	/** What waits in the browser is no event: it has to be looked at until it is gone. */
	#watchBuffer(): void {
		cancelAnimationFrame(this.#watching);
		this.#watching = requestAnimationFrame(() => {
			this.requestUpdate();
			if (this.#own.view.bufferedAmount > 0 && this.#own.view.readyState === 1) this.#watchBuffer();
		});
	}

	readonly #ping = (): void => {
		this.#command({ do: "ping", text: "hubbub" });
		this.#own.passOver("ping");
	};

	readonly #close = (event: Event): void => {
		event.preventDefault();
		const reason = (this.#reason ?? this.words.wire.reasonStart).slice(0, reasonUnitsMax);
		this.#command({ do: "close", code: this.#code, reason });
		this.#own.close(this.#code, reason);
	};

	readonly #drop = (): void => {
		this.#command({ do: "drop" });
		this.#own.passOver("drop");
	};

	#choose(kind: "text" | "binary"): void {
		this.#kind = kind;
		this.#size = null;
		this.requestUpdate();
	}

	readonly #typed = (event: Event): void => {
		this.#text = (event.target as HTMLInputElement).value;
		this.requestUpdate();
	};
	readonly #sized = (event: Event): void => {
		const { value } = event.target as HTMLSelectElement;
		this.#size = value === "" ? null : Number(value);
		this.requestUpdate();
	};
	readonly #coded = (event: Event): void => {
		this.#code = Number((event.target as HTMLSelectElement).value);
	};
	readonly #reasoned = (event: Event): void => {
		this.#reason = (event.target as HTMLInputElement).value;
	};
}

customElements.define("hubbub-wire", WireSection);
