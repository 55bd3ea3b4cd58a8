import type { RoomSettings, Style, User } from "@hubbub/protocol/event.ts";
import { limits } from "@hubbub/protocol/limits.ts";
import { countGraphemes } from "@hubbub/protocol/text.ts";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { browserClock } from "../clock.ts";
import { cssColor, plainStyle, rememberedStyle, rememberStyle } from "../danmaku/style.ts";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import type { Words } from "../words/en.ts";
import { composerStyles } from "./composer-styles.ts";
import { Countdown } from "./countdown.ts";
import { hueClass, personStyles } from "./person.ts";
import type { MessageRow } from "./rows.ts";
import type { SayResult } from "./visit.ts";
import { countMatters, putBack, refusalWords, writingOf } from "./writing.ts";

type Refusal = { readonly code: string };

/**
 * Where a reader writes. A refused text comes back into the box with the reason and, where it can be tried again, a ring that
 * counts down around the send button. Enter sends, Shift+Enter breaks the line, an input method's Enter only confirms.
 *
 * Events: `cancel-answer`, `rename` (detail: the new name), `sign-in`.
 */
export class Composer extends LitElement {
	static override readonly properties = {
		words: { attribute: false },
		settings: { attribute: false },
		user: { attribute: false },
		answering: { attribute: false },
		connection: { type: String },
	};
	static override readonly styles = [controls, personStyles, composerStyles];

	declare words: Words;
	declare settings: RoomSettings | null;
	declare user: User | null;
	/** The message that is being answered. */
	declare answering: MessageRow | null;
	/** Phase of the connection: only the placeholder depends on it, writing goes on. */
	declare connection: string;
	/** Says a text; given by the page. */
	say: (text: string, options: { replyTo: string | null; style: Style | null }) => Promise<SayResult> = () =>
		Promise.resolve({ outcome: "refused", code: "not_joined", message: "", retryAfterMs: null });

	#text = "";
	#refusal: Refusal | null = null;
	#style: Style = rememberedStyle();
	#panel: "none" | "style" | "name" = "none";
	readonly #countdown = new Countdown(browserClock, () => this.requestUpdate());

	/** Puts the cursor into the box. */
	write(): void {
		this.#box?.focus();
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#countdown.stop();
	}

	override updated(changed: PropertyValues<this>): void {
		if (changed.has("answering") && this.answering) this.write();
		this.#grow();
	}

	override render(): TemplateResult {
		const { words } = this;
		const writing = writingOf(this.settings, this.user);
		if (writing.phase === "closed") {
			return html`<div class="closed" role="status">${icon("lock")}<span>${writing.reason === "read-only" ? words.placeholderReadOnly : words.placeholderMembers}</span>
				${writing.reason === "members-only" ? html`<button class="button quiet" @click=${() => this.dispatchEvent(new Event("sign-in"))}>${words.signIn}</button>` : nothing}</div>`;
		}
		return html`
			${this.#panel === "style" ? html`<hubbub-danmaku-style class="card" .words=${words} .chosen=${this.#style} @change=${this.#onStyle}></hubbub-danmaku-style>` : nothing}
			${this.#notes()}
			<form @submit=${this.#onSubmit}>
				<button type="button" class="tool style" title=${words.danmakuStyle} aria-label=${words.danmakuStyle} aria-expanded=${this.#panel === "style"} @click=${() => this.#toggle("style")}>${icon("palette")}<svg class="dot" viewBox="0 0 8 8" aria-hidden="true"><circle cx="4" cy="4" r="3.5" fill=${cssColor(this.#style.color)} /></svg></button>
				<textarea rows="1" aria-label=${words.composer} aria-describedby="notes" placeholder=${this.connection === "live" || this.connection === "connecting" ? words.placeholder : words.placeholderOffline} enterkeyhint="send" maxlength=${limits.textUnitsMax} .value=${live(this.#text)} @input=${this.#onInput} @keydown=${this.#onKey}></textarea>
				${this.#sendButton()}
			</form>
			${this.#panel === "name" ? this.#nameForm() : this.#identity()}
		`;
	}

	#notes(): TemplateResult {
		const { words, answering } = this;
		return html`<div class="notes" id="notes">
			${
				answering
					? html`<div class="answering">${icon("reply")}<span><b>${words.replyingTo(answering.from.name)}</b> <bdi>${answering.text}</bdi></span><button class="tool" aria-label=${words.cancelReply} title=${words.cancelReply} @click=${this.#cancelAnswer}>${icon("close")}</button></div>`
					: nothing
			}
			<div role="alert">${this.#refusal ? html`<p class="refusal">${refusalWords(this.#refusal.code, words)}${this.#countdown.leftSeconds > 0 ? html` <span class="wait">${words.waitFor(this.#countdown.leftSeconds)}</span>` : nothing}</p>` : nothing}</div>
		</div>`;
	}

	#sendButton(): TemplateResult {
		const { words } = this;
		const seconds = this.#countdown.leftSeconds;
		const label = seconds > 0 ? words.waitFor(seconds) : words.send;
		return html`<button class="send ${seconds > 0 ? "waiting" : ""}" title=${label} aria-label=${label} @pointerdown=${keepFocus} ?disabled=${seconds > 0 || this.#text.trim() === "" || this.#over > 0}>
			${seconds > 0 ? html`<svg class="ring" viewBox="0 0 40 40" aria-hidden="true"><circle cx="20" cy="20" r="18" pathLength="100" /></svg><span>${seconds}</span>` : icon("send")}
		</button>`;
	}

	#identity(): TemplateResult {
		const { words, user } = this;
		const length = countGraphemes(this.#text);
		const left = this.#lengthMax - length;
		return html`<div class="identity">
			${
				user
					? html`<span>${words.speakingAs} <bdi class="name ${hueClass(user)}">${user.name}</bdi></span>
						${user.roles.includes("guest") ? html`<button class="rename" aria-label=${words.changeName} title=${words.changeName} @click=${() => this.#toggle("name")}>${icon("pencil")}</button>` : nothing}`
					: nothing
			}
			<span class="count ${left < 0 ? "over" : ""}" aria-live="polite">${countMatters(length, this.#lengthMax) ? (left < 0 ? words.tooMany(-left) : words.left(left)) : ""}</span>
		</div>`;
	}

	#nameForm(): TemplateResult {
		const { words } = this;
		return html`<form class="naming" @submit=${this.#onRename} @keydown=${(event: KeyboardEvent) => event.key === "Escape" && this.#toggle("none")}>
			<label class="unseen" for="name">${words.nameLabel}</label>
			<input class="field" id="name" name="name" maxlength=${limits.nameUnitsMax} autocomplete="nickname" required .value=${this.user?.name ?? ""} aria-describedby="name-hint">
			<button class="button">${words.save}</button>
			<button type="button" class="button quiet" @click=${() => this.#toggle("none")}>${words.cancel}</button>
			<p id="name-hint">${words.nameHint}</p>
		</form>`;
	}

	get #box(): HTMLTextAreaElement | null {
		return this.renderRoot.querySelector("textarea");
	}

	get #lengthMax(): number {
		return this.settings?.textGraphemesMax ?? limits.textGraphemesMax;
	}

	get #over(): number {
		return Math.max(0, countGraphemes(this.#text) - this.#lengthMax);
	}

	#toggle(panel: "none" | "style" | "name"): void {
		// The card is fetched with its first use; until then its place stays empty.
		if (panel === "style") void import("../danmaku/style-picker.ts");
		this.#panel = this.#panel === panel ? "none" : panel;
		this.requestUpdate();
		if (this.#panel === "name") void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLInputElement>("#name")?.select());
	}

	#onInput(event: InputEvent): void {
		this.#text = (event.target as HTMLTextAreaElement).value;
		// The reason was read and is being acted upon; a countdown goes on.
		if (this.#countdown.leftMs === 0) this.#refusal = null;
		this.requestUpdate();
	}

	#onKey(event: KeyboardEvent): void {
		// 229 is what browsers report for a key that an input method swallows; Safari says so only there.
		const composing = event.isComposing || event.keyCode === 229;
		if (event.key === "Enter" && !event.shiftKey && !composing) {
			event.preventDefault();
			void this.#send();
		} else if (event.key === "Escape" && !composing) {
			if (this.#panel !== "none") this.#toggle("none");
			else if (this.answering) this.#cancelAnswer();
			else this.#box?.blur();
		}
		event.stopPropagation();
	}

	#onSubmit(event: SubmitEvent): void {
		event.preventDefault();
		void this.#send();
	}

	async #send(): Promise<void> {
		const text = this.#text;
		if (text.trim() === "" || this.#over > 0 || this.#countdown.leftMs > 0) return;
		const { answering } = this;
		const plain = this.#style.mode === plainStyle.mode && this.#style.color === plainStyle.color;
		this.#text = "";
		this.#refusal = null;
		this.#panel = "none";
		this.requestUpdate();
		if (answering) this.#cancelAnswer();
		const result = await this.say(text, { replyTo: answering?.id ?? null, style: plain ? null : this.#style });
		if (result.outcome === "refused") {
			this.#text = putBack(text, this.#text);
			this.#refusal = { code: result.code };
			if (result.retryAfterMs !== null) this.#countdown.start(result.retryAfterMs);
		} else if (
			this.settings &&
			this.settings.slowModeSeconds > 0 &&
			this.user?.roles.every((role) => role === "guest" || role === "member")
		) {
			this.#countdown.start(this.settings.slowModeSeconds * 1_000);
		}
		this.requestUpdate();
		await this.updateComplete;
		this.#turnRing();
	}

	/** The ring empties over the whole wait; without motion the number alone tells it. */
	#turnRing(): void {
		const ring = this.renderRoot.querySelector(".ring circle");
		if (!ring || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
		const { totalMs, leftMs } = this.#countdown;
		ring.animate([{ strokeDashoffset: "0" }, { strokeDashoffset: "-100" }], {
			duration: totalMs,
			iterationStart: (totalMs - leftMs) / totalMs,
		});
	}

	#onStyle(event: CustomEvent<Style>): void {
		this.#style = event.detail;
		rememberStyle(event.detail);
		this.requestUpdate();
	}

	#onRename(event: SubmitEvent): void {
		event.preventDefault();
		const name = String(new FormData(event.target as HTMLFormElement).get("name") ?? "").trim();
		this.#toggle("none");
		if (name !== "" && name !== this.user?.name) this.dispatchEvent(new CustomEvent("rename", { detail: name }));
	}

	#cancelAnswer(): void {
		this.dispatchEvent(new Event("cancel-answer"));
	}

	/** One to four lines high, as its text asks for. */
	#grow(): void {
		const box = this.#box;
		if (!box) return;
		box.style.height = "auto";
		box.style.height = `${box.scrollHeight + 2}px`;
	}
}

/** A press on the send button leaves the focus, and a phone's keyboard, where they are. */
function keepFocus(event: Event): void {
	event.preventDefault();
}

customElements.define("hubbub-composer", Composer);
