import type { Fate } from "@hubbub/protocol/downstream.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { User } from "@hubbub/protocol/fields.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import {
	countOn,
	foldRow,
	insertRow,
	type MessageRow,
	messageRow,
	type Notice,
	oldestOffset,
	type Row,
	removeMessage,
	rowOf,
} from "./rows.ts";

/**
 * Bounds on what a page keeps. The tail is what a following reader sees; `reading` also holds what was scrolled back to. A tail that has grown
 * `tailRowsSpare` beyond its bound is cut back to it at once, so that rows leave seldom and many together.
 */
export const discussionLimits = { tailRowsMax: 300, tailRowsSpare: 50, readingRowsMax: 900 } as const;

export interface Unread {
	readonly count: number;
	readonly toMe: number;
}

/** A message of the reader's own, before the server has it. */
export interface Draft {
	readonly key: string;
	readonly text: string;
	readonly replyTo: string | null;
	readonly from: User;
	/** Server time as well as the page knows it, in Unix milliseconds. */
	readonly at: number;
}

/** Rows without a hole among them. */
interface Stretch {
	readonly rows: Row[];
	/** Offset of the first event they are made of, which may itself be nothing to show; null before the first one. */
	readonly from: number | null;
}

/** Where events come from: those of the past are no news. */
export type EventSource = "history" | "recovered" | "live";

/**
 * The discussion as one reader sees it: the newest rows (`following`), or a bounded excursion back from them (`reading`).
 *
 * The tail is kept up to date all the time. While reading, live messages still come in below until the bound is met; from then on the
 * excursion is `cut`, and following again goes back to the tail. Either way the rows shown have no hole that older pages would not fill.
 */
export class Discussion {
	#tail: Stretch = { rows: [], from: null };
	#reading: (Stretch & { readonly cut: boolean }) | null = null;
	#unread: Unread = { count: 0, toMe: 0 };
	#me: User | null = null;
	#noticeCount = 0;
	/** Ids of the reader's own messages, to know answers to them. */
	readonly #mine = new Set<string>();

	get rows(): readonly Row[] {
		return this.#shown.rows;
	}

	get phase(): "following" | "reading" {
		return this.#reading ? "reading" : "following";
	}

	/** What came in since the reader left the tail. */
	get unread(): Unread {
		return this.#unread;
	}

	/** Whether nothing in the room is older than what is shown. */
	get hasBeginning(): boolean {
		return this.#shown.from === 1;
	}

	/** Offset before which older messages are to be asked for; null where nothing is known of the room's past. */
	get oldest(): number | null {
		return this.#shown.from;
	}

	/** Whether older messages have a place: a follower's tail is bounded, who reads back goes as far as they like. */
	get mayGrow(): boolean {
		return this.#reading !== null || this.#tail.rows.length < discussionLimits.tailRowsMax;
	}

	/** Who the reader is now, for telling their own messages and those to them. */
	iAm(user: User | null): void {
		this.#me = user;
	}

	/** Takes in events in order. Answers the messages that were new to the page. */
	add(events: readonly RoomEvent[], source: EventSource = "live"): readonly MessageRow[] {
		const fresh: MessageRow[] = [];
		this.#begin(events[0]?.offset);
		for (const event of events) {
			switch (event.kind) {
				case "message":
					if (!event.deleted) {
						const row = this.#addMessage(event);
						if (row) fresh.push(row);
					}
					break;
				case "delete":
					this.remove(event.target);
					break;
				case "settings":
					if (source !== "history") this.addNotice({ type: "settings", settings: event.settings });
					break;
				default:
				// Of a kind that has no row here.
			}
		}
		this.#trim();
		if (this.#reading) {
			const toMe = fresh.filter((row) => row.stance === "to-me").length;
			const others = fresh.filter((row) => row.stance !== "mine").length;
			this.#unread = { count: this.#unread.count + others, toMe: this.#unread.toMe + toMe };
		}
		return fresh;
	}

	/** Counts people whom the server did not show because they said what a shown message says. */
	addRepeats(repeats: readonly { readonly id: string; readonly count: number }[]): void {
		this.#edit((rows) => {
			for (const { id, count } of repeats) countOn(rows, id, count);
		});
	}

	/** Adds quiet words at the end. Counts of the same kind that follow each other become one. */
	addNotice(notice: Notice): void {
		this.#edit((rows) => {
			const last = rows.at(-1);
			if (last?.kind === "notice" && last.notice.type === "omitted" && notice.type === "omitted") {
				rows[rows.length - 1] = { ...last, notice: { type: "omitted", count: last.notice.count + notice.count } };
			} else {
				rows.push({ kind: "notice", key: `notice-${this.#noticeCount}`, notice });
			}
		});
		this.#noticeCount++;
		this.#trim();
	}

	/** Shows the reader's own message at once, on its way. */
	addDraft(draft: Draft): void {
		const row: MessageRow = {
			kind: "message",
			id: null,
			offset: null,
			stance: "mine",
			fate: "sending",
			repeats: [],
			alsoSaid: 0,
			...draft,
		};
		this.#edit((rows) => rows.push(row));
		this.#trim();
	}

	/** The server has a message of the reader's: gives the row its id, place and fate. */
	settle(key: string, id: string, fate: Fate, event: MessageEvent | null): void {
		this.#mine.add(id);
		this.#begin(event?.offset);
		this.#edit((rows) => {
			const at = rows.findIndex((row) => row.kind === "message" && row.key === key);
			const draft = rows[at] as MessageRow | undefined;
			// The draft had been taken for a twin said from another tab: it keeps that one, and this message gets a row of its own.
			if (draft && draft.id !== null && draft.id !== id) {
				if (event && !rowOf(rows, id)) insertRow(rows, { ...messageRow(event, "mine"), fate });
				return;
			}
			if (draft) rows.splice(at, 1);
			const shown = rows.findIndex((row) => row.kind === "message" && row.id === id);
			const kept = rows[shown] as MessageRow | undefined;
			if (kept) rows[shown] = { ...kept, fate, stance: "mine" };
			else if (event) insertRow(rows, { ...messageRow(event, "mine"), key, fate });
			else if (draft) rows.splice(at, 0, { ...draft, id, fate });
		});
	}

	/** The server refused a message: its row goes, its text is back in the box. */
	withdraw(key: string): void {
		this.#edit((rows) => {
			const at = rows.findIndex((row) => row.kind === "message" && row.key === key && row.fate === "sending");
			if (at >= 0) rows.splice(at, 1);
		});
	}

	/** A message was taken back. */
	remove(id: string): void {
		this.#edit((rows) => removeMessage(rows, id));
	}

	/**
	 * Puts an older page above what is shown; `isLast` where nothing is older. It changes nothing about whether the reader follows or
	 * reads: a follower whose screen is taller than the latest history is given older messages too.
	 */
	addOlder(events: readonly RoomEvent[], isLast: boolean): void {
		const { from, rows } = this.#shown;
		const before = from ?? Number.POSITIVE_INFINITY;
		const older: Row[] = [];
		for (const event of events) {
			if (event.kind !== "message" || event.deleted || event.offset >= before) continue;
			const row = messageRow(event, this.#stanceOf(event));
			if (!foldRow(older, row)) insertRow(older, row);
		}
		const grown = { rows: [...older, ...rows], from: isLast ? 1 : Math.min(before, events[0]?.offset ?? before) };
		if (this.#reading) {
			const { readingRowsMax } = discussionLimits;
			const cut = this.#reading.cut || grown.rows.length > readingRowsMax;
			this.#reading = { ...grown, rows: grown.rows.slice(0, readingRowsMax), cut };
		} else {
			this.#tail = grown;
			this.#trim();
		}
	}

	/** The reader went back from the tail, or wants it to stand still. */
	read(): void {
		this.#reading ??= { ...this.#tail, rows: [...this.#tail.rows], cut: false };
	}

	/** The reader is at the tail again. */
	follow(): void {
		this.#reading = null;
		this.#unread = { count: 0, toMe: 0 };
	}

	/** Starts over, because the server could not say what was missed. Messages on their way stay. */
	clear(): void {
		const sending = this.#tail.rows.filter((row) => row.kind === "message" && row.fate === "sending");
		this.#tail = { rows: sending, from: null };
		this.follow();
	}

	find(id: string): MessageRow | null {
		return rowOf(this.rows, id) ?? rowOf(this.#tail.rows, id);
	}

	get #shown(): Stretch {
		return this.#reading ?? this.#tail;
	}

	/** The first event the page hears of is where what is shown begins. */
	#begin(offset: number | undefined): void {
		if (offset === undefined) return;
		if (this.#tail.from === null) this.#tail = { ...this.#tail, from: offset };
		if (this.#reading?.from === null) this.#reading = { ...this.#reading, from: offset };
	}

	#addMessage(event: MessageEvent): MessageRow | null {
		const row = messageRow(event, this.#stanceOf(event));
		if (row.stance === "mine") {
			this.#mine.add(event.id);
			if (rowOf(this.#tail.rows, event.id)) return null;
			const draft = this.#tail.rows.find((other) => other.kind === "message" && other.fate === "sending" && other.text === event.text);
			if (draft) {
				this.#edit((rows) => {
					const at = rows.findIndex((other) => other.key === draft.key);
					if (at >= 0) rows.splice(at, 1);
					insertRow(rows, { ...row, key: draft.key });
				});
				return null;
			}
		}
		this.#edit((rows) => {
			if (!rowOf(rows, event.id) && !foldRow(rows, row)) insertRow(rows, row);
		});
		return row;
	}

	#stanceOf(event: MessageEvent): MessageRow["stance"] {
		if (!this.#me) return "other";
		if (event.from.id === this.#me.id) return "mine";
		if (event.replyTo && this.#mine.has(event.replyTo)) return "to-me";
		return mentions(event.text, this.#me.name) ? "to-me" : "other";
	}

	/** Makes the same change to the tail and, while it is whole, to what is being read. */
	#edit(change: (rows: Row[]) => unknown): void {
		change(this.#tail.rows);
		const reading = this.#reading;
		if (!reading) return;
		const rows = [...reading.rows];
		change(rows);
		// Nothing is added below a cut: what came after it is missing there.
		const isTooMuch = rows.length > reading.rows.length && (reading.cut || rows.length > discussionLimits.readingRowsMax);
		this.#reading = isTooMuch ? { ...reading, cut: true } : { ...reading, rows };
	}

	#trim(): void {
		const { tailRowsMax, tailRowsSpare } = discussionLimits;
		if (this.#tail.rows.length <= tailRowsMax + tailRowsSpare) return;
		const rows = this.#tail.rows.slice(-tailRowsMax);
		this.#tail = { rows, from: oldestOffset(rows) ?? this.#tail.from };
	}
}

/** Whether a text names somebody: `@name`, not as the start of a longer name. */
export function mentions(text: string, name: string): boolean {
	if (name === "") return false;
	const folded = text.toLowerCase();
	const wanted = `@${name.toLowerCase()}`;
	for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
		// Two units hold the next letter, whatever it is: the whole rest once for each mention would cost the square of the text.
		const next = folded.slice(at + wanted.length, at + wanted.length + 2);
		if (!/^[\p{L}\p{N}_-]/u.test(next) || /^\p{Script=Han}/u.test(next)) return true;
	}
	return false;
}
