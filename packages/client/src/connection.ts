import type { Downstream, Joined, Reject, Welcome } from "@hubbub/protocol/downstream.ts";
import type { User } from "@hubbub/protocol/fields.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { passes } from "@hubbub/protocol/wire/passing-codes.ts";
import { roomIdPattern } from "@hubbub/protocol/wire/room-id.ts";
import { PROTOCOL_VERSION } from "@hubbub/protocol/wire/version.ts";
import type { Address } from "./address.ts";
import { nameText, roomId } from "./arguments.ts";
import type { Bookmark } from "./bookmark.ts";
import { byteLength } from "./byte-length.ts";
import type { ConnectionEvents, ConnectionHooks } from "./connection-events.ts";
import { type ConnectionState, Dialer, heartbeatRef, type LazySelector } from "./dialer.ts";
import { Emitter } from "./emitter.ts";
import type { Environment } from "./environment.ts";
import { HubbubError, type LocalCode } from "./error.ts";
import type { HistoryOptions, HistoryPage } from "./http/history.ts";
import type { Http } from "./http/http.ts";
import type { Identity } from "./identity.ts";
import { LiveRoom, type Uplink } from "./live-room.ts";
import { type Command, type Entry, Outbox, type Settle } from "./outbox.ts";
import type { RoomOptions } from "./room.ts";
import type { Link, TransportName } from "./transport.ts";

/** Times a command goes out before `not_joined` is believed. */
const sendsMax = 3;
/** Wait before asking again to join, where the server could not just now and did not say how long. */
const rejoinMs = 2_000;
/** Wait before asking again for answers, after the server threw frames away and did not say how long. */
const resendMs = 1_000;
/** Unasked, these put the client out of a room it was in. Any other unasked refusal is about a frame. */
const evicting = new Set<Code>(["banned", "room_not_found", "guests_not_allowed", "unauthorized"]);

/** One connection and its rooms: says hello, joins again after every loss, and brings each answer to who asked. */
export class LiveConnection implements Uplink {
	readonly environment: Environment;
	readonly outbox: Outbox;
	/** Every room that was ever asked for, by id. */
	readonly rooms = new Map<string, LiveRoom>();
	readonly #httpBase: string;
	readonly #http: () => Promise<Http>;
	readonly #identity: Identity;
	readonly #hooks: ConnectionHooks;
	#name: string | undefined;
	readonly #dialer: Dialer;
	readonly #emitter = new Emitter<ConnectionEvents>();
	/** Counts links, so that what was planned on one does not happen on the next. */
	#links = 0;
	/** Rooms that the last hello named; the welcome answers it. */
	#greeted: readonly LiveRoom[] = [];
	#transport: TransportName | null = null;
	user: User | null = null;
	limits: Welcome["limits"] = {
		frameBytesMax: limits.frameBytesMax,
		textGraphemesMax: limits.textGraphemesMax,
		roomsPerConnectionMax: limits.roomsPerConnectionMax,
	};
	version: number | null = null;
	features: readonly string[] = [];
	#isOutdated = false;
	/** The server's clock minus this one's, in milliseconds. */
	clockSkewMs = 0;

	constructor(parts: {
		address: Address;
		environment: Environment;
		selector: LazySelector;
		http: () => Promise<Http>;
		identity: Identity;
		name: string | undefined;
		queueMax: number;
		hooks: ConnectionHooks;
	}) {
		this.environment = parts.environment;
		this.#name = parts.name;
		this.outbox = new Outbox(parts.queueMax);
		this.#httpBase = parts.address.httpBase;
		this.#http = parts.http;
		this.#identity = parts.identity;
		this.#hooks = parts.hooks;
		this.#dialer = new Dialer(parts.selector, parts.environment, {
			prepare: () => this.#identity.prepare(),
			hello: (link, accept) => this.#hello(link, accept),
			frame: (frame) => this.#receive(frame),
			lost: () => this.#lost(),
			mayTryAgain: (wasLive) => this.#identity.mayTryAgain(wasLive),
			changed: (state) => this.#changed(state),
			finished: (end) => this.#hooks.finished?.(end),
		});
		this.#dialer.start();
	}

	get state(): ConnectionState {
		return this.#dialer.state;
	}

	on<Type extends keyof ConnectionEvents>(type: Type, listener: (value: ConnectionEvents[Type]) => void): () => void {
		return this.#emitter.on(type, listener);
	}

	/** `ref` comes back with the frame that answers the join. */
	room(given: string, options?: (RoomOptions & { readonly ref?: string | number }) | null): LiveRoom {
		const id = roomId(given);
		const room = this.rooms.get(id) ?? new LiveRoom(id, this);
		this.rooms.set(id, room);
		if (room.phase !== "left" || this.state.phase === "closed") return room;
		room.enter(options ?? {});
		room.ref = options?.ref;
		// The server would call the whole hello malformed and end the connection, other rooms and all.
		if (!roomIdPattern.test(id)) {
			room.asked = true;
			queueMicrotask(() => this.#receive({ type: "reject", code: "room_not_found", message: "No room can have this id.", room: id }));
		} else if (this.state.phase === "live") this.#join(room);
		return room;
	}

	/** Says in the next hello who this is, in place of what the options said. What is no string is left as it was. Throws a `TypeError` for a token that can be none. */
	introduce(name: unknown, token: unknown): void {
		if (typeof token === "string") this.#identity.use(token);
		if (typeof name === "string") this.#name = nameText(name);
	}

	retryNow(): void {
		this.#dialer.retryNow();
	}

	close(): void {
		this.hangUp();
	}

	/** Closes with a code and a reason that `checkCloseArguments` has passed. */
	hangUp(code?: number, reason?: string): void {
		this.#dialer.close(code, reason);
	}

	// —— for the rooms ——

	submit(command: Command, bytes: number, settle: Settle): void {
		const { room } = command;
		const refuse = (code: Code | LocalCode, message: string) => settle(new HubbubError(code, message), 0);
		if (this.state.phase === "closed") return settle(this.#closedError(), 0);
		const phase = this.rooms.get(room)?.phase ?? "left";
		if (phase === "left") return refuse("left", "This room is not joined.");
		const entry = this.outbox.add(command, bytes, settle);
		if (!entry) return refuse("queue_full", "Too many messages are waiting.");
		// The server would end the connection over it.
		if (byteLength(entry.json) > this.limits.frameBytesMax) {
			return this.outbox.settle(entry.ref, new HubbubError("text_too_long", "The message is too long."));
		}
		if (phase === "joined") this.#transmit(entry);
	}

	send(frame: object): void {
		this.#dialer.send(JSON.stringify(frame));
	}

	async history(room: string, bookmark: Bookmark, options: HistoryOptions): Promise<HistoryPage> {
		// Once may be chance, and without a connection it is the network's fault like any other.
		const http = await this.#http()
			.catch(this.#http)
			.catch(() => null);
		if (!http && this.state.phase === "live") {
			this.#outdate("files");
			throw new HubbubError("outdated", "This page is older than the server. Load it again.");
		}
		const reader = { environment: this.environment, httpBase: this.#httpBase, bearer: this.#identity.bearer, room, bookmark };
		const page = await http?.readHistory(reader, options);
		if (page && "events" in page) return page;
		throw new HubbubError(page?.code ?? "network", page?.message ?? "Older messages could not be fetched.", page?.retryAfterMs);
	}

	leave(room: LiveRoom): void {
		this.#leave(room);
		this.outbox.drop(room.id, new HubbubError("left", "The room was left."));
	}

	// —— the conversation ——

	/** Also to a link that is tried beside the one in use, which has the rooms until the welcome. */
	#hello(link: Link, accept: readonly string[]): void {
		this.#hooks.opened?.();
		this.#greeted = [...this.rooms.values()]
			.filter((room) => room.phase === "joined" || this.#isWaiting(room))
			.slice(0, this.limits.roomsPerConnectionMax);
		const hello = {
			type: "hello",
			token: this.#identity.bearer ?? undefined,
			name: this.#name,
			rooms: this.#greeted.map(({ id, cursor, view }) => ({ room: id, after: cursor ?? undefined, view })),
			accept: accept.length > 0 ? accept : undefined,
		};
		link.send(JSON.stringify(hello));
	}

	#leave(room: LiveRoom): void {
		if (room.asked) this.send({ type: "leave", ref: this.outbox.nextRef(), room: room.id });
		room.asked = false;
	}

	#isWaiting(room: LiveRoom): boolean {
		return room.phase === "joining" && !room.asked;
	}

	#join(room: LiveRoom): void {
		room.asked = true;
		room.joinRef = this.outbox.nextRef();
		this.send({ type: "join", ref: room.joinRef, room: room.id, after: room.cursor ?? undefined, view: room.view });
	}

	#receive(frame: Downstream): void {
		switch (frame.type) {
			case "welcome":
				return this.#welcome(frame);
			case "joined":
				return this.#joined(frame);
			case "batch": {
				const room = this.rooms.get(frame.room);
				// Until the answer to the join, batches belong to an earlier stay; the cursor brings their events back.
				const news = room?.phase === "joined" ? room.batch(frame) : null;
				if (news) this.#hooks.frame?.(news);
				return;
			}
			case "gap": {
				const room = this.rooms.get(frame.room);
				if (room?.phase === "joined") room.gap(frame);
				return this.#hooks.frame?.(frame);
			}
			case "left": {
				// With a ref it is the answer to our own leave.
				const room = this.rooms.get(frame.room);
				if (frame.ref !== undefined || !room || room.phase === "left") return;
				this.#hooks.frame?.(frame);
				return this.#refuse(room, null);
			}
			case "ack":
				return this.outbox.settle(frame.ref, frame);
			case "reject":
				return this.#reject(frame);
			case "bye":
				this.#dialer.bye(frame);
				return this.#hooks.frame?.(frame);
			case "pong":
				this.clockSkewMs = (frame.now ?? this.environment.now()) - this.environment.now();
				if (frame.ref !== heartbeatRef) this.#hooks.frame?.(frame);
				return;
			default:
				return frame satisfies never;
		}
	}

	#welcome(frame: Welcome): void {
		if (frame.token) this.#identity.keepGuest(frame.token);
		this.user = frame.user;
		this.limits = frame.limits;
		// Servers before version and features were told say nothing of them.
		this.version = frame.version ?? 1;
		this.features = frame.features ?? [];
		this.clockSkewMs = frame.now - this.environment.now();
		this.#emitter.emit("user", frame.user);
		this.#dialer.welcome(frame.heartbeatMs);
		if (this.version > PROTOCOL_VERSION) this.#outdate("protocol");
		this.#hooks.frame?.(frame);
		for (const room of this.#greeted) {
			room.asked = true;
			if (room.phase === "left") this.#leave(room);
		}
		this.#greeted = [];
		// Rooms asked for since the hello, and those that did not fit into it.
		for (const room of this.rooms.values()) if (this.#isWaiting(room)) this.#join(room);
	}

	#outdate(what: ConnectionEvents["outdated"]): void {
		if (this.#isOutdated) return;
		this.#isOutdated = true;
		this.#emitter.emit("outdated", what);
	}

	#joined(frame: Joined): void {
		const room = this.rooms.get(frame.room);
		if (!room || room.phase === "left") return;
		const fresh = room.joined(frame);
		this.#show({ ...frame, events: [...fresh] }, room);
		this.#flush(room);
	}

	#flush(room: LiveRoom): void {
		for (const entry of this.outbox.unsent(room.id)) this.#transmit(entry);
	}

	#transmit(entry: Entry): void {
		entry.inFlight = true;
		entry.sends++;
		this.#dialer.send(entry.json);
	}

	#reject(frame: Reject): void {
		const entry = this.outbox.find(frame.ref);
		if (entry) {
			const room = this.rooms.get(entry.room);
			// The server and this side disagree about who is in the room: join again, then say it again.
			if (frame.code === "not_joined" && room && entry.sends < sendsMax) {
				entry.inFlight = false;
				return this.#rejoin(room);
			}
			return this.outbox.settle(entry.ref, errorOf(frame));
		}
		const room = this.#roomOfReject(frame);
		// The server threw frames away before it read whose they were, so any answer still due may never come: ask again.
		if (frame.code === "rate_limited" && !room) this.#later(frame.retryAfterMs ?? resendMs, () => this.#resend());
		if (room?.phase === "joining" && frame.code === "already_joined") return;
		if (room?.phase === "joining" && passes(frame.code)) {
			const waitMs = frame.retryAfterMs ?? rejoinMs * (1 + this.environment.random());
			return this.#later(waitMs, () => room.phase === "joining" && this.#join(room));
		}
		const error = errorOf(frame);
		this.#show(frame, room);
		if (room?.phase === "joining" || (room?.phase === "joined" && evicting.has(frame.code))) this.#refuse(room, error);
		else if (room?.phase === "joined" && frame.code === "not_joined") this.#rejoin(room);
		else this.#emitter.emit("error", error);
	}

	/** The room that a reject without a command is about: by the ref of its join, or by its name where no ref was given. */
	#roomOfReject(frame: Reject): LiveRoom | undefined {
		if (frame.ref === undefined) return this.rooms.get(frame.room ?? "");
		return [...this.rooms.values()].find((room) => room.joinRef === frame.ref && room.phase === "joining");
	}

	/** The server does not know, or no longer, that this client is in the room. Several refusals may say so at once. */
	#rejoin(room: LiveRoom): void {
		if (room.phase !== "joined") return;
		room.phase = "joining";
		this.#join(room);
	}

	/** Asks again for every answer that is due on this link. Twice the same key, or the same join, does no harm. */
	#resend(): void {
		this.outbox.lost();
		for (const room of this.rooms.values()) {
			if (room.phase === "joining") this.#join(room);
			else if (room.phase === "joined") this.#flush(room);
		}
	}

	/** Runs `step` after a while, unless the link is another by then. */
	#later(ms: number, step: () => void): void {
		const link = this.#links;
		this.environment.setTimeout(() => {
			if (link === this.#links && this.state.phase === "live") step();
		}, ms);
	}

	/** Shows a frame about a room to the raw dialect, with the ref its caller knows. */
	#show(frame: Joined | Reject, room: LiveRoom | undefined): void {
		this.#hooks.frame?.({ ...frame, ref: (room ?? frame).ref });
		if (room) room.ref = undefined;
	}

	#refuse(room: LiveRoom, error: HubbubError | null): void {
		room.asked = false;
		room.refused(error);
		this.outbox.drop(room.id, error ?? new HubbubError("left", "The room was left."));
	}

	#lost(): void {
		this.#links++;
		this.outbox.lost();
		for (const room of this.rooms.values()) room.lost();
	}

	#changed(state: ConnectionState): void {
		if (state.phase === "closed") {
			for (const room of this.rooms.values()) room.ended();
			this.outbox.drop(null, this.#closedError());
		}
		this.#emitter.emit("state", state);
		if (state.phase !== "live" || state.transport === this.#transport) return;
		this.#transport = state.transport;
		this.#emitter.emit("transport", state.transport);
	}

	#closedError(): HubbubError {
		const { state } = this;
		return new HubbubError("closed", (state.phase === "closed" && state.message) || "The connection is closed.");
	}
}

function errorOf({ code, message, retryAfterMs }: Reject): HubbubError {
	return new HubbubError(code, message, retryAfterMs);
}
