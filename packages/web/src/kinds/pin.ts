import type { Room, RoomEvents } from "@hubbub/client";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { mayModerate } from "@hubbub/protocol/wire/roles.ts";
import type { MessageRow } from "@hubbub/room-model/rows.ts";
import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { linkPieces } from "../room/links.ts";
import { badge, hueClass, personStyles } from "../room/person.ts";
import { refusalWords } from "../room/writing.ts";
import { controls } from "../theme/controls.ts";
import { drawIcon, icon } from "../theme/icons.ts";
import type { Words } from "../words/en.ts";
import type { Language } from "../words/language.ts";
import type { Around, KindPart, PageDesk } from "./kind-part.ts";
import { type PinWords, pinWords } from "./pin-words.ts";
import "../panels/dialog.ts";

type Pinned = NonNullable<RoomEvents["pin"]>;
type What = Parameters<Room["pin"]>[0];

const pinIcon = svg`<path d="M8.500 4h7l-1 6 3 3.500h-11l3-3.500ZM12 13.500V20.500"/>`;
/** For how long something may be pinned, in minutes; 0 is until it is unpinned. */
const minutesOffered = [0, 5, 30, 60, 180] as const;

/** What is pinned, above the messages; and for those who may, the ways to pin and unpin. */
export function create(desk: PageDesk): KindPart {
	let around: Around;
	/** What the dialog is open for: a message, or a line to be written. */
	let asked: { readonly row: MessageRow | null } | null = null;
	let told: string | null = null;

	const ask = (row: MessageRow | null) => {
		asked = { row };
		desk.redraw();
	};
	const close = () => {
		asked = null;
		desk.redraw();
	};
	const pin = async (what: What): Promise<void> => {
		await around.visit.room.pin(what);
		close();
	};
	const unpin = async (): Promise<void> => {
		const { words, language, visit } = around;
		try {
			await visit.room.unpin();
			desk.show(pinWords[language].unpinned);
		} catch (error) {
			desk.show(`${pinWords[language].failed} ${refusalWords((error as { code: string }).code, words)}`);
		}
	};

	return (now) => {
		around = now;
		const { words, language, visit } = now;
		const { room, user, clockSkewMs } = visit;
		const own = pinWords[language];
		const may = user !== null && mayModerate(user);
		const { pinned } = room;
		if (told !== (pinned?.id ?? null)) {
			told = pinned?.id ?? null;
			if (pinned) desk.announce(`${own.pinned}: ${pinned.from?.name ?? ""}: ${pinned.text}`);
		}
		const deed = (label: string) => [{ label, icon: drawIcon(pinIcon), do: ask }];
		return {
			above:
				pinned && html`<hubbub-pin .pinned=${pinned} .words=${words} .language=${language} .mayUnpin=${may} @unpin=${unpin}></hubbub-pin>`,
			over:
				asked &&
				html`<hubbub-pin-form .row=${asked.row} .words=${words} .language=${language} .clockSkewMs=${clockSkewMs} .pin=${pin} @close=${close}></hubbub-pin-form>`,
			messageDeeds: may ? deed(own.pinMessage) : [],
			roomDeeds: may ? deed(own.pinLine) : [],
		};
	};
}

/** One line with what is pinned, which opens. Fires `unpin`. */
class PinBar extends LitElement {
	static override readonly properties = {
		pinned: { attribute: false },
		words: { attribute: false },
		language: { type: String },
		mayUnpin: { type: Boolean },
	};
	static override readonly styles = [
		controls,
		personStyles,
		css`
			:host { display: block; flex: none; border-bottom: 1px solid var(--hubbub-line); background: var(--hubbub-raised); }
			section { display: flex; align-items: start; gap: 4px; padding: 4px 8px 4px 16px; }
			section > .icon { width: 16px; height: 16px; margin-block-start: 10px; margin-inline-end: 4px; color: var(--hubbub-accent-ink); }
			.line { flex: 1; min-width: 0; min-height: 36px; padding: 8px 0; text-align: start; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
			.whole { flex: 1; min-width: 0; padding: 8px 0; max-height: 30dvh; overflow-y: auto; overflow-wrap: anywhere; white-space: pre-wrap; }
			bdi { font-weight: 600; }
			a { color: inherit; text-decoration: underline; text-decoration-color: var(--hubbub-accent); text-underline-offset: 3px; }
			.until { display: block; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
			.open .icon { transform: rotate(180deg); }
			@media (pointer: coarse) { .line { min-height: 44px; padding: 12px 0; } section > .icon { margin-block-start: 14px; } }
		`,
	];
	declare pinned: Pinned;
	declare words: Words;
	declare language: Language;
	declare mayUnpin: boolean;
	/** The pin that is open. */
	#opened: string | null = null;

	override render(): TemplateResult {
		const { pinned, words, language } = this;
		const own = pinWords[language];
		const isOpen = this.#opened === pinned.id;
		const { from, text } = pinned;
		const author = from ? html`${badge(from, words)}<bdi class=${hueClass(from)}>${from.name}</bdi>: ` : nothing;
		return html`<section aria-label=${own.pinned}>
			${drawIcon(pinIcon)}
			${isOpen ? html`<div class="whole" id="whole" tabindex="0"><span dir="auto">${author}${withLinks(text)}</span>${this.#until(own)}</div>` : html`<button class="line" dir="auto" @click=${this.#toggle}>${author}${text}</button>`}
			<button class="tool ${isOpen ? "open" : ""}" aria-expanded=${isOpen} title=${own.showAll} aria-label=${own.showAll} @click=${this.#toggle}>${icon("down")}</button>
			${this.mayUnpin ? html`<button class="tool" title=${own.unpin} aria-label=${own.unpin} @click=${() => this.dispatchEvent(new Event("unpin"))}>${icon("close")}</button>` : nothing}
		</section>`;
	}

	#until(own: PinWords): TemplateResult | typeof nothing {
		const { until } = this.pinned;
		if (until === undefined) return nothing;
		const time = new Date(until).toLocaleTimeString(this.language, { hour: "2-digit", minute: "2-digit" });
		return html`<span class="until">${own.until(time)}</span>`;
	}

	#toggle(): void {
		this.#opened = this.#opened === this.pinned.id ? null : this.pinned.id;
		this.requestUpdate();
	}
}

function withLinks(text: string): (TemplateResult | string)[] {
	return linkPieces(text).map((piece) =>
		piece.kind === "text"
			? piece.text
			: html`<a href=${piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">${piece.text}</a>`,
	);
}

/** Asks what is to be pinned, where no message was chosen, and for how long. Fires `close`. */
class PinForm extends LitElement {
	static override readonly properties = { row: { attribute: false }, words: { attribute: false }, language: { type: String } };
	static override readonly styles = [
		controls,
		css`
			form { display: grid; gap: 14px; }
			label { display: grid; gap: 4px; font-weight: 600; }
			.field { font-weight: 400; }
			blockquote { margin: 0; max-height: 30dvh; overflow-y: auto; padding-inline-start: 8px; border-inline-start: 2px solid var(--hubbub-line); overflow-wrap: anywhere; white-space: pre-wrap; }
			footer { display: flex; align-items: center; gap: 12px; }
			.refused { color: var(--hubbub-danger); font-weight: 600; }
		`,
	];
	declare row: MessageRow | null;
	declare words: Words;
	declare language: Language;
	clockSkewMs = 0;
	/** Pins; given by the page. Rejects with a `HubbubError`. */
	pin: (what: What) => Promise<void> = () => Promise.reject();
	#phase: "editing" | "sending" = "editing";
	#refused = "";

	override render(): TemplateResult {
		const { row, words, language } = this;
		const own = pinWords[language];
		return html`<hubbub-dialog heading=${row ? own.pinMessage : own.pinLine} closeLabel=${words.close} @close=${() => this.dispatchEvent(new Event("close"))}>
			<form @submit=${this.#onSubmit}>
				${row ? html`<blockquote dir="auto">${row.from.name}: ${row.text}</blockquote>` : html`<label>${own.line}<input class="field" name="line" required autocomplete="off" maxlength=${limits.textUnitsMax} dir="auto"></label>`}
				<label>${own.howLong}<select class="field" name="minutes">${minutesOffered.map((n) => html`<option value=${n}>${n === 0 ? own.untilUnpinned : own.minutes(n)}</option>`)}</select></label>
				<footer><button class="button" ?disabled=${this.#phase === "sending"}>${own.pin}</button><span class="refused" role="status">${this.#refused}</span></footer>
			</form>
		</hubbub-dialog>`;
	}

	async #onSubmit(event: SubmitEvent): Promise<void> {
		event.preventDefault();
		const given = new FormData(event.target as HTMLFormElement);
		const minutes = Number(given.get("minutes"));
		const what = this.row ? { id: this.row.id } : { text: String(given.get("line")) };
		this.#set("sending", "");
		try {
			await this.pin({ ...what, until: minutes === 0 ? null : Date.now() + this.clockSkewMs + minutes * 60_000 });
		} catch (error) {
			this.#set("editing", refusalWords((error as { code: string }).code, this.words));
		}
	}

	#set(phase: "editing" | "sending", refused: string): void {
		this.#phase = phase;
		this.#refused = refused;
		this.requestUpdate();
	}
}

customElements.define("hubbub-pin", PinBar);
customElements.define("hubbub-pin-form", PinForm);
