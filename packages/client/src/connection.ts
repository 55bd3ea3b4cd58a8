import type { Code } from "@hubbub/protocol/codes.ts";
import type { Downstream, Joined, Reject, Welcome } from "@hubbub/protocol/downstream.ts";
import type { User } from "@hubbub/protocol/event.ts";
import type { Address } from "./address.ts";
import type { Bookmark } from "./bookmark.ts";
import { bounds, byteLength } from "./bounds.ts";
import { type ConnectionState, Dialer, heartbeatRef } from "./dialer.ts";
import { Emitter } from "./emitter.ts";
import type { Environment } from "./environment.ts";
import { HubbubError, type LocalCode } from "./error.ts";
import type { Http } from "./http/http.ts";
import type { HistoryOptions, HistoryPage } from "./http/page.ts";
import type { Identity } from "./identity.ts";
import { LiveRoom, type Uplink } from "./live-room.ts";
import { type Command, type Entry, Outbox, type Settle } from "./outbox.ts";
import type { RoomOptions } from "./room.ts";
import type { Route } from "./route.ts";
import type { Link, LinkEnd, TransportName } from "./transport.ts";

/** What a connection tells its listeners. */
export interface ConnectionEvents {
	state: ConnectionState;
	/** What carries the room now, told when it changes and the first time. */
	transport: TransportName;
	/** Who the server says this is: after each welcome. */
	user: User;
	/** A refusal that belongs to no promise, for example of likes. */
	error: HubbubError;
}

/** Hooks for a face of its own on the connection; see `socket.ts`. */
export interface ConnectionHooks {
	/** The link is open and the hello not yet said. */
	opened?(): void;
	/** A downstream frame after its duplicates were taken out. Answers to commands go to their `settle` instead. */
	frame?(frame: Downstream): void;
	/** Everything is over. */
	finished?(end: LinkEnd): void;
}

/** Times a command goes out before `not_joined` is believed. */
const sendsMax = 3;
/** Wait before asking again to join, where the server could not just now and did not say how long. */
const rejoinMs = 2_000;
/** Wait before asking again for answers, after the server threw frames away and did not say how long. */
const resendMs = 1_000;
/** Joins refused with these go better later; with others, asking again unchanged would end the same way. */
const passing = new Set<Code>(["unavailable", "overloaded", "internal", "rate_limited", "draining", "not_joined"]);
/** Unasked, these put the client out of a room it was in. Any other unasked refusal is about a frame. */
const evicting = new Set<Code>(["banned", "room_not_found", "guests_not_allowed", "unauthorized"]);

/** One connection and its rooms: says hello, joins again after every loss, and brings each answer to who asked. */
export class LiveConnection implements Uplink {
	readonly environment: Environment;
	readonly outbox: Outbox;
	readonly #httpBase: string;
	readonly #http: () => Promise<Http>;
	readonly #identity: Identity;
	readonly #hooks: ConnectionHooks;
	#name: string | undefined;
	readonly #dialer: Dialer;
	readonly #emitter = new Emitter<ConnectionEvents>();
	readonly #rooms = new Map<string, LiveRoom>();
	/** Counts links, so that what was planned on one does not happen on the next. */
	#links = 0;
	/** Rooms that the last hello named; the welcome answers it. */
	#greeted: readonly LiveRoom[] = [];
	#transport: TransportName | null = null;
	user: User | null = null;
	limits: Welcome["limits"] = bounds;
	/** The server's clock minus this one's, in milliseconds. */
	clockSkewMs = 0;

	constructor(parts: {
		address: Address;
		environment: Environment;
		route: Route;
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
		this.#dialer = new Dialer(parts.route, parts.environment, {
			prepare: () => this.#identity.prepare(),
			greet: (link, accept) => this.#hello(link, accept),
			frame: (frame) => this.#receive(frame),
			lost: () => this.#linkLost(),
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

	/** `callerRef` comes back with the frame that answers the join. */
	room(id: string, options: RoomOptions & { readonly callerRef?: string | number } = {}): LiveRoom {
		const room = this.#rooms.get(id) ?? new LiveRoom(id, this);
		this.#rooms.set(id, room);
		if (room.phase !== "left" || this.state.phase === "closed") return room;
		room.enter(options);
		room.callerRef = options.callerRef;
		// The server would call the whole hello malformed and end the connection, other rooms and all.
		if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(id)) {
			room.asked = true;
			queueMicrotask(() => this.#receive({ type: "reject", code: "room_not_found", message: "No room can have this id.", room: id }));
		} else if (this.state.phase === "live") this.#join(room);
		return room;
	}

	/** The room of this id if it was ever asked for. */
	findRoom(id: string): LiveRoom | undefined {
		return this.#rooms.get(id);
	}

	/** Whether any room was ever asked for. */
	get hasRooms(): boolean {
		return this.#rooms.size > 0;
	}

	/** Says in the next hello who this is, in place of what the options said. What is no string is left as it was. */
	introduce(name: unknown, token: unknown): void {
		if (typeof name === "string") this.#name = name;
		if (typeof token === "string") this.#identity.use(token);
	}

	retryNow(): void {
		this.#dialer.retryNow();
	}

	close(code?: number, reason?: string): void {
		this.#dialer.close(code, reason);
	}

	// —— for the rooms ——

	submit(command: Command, bytes: number, settle: Settle): void {
		const { room } = command;
		const refuse = (code: Code | LocalCode, message: string) => settle(new HubbubError(code, message), 0);
		if (this.state.phase === "closed") return settle(this.#closedError(), 0);
		const phase = this.#rooms.get(room)?.phase ?? "left";
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
		this.#dialer.send(frame);
	}

	async history(room: string, bookmark: Bookmark, options: HistoryOptions): Promise<HistoryPage> {
		const { environment } = this;
		// A module that cannot be loaded is the network's fault like any other.
		const http = await this.#http().catch(() => null);
		const walker = { environment, httpBase: this.#httpBase, bearer: this.#identity.bearer, room, bookmark };
		const page = await http?.walkBack(walker, options);
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
		this.#greeted = [...this.#rooms.values()]
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
				const room = this.#rooms.get(frame.room);
				// Until the answer to the join, batches belong to an earlier stay; the cursor brings their events back.
				const news = room?.phase === "joined" ? room.batch(frame) : null;
				if (news) this.#hooks.frame?.(news);
				return;
			}
			case "gap": {
				const room = this.#rooms.get(frame.room);
				if (room?.phase === "joined") room.gap(frame);
				return this.#hooks.frame?.(frame);
			}
			case "left": {
				// With a ref it is the answer to our own leave.
				const room = this.#rooms.get(frame.room);
				if (frame.ref !== undefined || !room || room.phase === "left") return;
				this.#hooks.frame?.(frame);
				return this.#refuse(room, null);
			}
			case "ack":
				return this.outbox.settle(frame.ref, frame);
			case "reject":
				return this.#reject(frame);
			case "bye":
				this.#dialer.byeSaid(frame);
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
		this.clockSkewMs = frame.now - this.environment.now();
		this.#emitter.emit("user", frame.user);
		this.#dialer.welcomed(frame.heartbeatMs);
		this.#hooks.frame?.(frame);
		for (const room of this.#greeted) {
			room.asked = true;
			if (room.phase === "left") this.#leave(room);
		}
		this.#greeted = [];
		// Rooms asked for since the hello, and those that did not fit into it.
		for (const room of this.#rooms.values()) if (this.#isWaiting(room)) this.#join(room);
	}

	#joined(frame: Joined): void {
		const room = this.#rooms.get(frame.room);
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
		this.#dialer.sendJson(entry.json);
	}

	#reject(frame: Reject): void {
		const entry = this.outbox.find(frame.ref);
		if (entry) {
			const room = this.#rooms.get(entry.room);
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
		if (room?.phase === "joining" && passing.has(frame.code)) {
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
		const rooms = [...this.#rooms.values()];
		if (frame.ref !== undefined) return rooms.find((room) => room.joinRef === frame.ref && room.phase === "joining");
		return frame.room === undefined ? undefined : this.#rooms.get(frame.room);
	}

	/** The server does not know, or no longer, that this client is in the room. Several refusals may say so at once. */
	#rejoin(room: LiveRoom): void {
		if (room.phase !== "joined") return;
		room.phase = "joining";
		this.#join(room);
	}

	/** Asks again for every answer that is due on this link. Twice the same key, or the same join, does no harm. */
	#resend(): void {
		this.outbox.linkLost();
		for (const room of this.#rooms.values()) {
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

	/** Shows a frame about a room to the raw face, with the ref its caller knows. */
	#show(frame: Joined | Reject, room: LiveRoom | undefined): void {
		this.#hooks.frame?.({ ...frame, ref: room ? room.callerRef : frame.ref });
		if (room) room.callerRef = undefined;
	}

	#refuse(room: LiveRoom, error: HubbubError | null): void {
		room.asked = false;
		room.refused(error);
		this.outbox.drop(room.id, error ?? new HubbubError("left", "The room was left."));
	}

	#linkLost(): void {
		this.#links++;
		this.outbox.linkLost();
		for (const room of this.#rooms.values()) room.linkLost();
	}

	#changed(state: ConnectionState): void {
		if (state.phase === "closed") {
			for (const room of this.#rooms.values()) room.phase = "left";
			this.outbox.drop(null, this.#closedError());
		}
		this.#emitter.emit("state", state);
		if (state.phase !== "live" || state.transport === this.#transport) return;
		this.#transport = state.transport;
		this.#emitter.emit("transport", state.transport);
	}

	#closedError(): HubbubError {
		const { state } = this;
		const message = state.phase === "closed" && state.message ? state.message : "The connection is closed.";
		return new HubbubError("closed", message);
	}
}

function errorOf({ code, message, retryAfterMs }: Reject): HubbubError {
	return new HubbubError(code, message, retryAfterMs);
}
