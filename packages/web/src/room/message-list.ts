import type { User } from "@hubbub/protocol/fields.ts";
import { mayModerate } from "@hubbub/protocol/wire/roles.ts";
import type { Discussion } from "@hubbub/room-model/discussion.ts";
import type { MessageRow, Row } from "@hubbub/room-model/rows.ts";
import type { OlderPhase } from "@hubbub/room-model/visit.ts";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { browserClock } from "../clock.ts";
import type { Deed } from "../kinds/kind-part.ts";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import type { Words } from "../words/en.ts";
import { DrawnRows } from "./drawn-rows.ts";
import { listStyles } from "./message-list-styles.ts";
import { type RowSurroundings, rowStyles, rowTemplate } from "./message-row.ts";
import { Pause, type PauseReason } from "./pause.ts";
import { personStyles } from "./person.ts";
import { RowElements } from "./row-elements.ts";
import { type Scrolled, ScrollKeeper } from "./scroll-keeper.ts";

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
		deeds: { attribute: false },
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
	/** What else the reader may do with a message. */
	declare deeds: readonly Deed[];

	#opened: ReadonlySet<string> = new Set();
	readonly #drawn = new DrawnRows(afterFrame, () => this.requestUpdate());
	readonly #pause = new Pause();
	#elements: RowElements | null = null;
	#keeper: ScrollKeeper | null = null;
	/** Keys of the rows that show their tools: the one under the pointer, and the one that has the focus. */
	#pointed: string | null = null;
	#chosen: string | null = null;

	constructor() {
		super();
		this.older = "idle";
		this.mayReply = false;
		this.deeds = [];
		this.user = null;
		this.version = 0;
	}

	/** Goes to the newest message and follows again. */
	toNewest(): void {
		this.#pause.clear();
		this.discussion.follow();
		this.#keeper?.toNewest();
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
		const [box, sheet, rows] = [".scroller", ".sheet", "ol"].map((part) => this.renderRoot.querySelector<HTMLElement>(part) as HTMLElement);
		this.#elements = new RowElements(rows as HTMLElement);
		this.#keeper = new ScrollKeeper(box as HTMLElement, sheet as HTMLElement, rows as HTMLElement, this.#scrolled, browserClock);
	}

	override disconnectedCallback(): void {
		super.disconnectedCallback();
		this.#keeper?.end();
	}

	override willUpdate(): void {
		const isSeen = (this.#keeper?.isSeen ?? false) && !document.hidden;
		const rows = this.#drawn.next(this.discussion.rows, isSeen);
		this.#keeper?.before((key) => rows.some((row) => row.key === key));
	}

	override updated(_changed: PropertyValues): void {
		this.#drawRows();
		this.#keeper?.settle();
		// The row that had the focus may have been taken back.
		if (this.#pause.isFor("focus") && !this.shadowRoot?.activeElement) this.#goOn("focus");
	}

	override render(): TemplateResult {
		const { discussion, words } = this;
		const { rows } = this.#drawn;
		const isBare = rows.length === 0 && (discussion.oldest === null || discussion.hasBeginning);
		const { count, toMe } = discussion.unread;
		// Who only holds the newest still has nothing to go back to, and would find it covered.
		const isAway = discussion.phase === "reading" && !(this.#pause.goesOn && count === 0);
		return html`
			<div class="scroller" role="group" aria-label=${words.discussion} tabindex="0" @pointerenter=${this.#onEnter} @pointerleave=${this.#onLeave}>
				<div class="sheet ${isBare ? "bare" : ""}">
					${isBare ? this.#empty() : html`<div class="edge">${this.#edge(discussion.hasBeginning)}</div>`}
					<ol @click=${this.#onClick} @pointerover=${this.#onPoint} @pointerleave=${this.#onPoint} @focusin=${this.#onFocusIn} @focusout=${this.#onFocusOut}></ol>
				</div>
			</div>
			${this.#pause.isFor("pointer") ? html`<div class="paused">${words.pausedOnHover}</div>` : nothing}
			${
				isAway
					? html`<button class="newest ${count === 0 ? "plain" : ""}" @click=${this.toNewest}>${icon("down")}<span>${words.newBelow(count)}${toMe > 0 ? ` · ${words.newToYou(toMe)}` : ""}</span></button>`
					: nothing
			}
		`;
	}

	#drawRows(): void {
		const { discussion, words, language, mayReply, deeds } = this;
		const moderates = this.#mayModerate;
		const around: RowSurroundings = {
			...{ words, language, mayReply, deeds, opened: this.#opened },
			find: (id) => discussion.find(id),
			mayRemove: (row) => row.id !== null && (row.stance === "mine" || moderates),
			hasTools: (row) => row.key === this.#pointed || row.key === this.#chosen,
		};
		this.#elements?.draw(
			this.#drawn.rows,
			(row) => [words, language, mayReply, moderates, deeds.length, ...this.#relations(row)],
			(row) => rowTemplate(row, around),
		);
	}

	/** What else a row's drawing depends on: whether it is opened or shows its tools, and the message it answers. */
	#relations(row: Row): unknown[] {
		if (row.kind !== "message") return [];
		const answered = row.replyTo === null ? null : this.discussion.find(row.replyTo);
		return [this.#opened.has(row.key), row.key === this.#pointed, row.key === this.#chosen, answered];
	}

	#edge(hasBeginning: boolean): TemplateResult | string {
		if (hasBeginning) return this.words.beginning;
		if (this.older === "loading") return this.words.loadingOlder;
		if (this.older === "failed") return html`<button @click=${() => this.#emit("older", null)}>${this.words.tryAgain}</button>`;
		return "";
	}

	#empty(): TemplateResult {
		return html`<div class="empty">
			<svg viewBox="0 0 96 72" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
				<path d="M14 40V26a8 8 0 0 1 8-8h12a8 8 0 0 1 8 8v14M10 52v-8a5 5 0 0 1 10 0v3h16v-3a5 5 0 0 1 10 0v8Zm6 0v8m24-8v8"/>
				<path d="M58 12h20a8 8 0 0 1 8 8v8a8 8 0 0 1-8 8h-9c-3 4-6 5.5-11 6 2-2 3-4 2.5-6.200A8 8 0 0 1 52 28v-8" opacity=".55"/>
			</svg>
			<strong>${this.words.emptyTitle}</strong>
			<span>${this.words.emptyWords}</span>
		</div>`;
	}

	get #mayModerate(): boolean {
		return this.user !== null && mayModerate(this.user);
	}

	/** What the keeper asks. Only what the reader does ends following, and begins it again. */
	readonly #scrolled: Scrolled = this.#makeScrolled();

	#makeScrolled(): Scrolled {
		const list = this;
		return {
			get follows() {
				return list.discussion.phase === "following";
			},
			left() {
				list.#pause.scrolled("away");
				if (!this.follows) return;
				list.discussion.read();
				list.#announceMove();
			},
			reached() {
				list.#pause.scrolled("newest");
				if (this.follows || list.#pause.isOn) return;
				list.discussion.follow();
				list.#announceMove();
			},
			nearTop() {
				const { discussion, older } = list;
				if (older === "idle" && discussion.mayGrow && discussion.oldest !== null && !discussion.hasBeginning) list.#emit("older", null);
			},
		};
	}

	#standStill(reason: PauseReason): void {
		if (this.discussion.rows.length === 0) return;
		this.#pause.begin(reason, this.#scrolled.follows);
		this.discussion.read();
		this.#announceMove();
	}

	#goOn(reason: PauseReason): void {
		if (this.#pause.end(reason)) this.toNewest();
		else this.requestUpdate();
	}

	/** For those who act on messages, a row must not move away from under the pointer. */
	#onEnter(event: PointerEvent): void {
		if (event.pointerType === "mouse" && this.#mayModerate) this.#standStill("pointer");
	}

	#onLeave(): void {
		this.#goOn("pointer");
	}

	/** A row gets its tools when they can be used: three hundred rows with buttons and drawings would be most of the page. */
	#onPoint(event: PointerEvent): void {
		const key = event.type === "pointerleave" || event.pointerType !== "mouse" ? null : keyOf(event.target);
		if (key === this.#pointed) return;
		this.#pointed = key;
		this.requestUpdate();
	}

	/** Nor must the row that was chosen by key or by touch move away. Who has a mouse sees what it points at. */
	#onFocusIn({ target }: FocusEvent): void {
		this.#chosen = keyOf(target);
		this.requestUpdate();
		const isHeld = target instanceof Element && (target.matches(":focus-visible") || matchMedia("(hover: none)").matches);
		if (isHeld) this.#standStill("focus");
	}

	#onFocusOut({ relatedTarget }: FocusEvent): void {
		this.#chosen = keyOf(relatedTarget);
		if (this.#chosen === null) this.#goOn("focus");
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
		row.dataset.found = "";
		row.addEventListener("animationend", () => delete row.dataset.found, { once: true });
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

/** Runs once the browser has drawn what stands on the page now. */
function afterFrame(run: () => void): void {
	requestAnimationFrame(() => setTimeout(run));
}

/** The key of the row that an event's target stands in. */
function keyOf(target: EventTarget | null): string | null {
	return target instanceof Element ? (target.closest<HTMLElement>(".message")?.dataset.key ?? null) : null;
}

function toggled(set: ReadonlySet<string>, key: string): ReadonlySet<string> {
	const next = new Set(set);
	if (!next.delete(key)) next.add(key);
	return next;
}

customElements.define("hubbub-messages", MessageList);
