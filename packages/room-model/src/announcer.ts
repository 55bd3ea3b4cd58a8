import { mayModerate } from "@hubbub/protocol/wire/roles.ts";
import type { Clock } from "./clock.ts";
import type { MessageRow, Notice } from "./rows.ts";

/** Between two announcements, so that there is time to listen to anything else. The reader's own messages are told at once. */
export const announceEveryMs = 5_000;
/** So many messages are read word by word; of more there is a digest. */
export const readOutMax = 3;
/** A digest quotes at most so many, the latest. */
const quotedMax = 8;
/** What waits for the next announcement is kept word by word up to this many, and counted beyond. */
const waitingMax = 500;

/** What is worth telling: somebody said something, or the room itself changed. */
export type News = { readonly kind: "message"; readonly row: MessageRow } | { readonly kind: "notice"; readonly notice: Notice };

/** One announcement: everything since the last one word by word, or a digest that quotes what must not be missed. */
export type Announcement =
	| { readonly kind: "each"; readonly news: readonly News[] }
	| { readonly kind: "digest"; readonly count: number; readonly toMe: number; readonly quoted: readonly News[] };

/**
 * What a screen reader is told, and when. In a quiet room each message is read once, the moment it comes; in a busy one there is a digest at most
 * every five seconds ("23 new; Ann, host: …"), which quotes the hosts and what was said to the reader. What the reader said themselves is told at
 * once, with all that came before it.
 */
export class Announcer {
	readonly #clock: Clock;
	readonly #tell: (announcement: Announcement) => void;
	#waiting: News[] = [];
	/** Messages that wait beyond those kept. */
	#more = 0;
	#toldAtMs = Number.NEGATIVE_INFINITY;
	#cancel: (() => void) | null = null;

	constructor(clock: Clock, tell: (announcement: Announcement) => void) {
		this.#clock = clock;
		this.#tell = tell;
	}

	/** Messages came in, in order. */
	heard(rows: readonly MessageRow[]): void {
		for (const row of rows) this.#await({ kind: "message", row });
		if (rows.some((row) => row.stance === "mine")) this.#announce();
		else this.#schedule();
	}

	/** So many more said what was said already. */
	heardAgain(count: number): void {
		this.#more += count;
		this.#schedule();
	}

	/** Something about the room changed. */
	noticed(notice: Notice): void {
		this.#await({ kind: "notice", notice });
		this.#schedule();
	}

	/** A message was taken back: where it was not told yet, it never is. */
	removed(id: string): void {
		this.#waiting = this.#waiting.filter((news) => news.kind !== "message" || news.row.id !== id);
	}

	#await(news: News): void {
		this.#waiting.push(news);
		if (this.#waiting.length <= waitingMax) return;
		const at = this.#waiting.findIndex((other) => !mustBeTold(other));
		this.#waiting.splice(Math.max(0, at), 1);
		this.#more++;
	}

	#schedule(): void {
		if (this.#cancel || this.#waiting.length + this.#more === 0) return;
		const waitMs = Math.max(0, this.#toldAtMs + announceEveryMs - this.#clock.monotonic());
		this.#cancel = this.#clock.after(waitMs, () => this.#announce());
	}

	#announce(): void {
		this.#cancel?.();
		this.#cancel = null;
		const [waiting, more] = [this.#waiting, this.#more];
		if (waiting.length + more === 0) return;
		this.#waiting = [];
		this.#more = 0;
		this.#toldAtMs = this.#clock.monotonic();
		if (more === 0 && waiting.length <= readOutMax) return this.#tell({ kind: "each", news: waiting });
		const messages = waiting.flatMap((news) => (news.kind === "message" ? [news.row] : []));
		this.#tell({
			kind: "digest",
			count: messages.filter((row) => row.stance !== "mine").length + more,
			toMe: messages.filter((row) => row.stance === "to-me").length,
			quoted: waiting.filter(mustBeTold).slice(-quotedMax),
		});
	}
}

function mustBeTold(news: News): boolean {
	return news.kind === "notice" || news.row.stance !== "other" || mayModerate(news.row.from);
}
