import { type Code, codes } from "@hubbub/protocol/codes.ts";
import { decodeCursor } from "@hubbub/protocol/cursor.ts";
import { limits } from "@hubbub/protocol/limits.ts";
import type { Ref, Upstream } from "@hubbub/protocol/upstream.ts";
import type { Outcome } from "../host/outcome.ts";
import type { RoomHost } from "../host/room-host.ts";
import { type Command, isGuest as isGuestActor } from "../room/command.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Logger } from "../runtime/log.ts";
import type { AddressLimits } from "./address-limits.ts";
import { actorIn, type Principal } from "./authenticate.ts";
import type { Entrance } from "./entrance.ts";
import { type Desk, type Subscriber, Subscription } from "./subscription.ts";

type Frame<Type extends Upstream["type"]> = Upstream & { type: Type };

export interface MembershipServices {
	readonly entrance: Entrance;
	readonly addressLimits: AddressLimits;
	readonly logger: Logger;
}

/** The rooms one session is in: joins and leaves, commands and their answers. */
export class Membership implements Subscriber {
	readonly #desk: Desk;
	readonly #services: MembershipServices;
	/** One for most, a few dozen at most: a list is smaller than a map, and as fast. */
	readonly #subscriptions: Subscription[] = [];
	#commandsPending = 0;

	constructor(desk: Desk, services: MembershipServices) {
		this.#desk = desk;
		this.#services = services;
	}

	/** Enters a room, after the cursor the frame brings; answers `joined`, or a `reject` that says why not. */
	async join(principal: Principal, { room, ref, after, view = "all" }: Frame<"join">): Promise<void> {
		const desk = this.#desk;
		if (this.#in(room)) return desk.reject("already_joined", undefined, ref, undefined, room);
		if (this.#subscriptions.length >= limits.roomsPerConnectionMax) return desk.reject("too_many_rooms", undefined, ref, undefined, room);
		// Thirty-two rooms of missed events at once would be more than a connection may hold: one after another, as they are read.
		await desk.untilClear();
		const entered = await this.#services.entrance.enter(room, principal, desk.address);
		if (!desk.isOpen) return;
		if (!entered.ok) return this.#turnAway(entered.code, entered.detail, ref, entered.retryAfterMs, room);
		const isGuest = isGuestActor(actorIn(principal, room));
		const subscription = new Subscription(entered.host, view, { desk, isGuest, subscriber: this });
		this.#subscriptions.push(subscription);
		try {
			await subscription.start(after === undefined ? null : decodeCursor(after), ref);
		} catch {
			this.#remove(subscription);
			subscription.leave();
			this.#turnAway("unavailable", "The room's history cannot be read now.", ref, 1_000, room);
		}
	}

	#in(room: string): Subscription | undefined {
		return this.#subscriptions.find(({ host }) => host.room === room);
	}

	#remove(subscription: Subscription): void {
		const index = this.#subscriptions.indexOf(subscription);
		if (index >= 0) this.#subscriptions.splice(index, 1);
	}

	/** The room has stopped letting guests in, and this is one. */
	turnedOut(subscription: Subscription): void {
		const { room } = subscription.host;
		this.#remove(subscription);
		this.#turnAway("guests_not_allowed", undefined, undefined, undefined, room);
		this.#desk.sendFrame({ type: "left", room });
	}

	/**
	 * On a text socket or an event stream there is one room and no way to ask again: a refusal ends the connection. A stream is told
	 * the refusal's own code before, which is no close's.
	 */
	#turnAway(code: Code, detail: string | undefined, ref: Ref | undefined, retryAfterMs: number | undefined, room: string): void {
		if (this.#desk.codec !== "text") this.#desk.reject(code, detail, ref, retryAfterMs, room);
		if (this.#desk.codec !== "text" && this.#desk.codec !== "stream") return;
		if (code === "room_not_found") return this.#desk.bye("room_not_found");
		if (code === "guests_not_allowed") return this.#desk.bye("unauthorized", detail ?? codes.guests_not_allowed.message);
		this.#desk.bye("overloaded", detail);
	}

	leave({ room, ref }: Frame<"leave">): void {
		const subscription = this.#in(room);
		if (!subscription) return this.#desk.reject("not_joined", undefined, ref, undefined, room);
		this.#remove(subscription);
		subscription.leave();
		this.#desk.sendFrame({ type: "left", ...(ref !== undefined && { ref }), room });
	}

	say(principal: Principal, frame: Frame<"say">): void {
		const { room, key, text, replyTo, style } = frame;
		const waitMs = principal.kind === "guest" ? this.#services.addressLimits.take("say", this.#desk.address) : 0;
		if (waitMs > 0) return this.#desk.reject("rate_limited", "Too many messages come from this address.", frame.ref, waitMs, room);
		this.#submit(frame, () => ({ kind: "say", actor: actorIn(principal, room), key, text, replyTo, style }));
	}

	takeBack(principal: Principal, frame: Frame<"delete">): void {
		const actor = actorIn(principal, frame.room);
		this.#submit(frame, async (host) => ({ kind: "delete", actor, target: await host.findMessage(frame.id) }));
	}

	configure(principal: Principal, frame: Frame<"settings">): void {
		const actor = actorIn(principal, frame.room);
		this.#submit(frame, () => ({ kind: "settings", actor, settings: frame.settings }));
	}

	/** Applause beyond what one address may give is not counted. */
	like({ room, count }: Frame<"like">): void {
		if (this.#services.addressLimits.take("like", this.#desk.address) === 0) this.#in(room)?.host.like(count);
	}

	/** Hands a command to its room; the answer goes out when the room has one, without holding up what follows. */
	#submit(frame: { room: string; ref?: Ref }, build: (host: RoomHost) => Command | Promise<Command>): void {
		const { room, ref } = frame;
		const host = this.#in(room)?.host;
		if (!host) return this.#desk.reject("not_joined", undefined, ref, undefined, room);
		if (this.#commandsPending >= serverLimits.commandsPendingMax)
			return this.#desk.reject("rate_limited", "Too many commands await their answer.", ref, 1_000, room);
		this.#commandsPending++;
		const command = build(host);
		const submitted = command instanceof Promise ? command.then((built) => host.submit(built)) : host.submit(command);
		submitted
			.catch((fault): Outcome => {
				this.#services.logger.error({ room, fault: String(fault) }, "a command could not be carried out");
				return { ok: false, code: "unavailable", retryAfterMs: 1_000 };
			})
			.then((outcome) => {
				this.#commandsPending--;
				this.#answer(frame, outcome);
			});
	}

	#answer({ room, ref }: { room: string; ref?: Ref }, outcome: Outcome): void {
		if (!outcome.ok) return this.#desk.reject(outcome.code, outcome.detail, ref, outcome.retryAfterMs, room);
		if (this.#desk.codec === "text") return;
		const { json, id, cursor, fate } = outcome;
		const head = JSON.stringify({ type: "ack", ref, room, id, cursor, fate });
		this.#desk.send(`${head.slice(0, -1)},"event":${json}}`);
	}

	/** The link takes frames again: each room goes on from its cursor. */
	wake(): void {
		for (const subscription of this.#subscriptions) subscription.wake();
	}

	leaveAll(): void {
		for (const subscription of this.#subscriptions.splice(0)) subscription.leave();
	}
}
