import type { User } from "@hubbub/protocol/fields.ts";
import type { Style } from "@hubbub/protocol/kinds/message.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import type { Writer } from "@hubbub/room-model/writer.ts";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { cssColor, plainStyle, rememberedStyle, rememberStyle } from "../danmaku/style.ts";
import { part } from "../part.ts";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import { isComposing, isEscape } from "../theme/keyboard.ts";
import type { Words } from "../words/en.ts";
import { composerStyles } from "./composer-styles.ts";
import { hueClass, personStyles } from "./person.ts";
import { countMatters, type Note, noteOf } from "./writing.ts";

/**
 * Where a reader writes, with the one sentence that matters now above the box: why one cannot write, what became of the last text, how
 * long to wait. A ring around the send button empties while one waits. Enter sends, Shift+Enter breaks the line, an input method's Enter
 * only confirms. Where one may not write there is no box, unless there is something in it: that stays, to be read and copied.
 *
 * Events: `rename` (detail: the new name), `unreachable` where a card could not be fetched. What can be done about a room that is shut comes in by the slot.
 */
export class Composer extends LitElement {
	static override readonly properties = {
		words: { attribute: false },
		writer: { attribute: false },
		user: { attribute: false },
		version: { type: Number },
	};
	static override readonly styles = [controls, personStyles, composerStyles];

	declare words: Words;
	declare writer: Writer;
	declare user: User | null;
	/** Rises with every change of the visit that `writer` looks at. */
	declare version: number;

	#style: Style = rememberedStyle();
	#isStyling = false;
	#isNaming = false;
	#ring: { readonly endsAtMs: number; readonly animation: Animation } | null = null;

	/** Puts the cursor into the box. */
	write(): void {
		this.#box?.focus();
	}

	override updated(_changed: PropertyValues<this>): void {
		this.#turnRing();
	}

	override render(): TemplateResult {
		const { words, writer } = this;
		const isShut = writer.writing.phase === "shut";
		// While the cursor is in it, the box does not go away.
		const hasBox = !isShut || writer.text !== "" || this.#hasFocus;
		return html`
			${hasBox ? this.#answering() : nothing}
			<div class="notes ${hasBox ? "" : "alone"}"><div role="status" id="note">${this.#note(noteOf(writer.circumstances, words))}<span class="unseen">${writer.isFreeAgain ? words.maySendNow : ""}</span></div>${isShut ? html`<slot></slot>` : nothing}</div>
			${hasBox ? this.#form(isShut) : nothing}
			${isShut ? nothing : this.#isNaming ? this.#nameForm() : this.#identity()}
		`;
	}

	#answering(): TemplateResult | typeof nothing {
		const { words } = this;
		const { answering } = this.writer;
		if (!answering) return nothing;
		return html`<div class="answering">${icon("reply")}<span><b>${words.replyingTo(answering.name)}</b> <bdi>${answering.text}</bdi></span><button class="tool" aria-label=${words.cancelReply} title=${words.cancelReply} @click=${this.#cancelAnswer}>${icon("close")}</button></div>`;
	}

	/** The seconds are not read out one by one: the send button has them in its name. */
	#note(note: Note | null): TemplateResult | typeof nothing {
		if (!note) return nothing;
		return html`<p class="note ${note.tone}"><span>${note.sentence}</span>${note.secondsLeft > 0 ? html` <span class="seconds" aria-hidden="true">${this.words.waitFor(note.secondsLeft)}</span>` : nothing}</p>`;
	}

	#form(isShut: boolean): TemplateResult {
		const { words, writer } = this;
		return html`<form class="writing" @submit=${this.#onSubmit}>
			${isShut ? nothing : this.#styleButton()}
			<div class="box" data-text=${writer.text}><textarea rows="1" aria-label=${words.composer} aria-describedby="note" placeholder=${words.placeholder} enterkeyhint="send" .value=${live(writer.text)} @input=${this.#onInput} @keydown=${this.#onKey} @focus=${this.#onFocus} @blur=${this.#onFocus}></textarea></div>
			${this.#sendButton()}
		</form>`;
	}

	#styleButton(): TemplateResult {
		const { words } = this;
		const isOpen = this.#isStyling;
		return html`<button type="button" class="tool style" title=${words.danmakuStyle} aria-label=${words.danmakuStyle} aria-expanded=${isOpen} @click=${() => this.#pickStyle(!isOpen)}>${icon("palette")}<svg class="dot" viewBox="0 0 8 8" aria-hidden="true"><circle cx="4" cy="4" r="3.5" fill=${cssColor(this.#style.color)} /></svg></button>
			${isOpen ? html`<hubbub-danmaku-style class="card" .words=${words} .chosen=${this.#style} @change=${this.#onStyle} @close=${() => this.#pickStyle(false)}></hubbub-danmaku-style>` : nothing}`;
	}

	/** It can be reached by keyboard also while nothing can be sent, and says why in its name. */
	#sendButton(): TemplateResult {
		const { words, writer } = this;
		const seconds = Math.ceil(writer.leftMs / 1_000);
		const label = seconds > 0 ? words.waitFor(seconds) : words.send;
		return html`<button class="send ${seconds > 0 ? "waiting" : ""}" title=${label} aria-label=${label} aria-disabled=${!writer.maySend} @pointerdown=${keepFocus}>
			${seconds > 0 ? html`<svg class="ring" viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="18" pathLength="100" /></svg><span>${seconds}</span>` : icon("send")}
		</button>`;
	}

	#identity(): TemplateResult {
		const { words, user, writer } = this;
		const left = writer.lengthMax - writer.length;
		return html`<div class="identity">
			${
				user
					? html`<span>${words.speakingAs} <bdi class="name ${hueClass(user)}">${user.name}</bdi></span>
						${user.roles.includes("guest") ? html`<button class="rename" aria-label=${words.changeName} title=${words.changeName} @click=${() => this.#name(true)}>${icon("pencil")}</button>` : nothing}`
					: nothing
			}
			<span class="count" aria-live="polite">${left >= 0 && countMatters(writer.length, writer.lengthMax) ? words.left(left) : ""}</span>
		</div>`;
	}

	#nameForm(): TemplateResult {
		const { words } = this;
		return html`<form class="naming" @submit=${this.#onRename} @keydown=${this.#onNameKey}>
			<label class="unseen" for="name">${words.nameLabel}</label>
			<input class="field" id="name" name="name" maxlength=${limits.nameUnitsMax} autocomplete="nickname" required .value=${this.user?.name ?? ""} aria-describedby="name-hint">
			<button class="button">${words.save}</button>
			<button type="button" class="button quiet" @click=${() => this.#name(false)}>${words.cancel}</button>
			<p id="name-hint">${words.nameHint}</p>
		</form>`;
	}

	get #box(): HTMLTextAreaElement | null {
		return this.renderRoot.querySelector("textarea");
	}

	get #hasFocus(): boolean {
		return this.#box !== null && this.shadowRoot?.activeElement === this.#box;
	}

	/** The card is fetched with its first use. */
	async #pickStyle(isStyling: boolean): Promise<void> {
		try {
			if (isStyling) await part(() => import("../danmaku/style-picker.ts"));
		} catch {
			this.dispatchEvent(new Event("unreachable"));
			return;
		}
		this.#isStyling = isStyling;
		this.requestUpdate();
	}

	/** Opens or shuts the form for the name; the focus goes with it, and back. */
	#name(isNaming: boolean): void {
		this.#isNaming = isNaming;
		this.requestUpdate();
		void this.updateComplete.then(() => {
			if (isNaming) this.renderRoot.querySelector<HTMLInputElement>("#name")?.select();
			else this.renderRoot.querySelector<HTMLElement>(".rename")?.focus();
		});
	}

	#onNameKey(event: KeyboardEvent): void {
		event.stopPropagation();
		if (isEscape(event)) this.#name(false);
		// Some browsers send the form with the Enter that ends a composition.
		if (event.key === "Enter" && isComposing(event)) event.preventDefault();
	}

	#onInput(event: InputEvent): void {
		this.writer.write((event.target as HTMLTextAreaElement).value);
	}

	#onFocus(): void {
		if (this.writer.writing.phase === "shut") this.requestUpdate();
	}

	#onKey(event: KeyboardEvent): void {
		if (event.key === "Enter" && !event.shiftKey && !isComposing(event)) {
			event.preventDefault();
			this.#send();
		} else if (isEscape(event)) {
			if (this.writer.answering) this.#cancelAnswer();
			else this.#box?.blur();
		}
		event.stopPropagation();
	}

	#onSubmit(event: SubmitEvent): void {
		event.preventDefault();
		this.#send();
	}

	#send(): void {
		const isPlain = this.#style.mode === plainStyle.mode && this.#style.color === plainStyle.color;
		this.writer.send(isPlain ? null : this.#style);
	}

	/** The ring empties over the whole wait; without motion the number alone tells it. */
	#turnRing(): void {
		const circle = this.renderRoot.querySelector(".ring circle");
		const { wait, leftMs } = this.writer;
		if (circle && wait?.endsAtMs === this.#ring?.endsAtMs) return;
		this.#ring?.animation.cancel();
		this.#ring = null;
		if (!circle || !wait || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
		const animation = circle.animate([{ strokeDashoffset: "0" }, { strokeDashoffset: "-100" }], {
			duration: wait.totalMs,
			fill: "forwards",
		});
		animation.currentTime = Math.max(0, wait.totalMs - leftMs);
		this.#ring = { endsAtMs: wait.endsAtMs, animation };
	}

	#onStyle(event: CustomEvent<Style>): void {
		this.#style = event.detail;
		rememberStyle(event.detail);
		this.requestUpdate();
	}

	#onRename(event: SubmitEvent): void {
		event.preventDefault();
		const name = String(new FormData(event.target as HTMLFormElement).get("name") ?? "").trim();
		this.#name(false);
		if (name !== "" && name !== this.user?.name) this.dispatchEvent(new CustomEvent("rename", { detail: name }));
	}

	#cancelAnswer(): void {
		this.writer.answer(null);
	}
}

/** A press on the send button leaves the focus, and a phone's keyboard, where they are. */
function keepFocus(event: Event): void {
	event.preventDefault();
}

customElements.define("hubbub-composer", Composer);
