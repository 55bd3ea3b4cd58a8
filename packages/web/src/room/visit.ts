import type { Connection, ConnectionState, HistoryPage, Room, Said } from "@hubbub/client";
import { decodeCursor, encodeCursor } from "@hubbub/protocol/cursor.ts";
import type { MessageEvent, RoomSettings, Style, User } from "@hubbub/protocol/event.ts";
import type { Clock } from "../clock.ts";
import { Discussion } from "./discussion.ts";
import { type Place, placeOf } from "./place.ts";

/** Who the reader wants to be: a guest by some name, or whoever the token says. */
export interface Credentials {
	readonly name: string | null;
	readonly token: string | null;
}

/** Makes a connection; the page gives the SDK's `connect`, tests one of their own. */
export type Connect = (credentials: Credentials) => Connection;

/** What a visit tells the page. */
export interface VisitListener {
	/** Something that is shown has changed. */
	changed(): void;
	/** Messages that were said just now, in order, to fly over the stage; the next are about `spreadMs` away, 0 where nobody knows. */
	flew(messages: readonly MessageEvent[], spreadMs: number): void;
	/** Messages of others that are new to the page, live or brought back, to be counted and read out. Not told of history. */
	arrived(count: number, toMe: number): void;
	/** A message was taken back. */
	removed(id: string): void;
	/** Likes rose by `count`, not counting the reader's own. */
	applauded(count: number): void;
}

/** How a message of the reader's ended, for the composer. `refused` carries the text back. */
export type SayResult =
	| { readonly outcome: "accepted" }
	| { readonly outcome: "refused"; readonly code: string; readonly message: string; readonly retryAfterMs: number | null };

export type OlderPhase = "idle" | "loading" | "failed";

/**
 * One reader's stay in one room: the connection, the room on it, and the discussion as it is shown. The page reads its fields and calls
 * its methods; nothing here knows the DOM.
 */
export class Visit {
	readonly roomId: string;
	readonly discussion = new Discussion();
	readonly #connect: Connect;
	readonly #clock: Clock;
	readonly #listener: VisitListener;
	#connection: Connection;
	#room: Room;
	#stops: (() => void)[] = [];
	#refused: string | null = null;
	#ownLikes = 0;
	#drafts = 0;
	/** The settings are kept over a change of name, so that the page does not fall back to "entering". */
	#settings: RoomSettings | null = null;
	older: OlderPhase = "idle";

	constructor(roomId: string, credentials: Credentials, connect: Connect, clock: Clock, listener: VisitListener) {
		this.roomId = roomId;
		this.#connect = connect;
		this.#clock = clock;
		this.#listener = listener;
		this.#connection = connect(credentials);
		this.#room = this.#enter();
	}

	get place(): Place {
		return placeOf(this.#connection.state, { settings: this.#settings }, this.#refused);
	}

	get connection(): ConnectionState {
		return this.#connection.state;
	}

	get user(): User | null {
		return this.#connection.user;
	}

	get settings(): RoomSettings | null {
		return this.#settings;
	}

	get viewers(): number {
		return this.#room.viewers;
	}

	/** Likes so far, the reader's own taps included at once. */
	get likes(): number {
		return this.#room.likes + this.#ownLikes;
	}

	/** Server's clock less ours, in milliseconds. */
	get clockSkewMs(): number {
		return this.#connection.clockSkewMs;
	}

	/** Says something: the row is there at once, faint until the server has it. Never rejects. */
	async say(text: string, options: { readonly replyTo: string | null; readonly style: Style | null }): Promise<SayResult> {
		const key = `draft-${++this.#drafts}`;
		const from = this.user ?? { id: "", name: "", roles: [] };
		this.discussion.addDraft({ key, text, replyTo: options.replyTo, from, at: this.#clock.wall() + this.clockSkewMs });
		this.discussion.follow();
		this.#listener.changed();
		const room = this.#room;
		try {
			const said: Said = await room.say(text, {
				...(options.replyTo !== null && { replyTo: options.replyTo }),
				...(options.style !== null && { style: options.style }),
			});
			this.discussion.settle(key, said.id, said.fate, said.event ?? null);
			return { outcome: "accepted" };
		} catch (error) {
			this.discussion.withdraw(key);
			return refusal(error);
		} finally {
			this.#listener.changed();
		}
	}

	like(count: number): void {
		this.#room.like(count);
		this.#ownLikes += count;
		this.#listener.changed();
	}

	/** Takes a message back. The row goes when the server says so. */
	async remove(id: string): Promise<SayResult> {
		try {
			await this.#room.delete(id);
			this.discussion.remove(id);
			this.#listener.removed(id);
			return { outcome: "accepted" };
		} catch (error) {
			return refusal(error);
		} finally {
			this.#listener.changed();
		}
	}

	async configure(settings: Partial<RoomSettings>): Promise<SayResult> {
		try {
			await this.#room.configure(settings);
			return { outcome: "accepted" };
		} catch (error) {
			return refusal(error);
		}
	}

	/** Fetches the page above what is shown. Does nothing while one is under way or when there is none. */
	async loadOlder(): Promise<void> {
		const { oldest, hasBeginning } = this.discussion;
		const epoch = this.#room.cursor === null ? null : decodeCursor(this.#room.cursor)?.epoch;
		if (this.older === "loading" || hasBeginning || oldest === null || !epoch) return;
		this.older = "loading";
		this.#listener.changed();
		try {
			let before: string | null = encodeCursor({ epoch, offset: oldest });
			// A page may hold nothing to show (all deleted): go on until something comes or the beginning is met.
			for (let pages = 0; before !== null && pages < 5; pages++) {
				const page: HistoryPage = await this.#room.history({ before, limit: 50 });
				this.discussion.addOlder(page.events, page.before === null);
				before = page.events.some((event) => event.kind === "message" && !event.deleted) ? null : page.before;
			}
			this.older = "idle";
		} catch {
			this.older = "failed";
		}
		this.#listener.changed();
	}

	/** Comes back as somebody else; the discussion stays. */
	become(credentials: Credentials): void {
		for (const stop of this.#stops) stop();
		this.#stops = [];
		const { cursor } = this.#room;
		this.#connection.close();
		this.#refused = null;
		this.#connection = this.#connect(credentials);
		this.#room = this.#enter(cursor);
		this.#listener.changed();
	}

	retryNow(): void {
		this.#connection.retryNow();
	}

	end(): void {
		for (const stop of this.#stops) stop();
		this.#connection.close();
	}

	/** `after` is how far the reader had read under another name. */
	#enter(after: string | null = null): Room {
		const connection = this.#connection;
		const room = connection.room(this.roomId, after === null ? {} : { after });
		let likesSeen: number | null = null;
		const changed = () => this.#listener.changed();
		this.#stops = [
			connection.on("state", changed),
			connection.on("user", (user) => {
				this.discussion.iAm(user);
				changed();
			}),
			room.on("reset", () => {
				this.discussion.clear();
				this.discussion.addNotice({ type: "started-over" });
				changed();
			}),
			room.on("events", ({ events, source, omitted, spreadMs }) => {
				const shown = events.filter((event) => event.kind === "message" && !event.deleted).length;
				if (source === "recovered" && shown > 0) this.discussion.addNotice({ type: "missed", count: shown });
				// Settings that changed before the reader came are no news to them.
				const news = source === "history" ? events.filter((event) => event.kind !== "settings") : events;
				const { fresh, toMe } = this.discussion.add(news);
				if (omitted > 0) this.discussion.addNotice({ type: "omitted", count: omitted });
				for (const event of events) if (event.kind === "delete") this.#listener.removed(event.target);
				if (source === "live")
					this.#listener.flew(
						events.filter((event) => event.kind === "message"),
						spreadMs,
					);
				const others = fresh.filter((row) => row.stance !== "mine").length;
				if (source !== "history" && others > 0) this.#listener.arrived(others, toMe);
				changed();
			}),
			room.on("repeats", (repeats) => {
				this.discussion.addRepeats(repeats);
				changed();
			}),
			room.on("gap", () => {
				this.discussion.addNotice({ type: "gap" });
				changed();
			}),
			room.on("settings", (settings) => {
				this.#settings = settings;
				this.#refused = null;
				changed();
			}),
			room.on("ambient", ({ likes }) => {
				const risen = likesSeen === null ? 0 : Math.max(0, likes - likesSeen);
				const own = Math.min(risen, this.#ownLikes);
				this.#ownLikes -= own;
				likesSeen = likes;
				if (risen > own) this.#listener.applauded(risen - own);
				changed();
			}),
			room.on("rejected", (error) => {
				this.#refused = error.code;
				changed();
			}),
			// Put out without a reason: the page never leaves by itself.
			room.on("left", () => {
				this.#refused ??= "other";
				changed();
			}),
		];
		this.discussion.iAm(connection.user);
		return room;
	}
}

function refusal(error: unknown): SayResult {
	const { code, message, retryAfterMs } = error as { code?: unknown; message?: unknown; retryAfterMs?: unknown };
	return {
		outcome: "refused",
		code: typeof code === "string" ? code : "internal",
		message: typeof message === "string" ? message : "",
		retryAfterMs: typeof retryAfterMs === "number" ? retryAfterMs : null,
	};
}
