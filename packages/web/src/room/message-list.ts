import type { User } from "@hubbub/protocol/event.ts";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { repeat } from "lit/directives/repeat.js";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import type { Words } from "../words/en.ts";
import type { Discussion } from "./discussion.ts";
import { listStyles } from "./message-list-styles.ts";
import { type RowSurroundings, rowStyles, rowTemplate } from "./message-row.ts";
import { isStaff, personStyles } from "./person.ts";
import type { MessageRow, Row } from "./rows.ts";
import { TextPieces } from "./text-pieces.ts";
import type { OlderPhase } from "./visit.ts";

/** Within this many pixels of the end a reader counts as being there. */
const tailPx = 40;
/** Older messages are asked for when the reader is this near the top. */
const olderPx = 500;

/** What the list asks of the page; each is the `detail` of a `CustomEvent` of the name before the colon. */
export interface MessageListEvents {
	/** `answer`: the reader wants to reply to a message. */
	answer: MessageRow;
	/** `take-back`: the reader wants a message deleted. */
	"take-back": MessageRow;
	/** `copied`: a text went to the clipboard. */
	copied: MessageRow;
	/** `older`: the reader is near the top. */
	older: null;
	/** `moved`: the reader left the tail or came back; `discussion.phase` has been set already. */
	moved: null;
}

/** The scrolling discussion. Follows the tail only while the reader is there; otherwise nothing moves under them. */
export class MessageList extends LitElement {
	static override readonly properties = {
		discussion: { attribute: false },
		version: { type: Number },
		words: { attribute: false },
		language: { type: String },
		user: { attribute: false },
		older: { type: String },
		mayReply: { type: Boolean },
	};

	static override readonly styles = [controls, personStyles, rowStyles, listStyles];

	declare discussion: Discussion;
	/** Rises with every change of `discussion`, which is one object all along. */
	declare version: number;
	declare words: Words;
	declare language: string;
	declare user: User | null;
	declare older: OlderPhase;
	declare mayReply: boolean;

	readonly #pieces = new TextPieces(() => this.requestUpdate());
	#opened: ReadonlySet<string> = new Set();
	#hovered = false;
	#touched = false;
	#anchor: { key: string; top: number } | null = null;
	#lastTop = 0;
	readonly #resizes = new ResizeObserver(() => this.#settleScroll());

	constructor() {
		super();
		this.older = "idle";
		this.mayReply = false;
		this.user = null;
		this.version = 0;
	}

	/** Goes to the newest message and follows again. */
	toNewest(): void {
		this.discussion.follow();
		this.#announceMove();
	}

	/** Moves the focus one message down (1) or up (-1); from outside the list, to the last one. */
	moveFocus(step: 1 | -1): void {
		const rows = [...this.renderRoot.querySelectorAll<HTMLElement>(".message")];
		const active = rows.indexOf((this.shadowRoot?.activeElement as HTMLElement | null)?.closest(".message") as HTMLElement);
		const next = active < 0 ? rows.at(-1) : rows[Math.min(rows.length - 1, Math.max(0, active + step))];
		next?.focus({ preventScroll: false });
	}

	/** The message that has the focus, if any. */
	focused(): MessageRow | null {
		const row = this.shadowRoot?.activeElement?.closest<HTMLElement>(".message");
		return row ? this.#rowOf(row) : null;
	}

	override firstUpdated(): void {
		this.#resizes.observe(this.#scroller);
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#resizes.disconnect();
	}

	override willUpdate(): void {
		this.#anchor = this.hasUpdated && this.discussion.phase === "reading" ? this.#firstVisible() : null;
	}

	override updated(_changed: PropertyValues): void {
		this.#settleScroll();
	}

	override render(): TemplateResult {
		const { discussion, words } = this;
		const { rows, hasBeginning } = discussion;
		const around: RowSurroundings = {
			words,
			language: this.language,
			pieces: this.#pieces,
			find: (id) => discussion.find(id),
			mayRemove: (row) => row.id !== null && (row.stance === "mine" || isStaff(this.user)),
			mayReply: this.mayReply,
			opened: this.#opened,
		};
		const staff = isStaff(this.user);
		const { count, toMe } = discussion.unread;
		return html`
			<div class="scroller" tabindex="-1" @scroll=${this.#onScroll} @mouseenter=${this.#onEnter} @mouseleave=${this.#onLeave} @touchstart=${this.#onTouch} @touchend=${this.#onTouchEnd} @touchcancel=${this.#onTouchEnd}>
				<ol class=${rows.length === 0 ? "bare" : ""} role="log" aria-live="off" aria-label=${words.discussion} @click=${this.#onClick}>
					${rows.length === 0 ? this.#empty() : html`<li class="edge" role="presentation">${this.#edge(hasBeginning)}</li>`}
					${repeat(
						rows,
						(row) => row.key,
						(row) =>
							guard([row, words, staff, this.mayReply, this.#pieces.version, ...this.#relations(row)], () => rowTemplate(row, around)),
					)}
				</ol>
			</div>
			${this.#hovered && discussion.phase === "reading" && staff ? html`<div class="paused">${words.pausedOnHover}</div>` : nothing}
			${
				discussion.phase === "reading"
					? html`<button class="newest ${count === 0 ? "plain" : ""}" @click=${this.toNewest}>${icon("down")}<span>${words.newBelow(count)}${toMe > 0 ? ` · ${words.newToYou(toMe)}` : ""}</span></button>`
					: nothing
			}
		`;
	}

	/** What else a row's drawing depends on: whether it is opened, and the message it answers. */
	#relations(row: Row): unknown[] {
		return row.kind === "message" ? [this.#opened.has(row.key), row.replyTo === null ? null : this.discussion.find(row.replyTo)] : [];
	}

	#edge(hasBeginning: boolean): TemplateResult | string {
		if (hasBeginning) return this.words.beginning;
		if (this.older === "loading") return this.words.loadingOlder;
		if (this.older === "failed") return html`<button @click=${() => this.#emit("older", null)}>${this.words.tryAgain}</button>`;
		return "";
	}

	#empty(): TemplateResult {
		return html`<li class="empty" role="presentation">
			<svg viewBox="0 0 96 72" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
				<path d="M14 40V26a8 8 0 0 1 8-8h12a8 8 0 0 1 8 8v14M10 52v-8a5 5 0 0 1 10 0v3h16v-3a5 5 0 0 1 10 0v8Zm6 0v8m24-8v8"/>
				<path d="M58 12h20a8 8 0 0 1 8 8v8a8 8 0 0 1-8 8h-9c-3 4-6 5.5-11 6 2-2 3-4 2.5-6.200A8 8 0 0 1 52 28v-8" opacity=".55"/>
			</svg>
			<strong>${this.words.emptyTitle}</strong>
			<span>${this.words.emptyWords}</span>
		</li>`;
	}

	get #scroller(): HTMLElement {
		return this.renderRoot.querySelector(".scroller") as HTMLElement;
	}

	get #isAtTail(): boolean {
		const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
		return scrollHeight - scrollTop - clientHeight <= tailPx;
	}

	/** After a change: the tail stays in sight of who follows it; for who reads, the row under their eyes stays where it was. */
	#settleScroll(): void {
		const scroller = this.#scroller;
		if (this.discussion.phase === "following") {
			if (!this.#touched) scroller.scrollTop = scroller.scrollHeight;
		} else if (this.#anchor) {
			const row = this.renderRoot.querySelector<HTMLElement>(`[data-key="${CSS.escape(this.#anchor.key)}"]`);
			if (row) scroller.scrollTop += row.offsetTop - scroller.scrollTop - this.#anchor.top;
			this.#anchor = null;
		}
		this.#lastTop = scroller.scrollTop;
		// A page too short to scroll would never ask for what is above it.
		if (this.discussion.rows.length > 0 && this.older === "idle" && scroller.scrollHeight <= scroller.clientHeight + olderPx / 4)
			this.#askOlder();
	}

	#firstVisible(): { key: string; top: number } | null {
		const scroller = this.#scroller;
		for (const row of this.renderRoot.querySelectorAll<HTMLElement>("li[data-key]")) {
			const top = row.offsetTop - scroller.scrollTop;
			if (top + row.offsetHeight > 0) return { key: row.dataset.key as string, top };
		}
		return null;
	}

	#onScroll(): void {
		const scroller = this.#scroller;
		const wentUp = scroller.scrollTop < this.#lastTop - 1;
		this.#lastTop = scroller.scrollTop;
		const { discussion } = this;
		if (discussion.phase === "following" && wentUp && !this.#isAtTail) {
			discussion.read();
			this.#announceMove();
		} else if (discussion.phase === "reading" && !wentUp && this.#isAtTail && !this.#hovered) {
			discussion.follow();
			this.#announceMove();
		}
		if (scroller.scrollTop < olderPx && discussion.phase === "reading" && this.older === "idle") this.#askOlder();
	}

	#askOlder(): void {
		if (!this.discussion.hasBeginning && this.older !== "loading") this.#emit("older", null);
	}

	/** For those who act on messages, a row must not move away from under the pointer. */
	#onEnter(): void {
		if (!isStaff(this.user) || this.discussion.rows.length === 0) return;
		this.#hovered = true;
		this.discussion.read();
		this.#announceMove();
	}

	#onLeave(): void {
		if (!this.#hovered) return;
		this.#hovered = false;
		if (this.#isAtTail || this.discussion.unread.count > 0) this.discussion.follow();
		this.#announceMove();
	}

	#onTouch(): void {
		this.#touched = true;
	}

	#onTouchEnd(): void {
		this.#touched = false;
	}

	#onClick(event: Event): void {
		const target = event.target as Element;
		const button = target.closest<HTMLElement>("[data-do]");
		const item = target.closest<HTMLElement>(".message");
		const row = item ? this.#rowOf(item) : null;
		if (!item || !row) return;
		switch (button?.dataset.do) {
			case "fold":
				this.#opened = toggled(this.#opened, row.key);
				this.requestUpdate();
				break;
			case "jump":
				this.#jump(button.dataset.target as string);
				break;
			case "reply":
				this.#emit("answer", row);
				break;
			case "remove":
				this.#emit("take-back", row);
				break;
			case "copy":
				void navigator.clipboard?.writeText(row.text).then(() => this.#emit("copied", row));
				break;
			default:
				// A tap on a message shows its time and what can be done with it.
				if (!target.closest("a") && getSelection()?.isCollapsed !== false) item.focus({ preventScroll: true });
		}
	}

	#jump(key: string): void {
		const row = this.renderRoot.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
		if (!row) return;
		this.discussion.read();
		this.#announceMove();
		row.scrollIntoView({ block: "center" });
		row.focus({ preventScroll: true });
		row.classList.add("found");
		row.addEventListener("animationend", () => row.classList.remove("found"), { once: true });
	}

	#rowOf(item: HTMLElement): MessageRow | null {
		const row = this.discussion.rows.find((candidate) => candidate.key === item.dataset.key);
		return row?.kind === "message" ? row : null;
	}

	#announceMove(): void {
		this.#emit("moved", null);
		this.requestUpdate();
	}

	#emit<Type extends keyof MessageListEvents>(type: Type, detail: MessageListEvents[Type]): void {
		this.dispatchEvent(new CustomEvent(type, { detail }));
	}
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
	const next = new Set(set);
	if (!next.delete(key)) next.add(key);
	return next;
}

customElements.define("hubbub-messages", MessageList);
