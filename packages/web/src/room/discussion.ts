import type { Fate } from "@hubbub/protocol/downstream.ts";
import type { MessageEvent, RoomEvent, User } from "@hubbub/protocol/event.ts";
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

/** Bounds on what a page keeps. The tail is what a following reader sees; `reading` also holds what was scrolled back to. */
export const discussionLimits = { tailRowsMax: 300, readingRowsMax: 900 } as const;

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

/**
 * The discussion as one reader sees it: the newest rows (`following`), or a bounded excursion back from them (`reading`).
 *
 * The tail is kept up to date all the time. While reading, live messages still come in below until the bound is met; from then on the
 * excursion is `cut`, and following again goes back to the tail. Either way the rows shown have no hole that older pages would not fill.
 */
export class Discussion {
	#tail: Row[] = [];
	#reading: { rows: Row[]; cut: boolean; hasBeginning: boolean } | null = null;
	#hasBeginning = false;
	#unread: Unread = { count: 0, toMe: 0 };
	#me: User | null = null;
	#noticeCount = 0;
	/** Ids of the reader's own messages, to know answers to them. */
	readonly #mine = new Set<string>();

	get rows(): readonly Row[] {
		return this.#reading?.rows ?? this.#tail;
	}

	get phase(): "following" | "reading" {
		return this.#reading ? "reading" : "following";
	}

	/** What came in since the reader left the tail. */
	get unread(): Unread {
		return this.#unread;
	}

	/** Whether the first row shown is the first of the room. */
	get hasBeginning(): boolean {
		return (this.#reading?.hasBeginning ?? this.#hasBeginning) || oldestOffset(this.rows) === 1;
	}

	/** Offset before which older messages are to be asked for; null where nothing is shown. */
	get oldest(): number | null {
		return oldestOffset(this.rows);
	}

	/** Who the reader is now, for telling their own messages and those to them. */
	iAm(user: User | null): void {
		this.#me = user;
	}

	/** Takes in events in order. Answers the messages that were new to the page, for danmaku and the digest. */
	add(events: readonly RoomEvent[]): { readonly fresh: readonly MessageRow[]; readonly toMe: number } {
		const fresh: MessageRow[] = [];
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
					this.addNotice({ type: "settings", settings: event.settings });
					break;
				default:
					// A kind from a newer server: not ours to show.
					event satisfies never;
			}
		}
		this.#trim();
		const toMe = fresh.filter((row) => row.stance === "to-me").length;
		if (this.#reading) {
			const others = fresh.filter((row) => row.stance !== "mine").length;
			this.#unread = { count: this.#unread.count + others, toMe: this.#unread.toMe + toMe };
		}
		return { fresh, toMe };
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

	/** Puts an older page above what is shown while reading; `isLast` where nothing is older. */
	addOlder(events: readonly RoomEvent[], isLast: boolean): void {
		this.read();
		const reading = this.#reading;
		if (!reading) return;
		const before = oldestOffset(reading.rows) ?? Number.POSITIVE_INFINITY;
		const older: Row[] = [];
		for (const event of events) {
			if (event.kind !== "message" || event.deleted || event.offset >= before) continue;
			const row = messageRow(event, this.#stanceOf(event));
			if (!foldRow(older, row)) insertRow(older, row);
		}
		reading.rows = [...older, ...reading.rows];
		reading.hasBeginning = isLast;
		if (reading.rows.length > discussionLimits.readingRowsMax) {
			reading.rows.length = discussionLimits.readingRowsMax;
			reading.cut = true;
		}
	}

	/** The reader scrolled back from the tail. */
	read(): void {
		this.#reading ??= { rows: [...this.#tail], cut: false, hasBeginning: this.#hasBeginning };
	}

	/** The reader is at the tail again. */
	follow(): void {
		this.#reading = null;
		this.#unread = { count: 0, toMe: 0 };
	}

	/** Starts over, because the server could not say what was missed. Messages on their way stay. */
	clear(): void {
		this.#tail = this.#tail.filter((row) => row.kind === "message" && row.fate === "sending");
		this.#hasBeginning = false;
		this.follow();
	}

	find(id: string): MessageRow | null {
		return rowOf(this.rows, id) ?? rowOf(this.#tail, id);
	}

	#addMessage(event: MessageEvent): MessageRow | null {
		const row = messageRow(event, this.#stanceOf(event));
		if (row.stance === "mine") {
			this.#mine.add(event.id);
			if (rowOf(this.#tail, event.id)) return null;
			const draft = this.#tail.find((other) => other.kind === "message" && other.fate === "sending" && other.text === event.text);
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
		change(this.#tail);
		const reading = this.#reading;
		if (!reading) return;
		const length = reading.rows.length;
		const rows = [...reading.rows];
		change(rows);
		// Nothing is added below a cut: what came after it is missing there.
		if (rows.length > length && (reading.cut || rows.length > discussionLimits.readingRowsMax)) reading.cut = true;
		else reading.rows = rows;
	}

	#trim(): void {
		const over = this.#tail.length - discussionLimits.tailRowsMax;
		if (over <= 0) return;
		this.#tail = this.#tail.slice(over);
		this.#hasBeginning = false;
	}
}

/** Whether a text names somebody: `@name`, not as the start of a longer name. */
export function mentions(text: string, name: string): boolean {
	if (name === "") return false;
	const folded = text.toLowerCase();
	const wanted = `@${name.toLowerCase()}`;
	for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
		const next = folded.slice(at + wanted.length);
		if (!/^[\p{L}\p{N}_-]/u.test(next) || /\p{Script=Han}/u.test(next.slice(0, 1))) return true;
	}
	return false;
}
