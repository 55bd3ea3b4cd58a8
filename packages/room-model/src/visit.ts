import type { Connection, ConnectionState, HistoryPage, Room, RoomEvents, Said } from "@hubbub/client";
import type { Fate, Repeat } from "@hubbub/protocol/downstream.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { User } from "@hubbub/protocol/fields.ts";
import type { MessageEvent, Style } from "@hubbub/protocol/kinds/message.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import type { Clock } from "./clock.ts";
import type { Credentials } from "./credentials.ts";
import { Discussion } from "./discussion.ts";
import { type Place, placeOf } from "./place.ts";
import type { MessageRow, Notice } from "./rows.ts";

/** Makes a connection; the page gives the SDK's `connect`, tests one of their own. */
export type Connect = (credentials: Credentials) => Connection;

/** What a visit tells the page. */
export interface VisitListener {
	/** The server has said who the reader is. */
	met(user: User): void;
	/** Something that is shown has changed. */
	changed(): void;
	/** News of the room, by the SDK's names, that change what is shown beside all this. */
	watches?(): readonly (keyof RoomEvents)[];
	/** Messages that were said just now, in order, to fly over the stage; the next are about `spreadMs` away, 0 where nobody knows. */
	flew(messages: readonly MessageEvent[], spreadMs: number): void;
	/** Messages that are new to the page, live or brought back, in order, to be counted and read out. Not told of history, nor of what `settled` tells. */
	arrived(rows: readonly MessageRow[]): void;
	/** Something about the room changed, or about what can be read of it. */
	noticed(notice: Notice): void;
	/** A message was taken back; or one of the reader's own was refused, and `id` is the key it was sent with. */
	removed(id: string): void;
	/** The server has a message of the reader's own that was sent with `key`. */
	settled(key: string, id: string, fate: Fate): void;
	/** People whom the server did not show said what a shown message says. */
	repeated(repeats: readonly Repeat[]): void;
	/** Likes rose by `count`, not counting the reader's own. */
	applauded(count: number): void;
	/** The page is older than its server. */
	aged(): void;
}

/** How a message of the reader's ended, for the composer. `refused` carries the text back. */
export type SayResult =
	| { readonly outcome: "accepted" }
	| { readonly outcome: "refused"; readonly code: string; readonly message: string; readonly retryAfterMs: number | null };

export interface SayOptions {
	readonly key: string;
	readonly replyTo: string | null;
	readonly style: Style | null;
}

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
	/** Rises when the reader becomes somebody else, and not when they take another name. */
	#person = 0;
	#user: User | null = null;
	/** The settings are kept over a change of name, so that the page does not fall back to "entering". */
	#settings: RoomSettings | null = null;
	older: OlderPhase = "idle";
	/** When the reader's latest message here was said, as far as the page knows, in the server's Unix milliseconds. */
	lastSaidAt: number | null = null;

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

	/** Who the reader is here; while they take another name, who they were. */
	get user(): User | null {
		return this.#user;
	}

	get settings(): RoomSettings | null {
		return this.#settings;
	}

	/** The room as the SDK has it; another one once the reader has become somebody else. */
	get room(): Room {
		return this.#room;
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

	/** Says something: the row is there at once, faint until the server has it. `key` is its idempotency key. Never rejects. */
	async say(text: string, options: SayOptions): Promise<SayResult> {
		const { key } = options;
		const from = this.user ?? { id: "", name: "", roles: [] };
		this.discussion.addDraft({ key, text, replyTo: options.replyTo, from, at: this.#clock.wall() + this.clockSkewMs });
		this.discussion.follow();
		this.#listener.changed();
		try {
			const said = await this.#sayAs(this.#person, text, options);
			this.discussion.settle(key, said.id, said.fate, said.event ?? null);
			this.#listener.settled(key, said.id, said.fate);
			if (said.event) this.#noteSaid([said.event]);
			return { outcome: "accepted" };
		} catch (error) {
			this.discussion.withdraw(key);
			this.#listener.removed(key);
			return refusal(error);
		} finally {
			this.#listener.changed();
		}
	}

	/** Where the reader takes another name meanwhile, says it again: by the same person under the same key it is the same message. */
	async #sayAs(person: number, text: string, { key, replyTo, style }: SayOptions): Promise<Said> {
		const room = this.#room;
		try {
			return await room.say(text, { key, ...(replyTo !== null && { replyTo }), ...(style !== null && { style }) });
		} catch (error) {
			if (room === this.#room || person !== this.#person) throw error;
			return this.#sayAs(person, text, { key, replyTo, style });
		}
	}

	#notice(notice: Notice): void {
		this.discussion.addNotice(notice);
		this.#listener.noticed(notice);
	}

	#tellNews(rows: readonly MessageRow[], events: readonly RoomEvent[]): void {
		for (const event of events) if (event.kind === "settings") this.#listener.noticed({ type: "settings", settings: event.settings });
		if (rows.length > 0) this.#listener.arrived(rows);
	}

	#noteSaid(events: readonly RoomEvent[]): void {
		for (const event of events) {
			if (event.kind === "message" && event.from.id === this.user?.id) this.lastSaidAt = Math.max(this.lastSaidAt ?? 0, event.at);
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
		if (this.older === "loading" || hasBeginning || oldest === null) return;
		this.older = "loading";
		this.#listener.changed();
		try {
			let before: string | number | null = oldest;
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

	/** Comes back as somebody else, or as the same person under another name or token; the discussion stays. */
	become(credentials: Credentials, isSamePerson: boolean): void {
		for (const stop of this.#stops) stop();
		this.#stops = [];
		const { cursor } = this.#room;
		this.#connection.close();
		if (!isSamePerson) {
			this.#person++;
			this.#user = null;
		}
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
			connection.on("state", ({ phase }) => {
				// Asked for while the server was away: nobody has to ask twice for that.
				if (phase === "live" && this.older === "failed") void this.loadOlder();
				changed();
			}),
			connection.on("outdated", () => this.#listener.aged()),
			connection.on("user", (user) => {
				if (user.id !== this.#user?.id) this.lastSaidAt = null;
				this.#user = user;
				this.discussion.iAm(user);
				this.#listener.met(user);
				changed();
			}),
			room.on("reset", () => {
				this.discussion.clear();
				this.#notice({ type: "started-over" });
				changed();
			}),
			room.on("events", ({ events, source, omitted, spreadMs }) => {
				const shown = events.filter((event) => event.kind === "message" && !event.deleted).length;
				if (source === "recovered" && shown > 0) this.discussion.addNotice({ type: "missed", count: shown });
				const fresh = this.discussion.add(events, source);
				this.#noteSaid(events);
				if (omitted > 0) this.discussion.addNotice({ type: "omitted", count: omitted });
				for (const event of events) if (event.kind === "delete") this.#listener.removed(event.target);
				if (source === "live")
					this.#listener.flew(
						events.filter((event) => event.kind === "message"),
						spreadMs,
					);
				if (source !== "history") this.#tellNews(fresh, events);
				changed();
			}),
			room.on("repeats", (repeats) => {
				this.discussion.addRepeats(repeats);
				this.#listener.repeated(repeats);
				changed();
			}),
			room.on("gap", () => {
				this.#notice({ type: "gap" });
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
			...(this.#listener.watches?.() ?? []).map((name) => room.on(name, changed)),
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
		this.discussion.iAm(this.#user);
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
