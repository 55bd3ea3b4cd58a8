import type { Code } from "@hubbub/protocol/codes.ts";
import type { Ack, Ambient, Batch, Gap, Joined } from "@hubbub/protocol/downstream.ts";
import type { MessageEvent, RoomEvent, RoomSettings } from "@hubbub/protocol/event.ts";
import { Bookmark } from "./bookmark.ts";
import { bounds, byteLength } from "./bounds.ts";
import { Emitter } from "./emitter.ts";
import type { Environment } from "./environment.ts";
import { HubbubError } from "./error.ts";
import type { HistoryOptions, HistoryPage } from "./http/page.ts";
import { LikeMeter } from "./likes.ts";
import type { Command, Settle } from "./outbox.ts";
import type { Room, RoomEvents, RoomOptions, Said, SayOptions, View } from "./room.ts";

/** What a room needs of the connection it lives on. */
export interface Uplink {
	readonly environment: Environment;
	/** Sends a command, now or when the room is joined again. `settle` is called exactly once. */
	submit(command: Command, bytes: number, settle: Settle): void;
	/** Sends a frame that needs no answer, if the link is open. */
	send(frame: object): void;
	/** A page of older events; the bookmark is moved back where the page ends at its beginning. */
	history(room: string, bookmark: Bookmark, options: HistoryOptions): Promise<HistoryPage>;
	leave(room: LiveRoom): void;
}

/** The kinds of events this version knows; of others only the offset counts. */
const known = new Set(["message", "delete", "settings"] satisfies RoomEvent["kind"][]);

/** A `Room` on a connection. Everything below the line of the interface is called by the connection. */
export class LiveRoom implements Room {
	readonly id: string;
	readonly #uplink: Uplink;
	readonly #emitter = new Emitter<RoomEvents>();
	readonly #likeMeter: LikeMeter;
	#bookmark: Bookmark;
	#entered = false;
	phase: Room["phase"] = "left";
	settings: RoomSettings | null = null;
	viewers = 0;
	likes = 0;
	view: View | undefined;
	/** Whether the link in use was asked to join; its answer may still be on the way. */
	asked = false;
	/** The ref of that request, to tell its rejection. */
	joinRef: number | null = null;
	/** The ref that the caller of the raw face gave its join, to be given back with the answer. */
	callerRef: string | number | undefined;

	constructor(id: string, uplink: Uplink) {
		this.id = id;
		this.#uplink = uplink;
		this.#bookmark = new Bookmark();
		this.#likeMeter = new LikeMeter(uplink.environment, (count) => {
			if (this.phase !== "joined") return false;
			uplink.send({ type: "like", room: id, count });
			return true;
		});
	}

	get cursor(): string | null {
		return this.#bookmark.cursor;
	}

	on<Type extends keyof RoomEvents>(type: Type, listener: (value: RoomEvents[Type]) => void): () => void {
		return this.#emitter.on(type, listener);
	}

	async say(text: string, options: SayOptions = {}): Promise<Said> {
		const { replyTo, style, key = this.#uplink.environment.newKey() } = options;
		this.#requireId(key, "key");
		if (replyTo !== undefined) this.#requireId(replyTo, "replyTo");
		const said = String(text);
		const ack = (await this.#request({ type: "say", room: this.id, key, text: said, replyTo, style }, said)) as Ack;
		return { id: ack.id, cursor: ack.cursor, fate: ack.fate, event: ack.event as MessageEvent };
	}

	like(count = 1): void {
		this.#likeMeter.add(count);
	}

	async delete(id: string): Promise<void> {
		this.#requireId(id, "id");
		// Where the first answer was lost, the second says that there is nothing left to take back.
		await this.#request({ type: "delete", room: this.id, id }, "", "message_not_found");
	}

	async configure(settings: Partial<RoomSettings>): Promise<void> {
		await this.#request({ type: "settings", room: this.id, settings }, "");
	}

	history(options: HistoryOptions = {}): Promise<HistoryPage> {
		return this.#uplink.history(this.id, this.#bookmark, options);
	}

	leave(): void {
		if (this.phase === "left") return;
		this.phase = "left";
		this.#uplink.leave(this);
		this.#emitter.emit("left", undefined);
	}

	// —— from here on called by the connection ——

	/** Wants in, at `after` or where it was. */
	enter({ after, view }: RoomOptions): void {
		this.view = view;
		if (after !== undefined) this.#bookmark = new Bookmark(after);
		this.phase = "joining";
		this.asked = false;
	}

	/** The link is gone. */
	linkLost(): void {
		this.asked = false;
		this.joinRef = null;
		if (this.phase === "joined") this.phase = "joining";
	}

	/** Answers the events not seen before, after telling the listeners. */
	joined(frame: Joined): readonly RoomEvent[] {
		const after = this.#bookmark.cursor;
		const first = !this.#entered;
		const recovered = frame.recovered === true && after !== null;
		const reset = !recovered && after !== null;
		const events = recovered ? this.#bookmark.advance(frame.cursor, frame.events) : this.#bookmark.startOver(frame.cursor, frame.events);
		this.#entered = true;
		this.joinRef = null;
		this.phase = "joined";
		this.settings = frame.state.settings;
		if (reset) this.#emitter.emit("reset", undefined);
		this.#emitter.emit("joined", { recovered, missed: recovered ? events.length : 0, first });
		this.#emitter.emit("settings", this.settings);
		this.#ambient(frame.state);
		this.#tell(recovered ? "recovered" : "history", { events });
		this.#likeMeter.flush();
		return events;
	}

	/** Answers the batch as far as it is new; null where all of it was seen before. */
	batch(frame: Batch): Batch | null {
		const { type, room, cursor, ambient } = frame;
		// A batch that only counts what was left out moves the cursor too; its like that does not is a duplicate.
		const isBehind = this.#bookmark.isBehind(cursor);
		const events = this.#bookmark.advance(cursor, frame.events);
		const news = !isBehind || events.length > 0 ? { ...frame, events } : ambient ? { type, room, cursor, events, ambient } : null;
		if (ambient) this.#ambient(ambient);
		if (news) this.#tell("live", news);
		return news;
	}

	gap(frame: Gap): void {
		this.#bookmark.advance(frame.to, []);
		this.#emitter.emit("gap", { from: frame.from, to: frame.to });
	}

	/** The server does not let this client be here; null where it gave no reason. */
	refused(error: HubbubError | null): void {
		this.phase = "left";
		this.joinRef = null;
		if (error) this.#emitter.emit("rejected", error);
		this.#emitter.emit("left", undefined);
	}

	#tell(source: RoomEvents["events"]["source"], news: Pick<Batch, "events" | "omitted" | "repeats" | "spreadMs">): void {
		const { omitted = 0, spreadMs = 0, repeats } = news;
		const events = news.events.filter((event) => known.has(event.kind));
		if (events.length > 0 || omitted > 0) this.#emitter.emit("events", { events, source, omitted, spreadMs });
		for (const event of events) {
			if (event.kind === "message") this.#emitter.emit("message", event);
			else if (event.kind === "delete") this.#emitter.emit("delete", event);
			// On joining, the state is newer than the changes that led to it.
			else if (source === "live" && this.settings) {
				this.settings = { ...this.settings, ...event.settings };
				this.#emitter.emit("settings", this.settings);
			}
		}
		if (repeats?.length) this.#emitter.emit("repeats", repeats);
	}

	#ambient({ viewers = this.viewers, likes = this.likes }: Ambient): void {
		this.viewers = viewers;
		this.likes = likes;
		this.#emitter.emit("ambient", { viewers, likes });
	}

	/** `done`: the refusal that means, to a command sent again, that it was carried out the first time. */
	#request(command: Command, text: string, done?: Code): Promise<Ack | HubbubError> {
		return new Promise((resolve, reject) =>
			this.#uplink.submit(command, byteLength(text), (answer, sends) => {
				if (answer instanceof HubbubError && !(sends > 1 && answer.code === done)) reject(answer);
				else resolve(answer);
			}),
		);
	}

	/** The server would end the whole connection over a malformed field, so it is refused here. */
	#requireId(id: string, name: string): void {
		if (typeof id === "string" && id.length > 0 && id.length <= bounds.keyLengthMax) return;
		throw new HubbubError("bad_frame", `The ${name} must be a string of 1 to ${bounds.keyLengthMax} characters.`);
	}
}
