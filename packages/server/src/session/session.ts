import { type Codec, type Decoded, decodeUpstream, encodeDownstream } from "@hubbub/protocol/codec.ts";
import type { Downstream } from "@hubbub/protocol/downstream.ts";
import type { Ref, User } from "@hubbub/protocol/fields.ts";
import type { Hello, Upstream } from "@hubbub/protocol/upstream.ts";
import type { CloseCode } from "@hubbub/protocol/wire/close-codes.ts";
import { type Code, codes } from "@hubbub/protocol/wire/codes.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { serverLine } from "@hubbub/protocol/wire/lines.ts";
import type { RoomTable } from "../host/room-table.ts";
import { type Rate, TokenBucket } from "../room/token-bucket.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Logger } from "../runtime/log.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Random } from "../runtime/random.ts";
import type { AddressLimits } from "./address-limits.ts";
import { type Authenticated, type Authenticator, actorIn, type Principal, type Unauthenticated } from "./authenticate.ts";
import { type Credential, eitherCredential, helloCredential } from "./credential.ts";
import { farewell } from "./farewell.ts";
import type { Link } from "./link.ts";
import { Membership } from "./membership.ts";
import { Outbound } from "./outbound.ts";
import type { RoomAdmission } from "./room-admission.ts";
import type { SessionTable } from "./session-table.ts";
import type { RoomClient } from "./subscription.ts";
import { welcome } from "./welcome.ts";

export interface SessionServices {
	readonly rooms: RoomTable;
	readonly table: SessionTable;
	readonly authenticator: Authenticator;
	readonly admission: RoomAdmission;
	readonly addressLimits: AddressLimits;
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly metrics: Metrics;
	/** Frames one connection may send; null is no limit. */
	readonly frameRate: Rate | null;
}

/** Where a session is in its life. */
type Phase =
	| { readonly name: "greeting" }
	/** The hello is here, and is being looked at. */
	| { readonly name: "arriving" }
	| { readonly name: "open"; readonly principal: Principal }
	| { readonly name: "closing" }
	| { readonly name: "closed" };

const greeting: Phase = { name: "greeting" };
const arriving: Phase = { name: "arriving" };
const nothing: Credential = { kind: "none" };

/** Whom the door let in. */
export type Arrived = Authenticated & { readonly ok: true };

export interface SessionOptions {
	readonly codec: "json" | "stream" | "text";
	/** The room named by the address the client connected to. */
	readonly room: string | null;
	/** What the request that opened the connection presented, for a hello that brings no token of its own. */
	readonly credential: Credential;
}

/**
 * One viewer's conversation, whatever carries it: hello, joins, commands and their answers, resume, close. Frames are decoded as they
 * come and handled one after another; nothing here waits for a disk but the frame's own answer.
 */
export class Session implements RoomClient {
	/** Where it stands in the table's wheel; the wheel's to write. */
	seat = -1;
	dueSlot = -1;
	readonly id: string;
	readonly outbound: Outbound;
	readonly address: string;
	readonly #link: Link;
	readonly #services: SessionServices;
	/** `text` is the plain subprotocol; otherwise what the hello accepted. */
	#codec: Codec;
	/** The room named by the address the client connected to. */
	readonly #room: string | null;
	#phase: Phase = greeting;
	#credential: Credential;
	readonly #membership: Membership;
	/** Frames being handled, one after another; null where there are none. */
	#inbound: Decoded[] | null = null;
	/** Who waits for the client to have read. */
	#cleared: (() => void)[] | null = null;
	/** Null while it is full: of most sessions, which listen. */
	#frames: TokenBucket | null = null;
	#framesDropped = 0;
	/** Null until the first: most sessions send none. */
	#badFrames: TokenBucket | null = null;
	#heardAtMs: number;
	#stalledSinceMs: number | null = null;

	constructor(link: Link, services: SessionServices, options: SessionOptions) {
		this.id = services.random.token(12);
		this.address = link.address;
		this.outbound = new Outbound(link);
		this.#link = link;
		this.#services = services;
		this.#codec = options.codec;
		this.#room = options.room;
		this.#credential = options.credential;
		this.#membership = new Membership(this, services);
		this.#heardAtMs = services.clock.monotonicMs();
		services.table.add(this);
		services.table.checkIn(this, limits.helloTimeoutMs);
		if (options.codec === "text") this.#accept({ ok: true, frame: { type: "hello" } });
	}

	/** A data frame came in. Never throws; a frame is answered by what the table of codes says (SPEC UP-2). */
	receive(data: string | Uint8Array): void {
		if (this.#phase.name === "closing" || this.#phase.name === "closed") return;
		this.heard();
		if (!this.#mayReceive()) return;
		if (data.length > limits.frameBytesMax || (typeof data === "string" && Buffer.byteLength(data) > limits.frameBytesMax))
			return this.bye("frame_too_large", `At most ${limits.frameBytesMax} bytes.`);
		if (this.#codec === "text") return this.#receiveLine(data);
		if (typeof data !== "string") return this.#accept({ ok: false, code: "bad_frame", detail: "Binary frames mean nothing here." });
		this.#accept(decodeUpstream(data));
	}

	/** The hello of a transport on which the opening request is one, from somebody whom the door knows by then. */
	greet(arrived: Arrived, hello: Hello): void {
		this.#services.metrics.frames.inc({ type: hello.type });
		this.#open(arrived, hello).catch((fault) => {
			this.#services.logger.error({ session: this.id, fault: String(fault) }, "a hello could not be answered");
			this.bye("unavailable");
		});
	}

	/** Anything came in, if only a pong: the peer is there. */
	heard(): void {
		this.#heardAtMs = this.#services.clock.monotonicMs();
	}

	/** A ping came in. It counts as a frame, so that pings cannot flood. */
	heardPing(): void {
		this.heard();
		this.#mayReceive();
	}

	get isOpen(): boolean {
		return this.#phase.name === "open";
	}

	/** It holds as long as this session is in any room: rooms are left before it closes. */
	actorIn(room: string): User {
		return this.#phase.name === "open" ? actorIn(this.#phase.principal, room) : { id: "", name: "", roles: [] };
	}

	get codec(): Codec {
		return this.#codec;
	}

	/** Frames above the connection's rate are thrown away before they cost a parse. */
	#mayReceive(): boolean {
		const { frameRate, clock } = this.#services;
		if (!frameRate) return true;
		const nowMs = clock.monotonicMs();
		this.#forgetFrames(nowMs);
		this.#frames ??= new TokenBucket(frameRate, nowMs);
		const waitMs = this.#frames.take(nowMs);
		if (waitMs === 0) return true;
		if (this.#framesDropped++ === 0) this.reject("rate_limited", "The connection sends too many frames.", undefined, waitMs);
		if (this.#framesDropped > serverLimits.framesDroppedMax) this.bye("flooding");
		return false;
	}

	/** A flood is over when the bucket has filled up again, not with the next frame that happens to find a place. */
	#forgetFrames(nowMs: number): void {
		if (!this.#frames?.isFull(nowMs)) return;
		this.#frames = null;
		this.#framesDropped = 0;
	}

	#receiveLine(data: string | Uint8Array): void {
		if (typeof data !== "string") return this.#rejectBad("Send text frames here; one frame is one message.", undefined);
		const key = this.#services.random.token(16);
		this.#accept({ ok: true, frame: { type: "say", room: this.#room as string, key, text: data } });
	}

	#onBad(decoded: Decoded & { ok: false }): undefined {
		if (this.#phase.name === "greeting") this.bye("bad_frame", `The first frame must be a hello. ${decoded.detail}`);
		else if (decoded.code === "bad_frame") this.#rejectBad(decoded.detail, decoded.ref);
		else this.reject(decoded.code, decoded.detail, decoded.ref);
	}

	#rejectBad(detail: string, ref: Ref | undefined): void {
		const nowMs = this.#services.clock.monotonicMs();
		this.#badFrames ??= new TokenBucket(serverLimits.badFrames, nowMs);
		if (this.#badFrames.take(nowMs) > 0) return this.bye("bad_frame", detail);
		this.reject("bad_frame", detail, ref);
	}

	/** Queues a frame, good or bad, behind those being handled. */
	#accept(decoded: Decoded): void {
		this.#services.metrics.frames.inc({ type: decoded.ok ? decoded.frame.type : decoded.code });
		if (this.#inbound && this.#inbound.length >= serverLimits.inboundFramesMax) {
			const ref = decoded.ok ? ("ref" in decoded.frame ? decoded.frame.ref : undefined) : decoded.ref;
			return this.reject("rate_limited", "Too many frames are waiting.", ref, serverLimits.retrySoonMs);
		}
		if (this.#inbound) this.#inbound.push(decoded);
		else void this.#handleAll([decoded]);
	}

	async #handleAll(frames: Decoded[]): Promise<void> {
		this.#inbound = frames;
		for (let decoded = frames.shift(); decoded; decoded = frames.shift()) {
			if (this.#phase.name === "closing" || this.#phase.name === "closed") break;
			try {
				// Only a hello or a join is waited for: what follows them depends on them.
				const waiting = decoded.ok ? this.#handle(decoded.frame) : this.#onBad(decoded);
				if (waiting) await waiting;
			} catch (fault) {
				this.#services.logger.error({ session: this.id, fault: String(fault) }, "a frame could not be handled");
				this.reject("internal", undefined, decoded.ok && "ref" in decoded.frame ? decoded.frame.ref : undefined);
			}
		}
		this.#inbound = null;
	}

	#handle(frame: Upstream): Promise<void> | undefined {
		if (this.#phase.name === "greeting") {
			if (frame.type === "hello") {
				this.#phase = arriving;
				return this.#onHello(frame);
			}
			this.bye("bad_frame", "The first frame must be a hello.");
			return;
		}
		if (this.#phase.name !== "open") return;
		const { principal } = this.#phase;
		if (this.#isExpired(principal)) return;
		switch (frame.type) {
			case "hello":
				return void this.#rejectBad("Hello was said already.", undefined);
			case "join":
				return this.#membership.join(principal, frame);
			case "leave":
				return void this.#membership.leave(frame);
			case "like":
				return void this.#membership.like(frame);
			case "ping":
				return void this.sendFrame({
					type: "pong",
					...(frame.ref !== undefined && { ref: frame.ref }),
					now: this.#services.clock.wallMs(),
				});
			default:
				return void this.#membership.command(principal, frame);
		}
	}

	async #onHello(hello: Upstream & { type: "hello" }): Promise<void> {
		const credential = eitherCredential(helloCredential(hello.token), this.#credential);
		this.#credential = nothing;
		const authenticated = await this.#services.authenticator.welcome(credential, { name: hello.name, address: this.address });
		if (this.#phase.name !== "arriving") return;
		if (!authenticated.ok) return this.#turnAway(authenticated);
		await this.#open(authenticated, hello);
	}

	async #open({ principal: known, guestToken }: Arrived, hello: Hello): Promise<void> {
		const { table, clock, logger } = this.#services;
		const name = known.kind === "guest" ? table.names.take(known.name, known.id) : known.name;
		if (known.kind === "member") table.names.wear(name, known.id);
		// The operator stays one object: their name may change while they are here.
		const principal = name === known.name ? known : { ...known, name };
		this.#phase = { name: "open", principal };
		// The hello is not counted: most say nothing else, and need no bucket.
		this.#frames = null;
		if (this.#codec === "json" && hello.accept?.includes("deflate")) this.#codec = "deflate";
		this.#checkIn(limits.heartbeatMs, principal);
		logger.debug({ session: this.id, user: principal.id, kind: principal.kind }, "hello");
		if (this.#codec !== "text")
			this.sendFrame(welcome({ session: this.id, user: actorIn(principal, this.#room ?? ""), guestToken, wallMs: clock.wallMs() }));
		const rooms = hello.rooms ?? (this.#room === null ? [] : [{ room: this.#room }]);
		for (const wanted of rooms) await this.#membership.join(principal, { type: "join", ...wanted });
	}

	#turnAway({ code, detail, retryAfterMs }: Unauthenticated): void {
		this.bye(code === "rate_limited" ? "overloaded" : code, detail, retryAfterMs);
	}

	reject(code: Code, detail?: string, ref?: Ref, retryAfterMs?: number, room?: string): void {
		this.#services.metrics.rejects.inc({ code });
		const message = detail ?? codes[code].message;
		if (this.#codec === "text") {
			const again = retryAfterMs === undefined ? "" : ` Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`;
			return this.send(serverLine(`Not sent: ${message}${again}`));
		}
		this.sendFrame({
			type: "reject",
			...(ref !== undefined && { ref }),
			code,
			message,
			...(retryAfterMs !== undefined && { retryAfterMs }),
			...(room !== undefined && { room }),
		});
	}

	sendFrame(frame: Downstream): void {
		this.send(encodeDownstream(frame));
	}

	send(data: string, cursor?: string): void {
		if (this.#phase.name === "closing" || this.#phase.name === "closed") return;
		if (!this.outbound.send(data, cursor)) this.bye("too_slow", "Too many answers are waiting to be read.");
		else this.watchStall();
	}

	countGap(): void {
		this.#services.metrics.gaps.inc();
	}

	/** A link that has just stopped taking frames is looked at again before long. */
	watchStall(): void {
		if (this.#link.writable || this.#stalledSinceMs !== null) return;
		this.#stalledSinceMs = this.#services.clock.monotonicMs();
		this.#services.table.checkIn(this, serverLimits.stalledMs);
	}

	/** The link took some of what waits, if not all: its peer is slow, and reads. */
	onProgress(): void {
		if (this.#stalledSinceMs !== null) this.#stalledSinceMs = this.#services.clock.monotonicMs();
	}

	async untilClear(): Promise<void> {
		if (this.outbound.isClear || !this.isOpen) return;
		this.#cleared ??= [];
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#cleared.push(resolve);
		await promise;
	}

	/** The link takes frames again: private ones first, then each room from its cursor. */
	onWritable(): void {
		this.#stalledSinceMs = null;
		this.outbound.flush();
		this.#membership.wake();
		if (this.outbound.isClear) this.#release();
		this.watchStall();
	}

	pardon(sleptMs: number): void {
		this.#heardAtMs += sleptMs;
		if (this.#stalledSinceMs !== null) this.#stalledSinceMs += sleptMs;
	}

	/** The wheel has come round: is this session late with its hello, silent, stalled, or at the end of its rights? */
	check(nowMs: number): void {
		if (this.#phase.name === "closed") return;
		if (this.#phase.name === "closing") return this.#link.terminate();
		if (this.#phase.name === "greeting") return this.bye("silent", "No hello came in time.");
		if (this.#phase.name === "arriving") return this.#services.table.checkIn(this, limits.helloTimeoutMs);
		if (this.#stalledSinceMs !== null && nowMs - this.#stalledSinceMs >= serverLimits.stalledMs - serverLimits.wheelSlotMs)
			return this.bye("too_slow");
		this.#forgetFrames(nowMs);
		const silentMs = nowMs - this.#heardAtMs;
		if (this.#link.duplex && silentMs > limits.heartbeatMs * serverLimits.heartbeatsMissedMax - serverLimits.wheelSlotMs)
			return this.bye("silent");
		if (this.#isExpired(this.#phase.principal)) return;
		const isDue = !this.#link.duplex || silentMs >= limits.heartbeatMs - serverLimits.wheelSlotMs;
		if (isDue) this.#link.ping();
		this.#checkIn(isDue ? limits.heartbeatMs : limits.heartbeatMs - silentMs, this.#phase.principal);
	}

	/** Looks again after this time, or when the rights end or a stall has lasted too long where that is sooner. */
	#checkIn(delayMs: number, principal: Principal): void {
		const { table, clock } = this.#services;
		const untilExpiryMs = (principal.expiresAtMs ?? Number.POSITIVE_INFINITY) - clock.wallMs();
		const untilStalledMs = (this.#stalledSinceMs ?? Number.POSITIVE_INFINITY) + serverLimits.stalledMs - clock.monotonicMs();
		table.checkIn(this, Math.max(0, Math.min(delayMs, untilExpiryMs, untilStalledMs)));
	}

	#isExpired(principal: Principal): boolean {
		if (principal.expiresAtMs === null || this.#services.clock.wallMs() < principal.expiresAtMs) return false;
		this.bye("unauthorized", "The token has expired.");
		return true;
	}

	/**
	 * Says good-bye and begins to close, with the close code and whether to come back that the table gives (SPEC WS-5), after
	 * `retryAfterMs` at the earliest. What waits unsent is dropped: the client resumes from its cursor.
	 */
	bye(code: CloseCode, detail?: string, retryAfterMs = 0): void {
		if (this.#phase.name === "closing" || this.#phase.name === "closed") return;
		const { metrics, logger, table, random } = this.#services;
		metrics.closes.inc({ code });
		logger.debug({ session: this.id, code }, "bye");
		this.#leaveAll();
		this.#phase = { name: "closing" };
		const least = this.#codec === "stream" ? serverLimits.streamRetryMsMin : 0;
		const bye = farewell(code, { detail, notBeforeMs: Math.max(retryAfterMs, least), random });
		const data = this.#codec === "text" ? serverLine(bye.message) : encodeDownstream(bye);
		this.#link.write({ kind: "text", data, retryMs: bye.reconnectAfterMs });
		this.#link.close(codes[code].close, code);
		table.checkIn(this, serverLimits.closeTimeoutMs);
	}

	/** The transport is gone, whoever ended it. */
	onClosed(): void {
		this.#leaveAll();
		this.#phase = { name: "closed" };
		this.#services.table.remove(this);
	}

	/** Lets those go on who waited for the client to have read. */
	#release(): void {
		const waiting = this.#cleared;
		this.#cleared = null;
		for (const resolve of waiting ?? []) resolve();
	}

	#leaveAll(): void {
		this.#release();
		this.#membership.leaveAll();
		this.#inbound?.splice(0);
		if (this.#phase.name === "open" && this.#phase.principal.kind !== "operator")
			this.#services.table.names.release(this.#phase.principal.name, this.#phase.principal.id);
	}
}
