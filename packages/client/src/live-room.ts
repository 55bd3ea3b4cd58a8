import type { Ack, Ambient, Batch, Gap, Joined } from "@hubbub/protocol/downstream.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import type { PinEvent } from "@hubbub/protocol/kinds/pin.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import { isKnown } from "@hubbub/protocol/wire/lines.ts";
import { checkId, settingsOf, styleOf } from "./arguments.ts";
import { Bookmark } from "./bookmark.ts";
import { byteLength } from "./byte-length.ts";
import { Emitter } from "./emitter.ts";
import type { Environment } from "./environment.ts";
import { HubbubError } from "./error.ts";
import type { HistoryOptions, HistoryPage } from "./http/history.ts";
import { LikeMeter } from "./likes.ts";
import type { Command, Settle } from "./outbox.ts";
import type { PinOptions, Room, RoomEvents, RoomOptions, Said, SayOptions, View } from "./room.ts";

/** What a room needs of the connection it lives on. */
export interface Uplink {
	readonly environment: Environment;
	/** The server's clock minus this one's, in milliseconds. */
	readonly clockSkewMs: number;
	/** Sends a command, now or when the room is joined again. `settle` is called exactly once. */
	submit(command: Command, bytes: number, settle: Settle): void;
	/** Sends a frame that needs no answer, if the link is open. */
	send(frame: object): void;
	/** A page of older events; the bookmark is moved back where the page ends at its beginning. */
	history(room: string, bookmark: Bookmark, options: HistoryOptions): Promise<HistoryPage>;
	leave(room: LiveRoom): void;
}

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
	pinned: PinEvent | null = null;
	/** The event that pinned or unpinned last, as far as is known. */
	#lastPin: PinEvent | undefined;
	#pinEnds: unknown;
	viewers = 0;
	likes = 0;
	view: View | undefined;
	/** Whether the link in use was asked to join; its answer may still be on the way. */
	asked = false;
	/** The ref of that request, to tell its rejection. */
	joinRef: number | null = null;
	/** The ref that the caller of the raw dialect gave its join, to be given back with the answer. */
	ref: string | number | undefined;

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

	async say(text: string, options?: SayOptions | null): Promise<Said> {
		const key = options?.key ?? this.#uplink.environment.newKey();
		const replyTo = options?.replyTo ?? undefined;
		checkId(key, "key");
		if (replyTo !== undefined) checkId(replyTo, "replyTo");
		const said = String(text);
		const style = styleOf(options?.style);
		const { id, cursor, fate, event } = (await this.#request({ type: "say", key, text: said, replyTo, style }, said)) as Ack;
		return { id, cursor, fate, event: event as MessageEvent };
	}

	like(count = 1): void {
		this.#likeMeter.add(count);
	}

	async delete(id: string): Promise<void> {
		checkId(id, "id");
		// Where the first answer was lost, the second says that there is nothing left to take back.
		await this.#request({ type: "delete", id }, "", "message_not_found");
	}

	pin({ id, text, until }: PinOptions): Promise<void> {
		return this.#pin(id ?? undefined, text, until);
	}

	unpin(): Promise<void> {
		return this.#pin(null);
	}

	async #pin(id: string | null | undefined, text?: string | null, until?: number | null): Promise<void> {
		const key = this.#uplink.environment.newKey();
		await this.#request({ type: "pin", room: this.id, key, id, text, until }, "");
	}

	async configure(settings: Partial<RoomSettings>): Promise<void> {
		await this.#request({ type: "settings", settings: settingsOf(settings, this.settings) }, "");
	}

	async history(options?: HistoryOptions | null): Promise<HistoryPage> {
		const { events, before } = await this.#uplink.history(this.id, this.#bookmark, options ?? {});
		return { events: events.filter(isKnown), before };
	}

	leave(): void {
		if (this.phase === "left") return;
		this.ended();
		this.#uplink.leave(this);
		this.#emitter.emit("left", undefined);
	}

	// —— from here on called by the connection ——

	/** Wants in, at `after` or where it was. */
	enter({ after, view }: RoomOptions): void {
		this.view = view === "top" || view === "all" ? view : undefined;
		if (typeof after === "string") this.#bookmark = new Bookmark(after);
		this.phase = "joining";
		this.asked = false;
	}

	/** Nothing is heard of the room any more. */
	ended(): void {
		this.phase = "left";
		this.#showPin();
	}

	/** The link is gone. */
	lost(): void {
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
		const events = recovered ? this.#bookmark.advance(frame.cursor, frame.events) : this.#bookmark.reset(frame.cursor, frame.events);
		this.#entered = true;
		this.joinRef = null;
		this.phase = "joined";
		this.settings = frame.state.settings;
		if (reset) this.#emitter.emit("reset", undefined);
		this.#emitter.emit("joined", { recovered, missed: recovered ? events.length : 0, first });
		this.#emitter.emit("settings", this.settings);
		this.#ambient(frame.state);
		this.#tell(recovered ? "recovered" : "history", { events }, frame.state.pin);
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
		if (news) this.#tell("live", news, this.#lastPin);
		return news;
	}

	gap(frame: Gap): void {
		this.#bookmark.advance(frame.to, []);
		this.#emitter.emit("gap", { from: frame.from, to: frame.to });
	}

	/** The server does not let this client be here; null where it gave no reason. */
	refused(error: HubbubError | null): void {
		this.ended();
		this.joinRef = null;
		if (error) this.#emitter.emit("rejected", error);
		this.#emitter.emit("left", undefined);
	}

	#tell(source: RoomEvents["events"]["source"], news: Pick<Batch, "events" | "omitted" | "repeats" | "spreadMs">, pin?: PinEvent): void {
		const { omitted = 0, spreadMs = 0, repeats } = news;
		const events = news.events.filter(isKnown);
		if (events.length > 0 || omitted > 0) this.#emitter.emit("events", { events, source, omitted, spreadMs });
		for (const event of events) {
			const { kind } = event;
			// On joining, the state is newer than the changes that led to it.
			if (kind === "pin") pin = pin && pin.offset > event.offset ? pin : event;
			else if (kind !== "settings") {
				if (kind === "delete" && event.target === pin?.target) pin = undefined;
				this.#emitter.emit(kind, event as never);
			} else if (source === "live" && this.settings) {
				this.settings = { ...this.settings, ...event.settings };
				this.#emitter.emit(kind, this.settings);
			}
		}
		this.#showPin(pin);
		if (repeats?.length) this.#emitter.emit("repeats", repeats);
	}

	/** Shows what was pinned last until its time is over, by the server's clock. */
	#showPin(pin?: PinEvent): void {
		const { environment, clockSkewMs } = this.#uplink;
		const leftMs = (pin?.until ?? Number.POSITIVE_INFINITY) - environment.now() - clockSkewMs;
		const pinned = pin?.text && leftMs > 0 ? pin : null;
		this.#lastPin = pin;
		environment.clearTimeout(this.#pinEnds);
		// No timer waits for a month; one that rings early is set again.
		if (pinned?.until) this.#pinEnds = environment.setTimeout(() => this.#showPin(pin), Math.min(leftMs, 1e9));
		if (pinned?.id === this.pinned?.id) return;
		this.pinned = pinned;
		this.#emitter.emit("pin", pinned);
	}

	#ambient({ viewers = this.viewers, likes = this.likes }: Ambient): void {
		this.viewers = viewers;
		this.likes = likes;
		this.#emitter.emit("ambient", { viewers, likes });
	}

	/** `done`: the refusal that means, to a command sent again, that it was carried out the first time. */
	#request(command: Readonly<Record<string, unknown>> & { readonly type: string }, text: string, done?: Code): Promise<Ack | HubbubError> {
		return new Promise((resolve, reject) =>
			this.#uplink.submit({ ...command, room: this.id }, byteLength(text), (answer, sends) => {
				if (answer instanceof HubbubError && !(sends > 1 && answer.code === done)) reject(answer);
				else resolve(answer);
			}),
		);
	}
}
