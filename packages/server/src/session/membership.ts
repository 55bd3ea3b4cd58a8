import { jsonWith } from "@hubbub/protocol/codec.ts";
import type { Ref } from "@hubbub/protocol/fields.ts";
import type { CommandFrame, Upstream } from "@hubbub/protocol/upstream.ts";
import type { CloseCode } from "@hubbub/protocol/wire/close-codes.ts";
import { type Code, codes } from "@hubbub/protocol/wire/codes.ts";
import { decodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import type { Outcome } from "../host/outcome.ts";
import type { Barred } from "../room/access.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Logger } from "../runtime/log.ts";
import type { AddressLimits } from "./address-limits.ts";
import type { Principal } from "./authenticate.ts";
import { carryOut } from "./command.ts";
import type { RoomAdmission } from "./room-admission.ts";
import { type RoomClient, type Subscriber, Subscription } from "./subscription.ts";

type Frame<Type extends Upstream["type"]> = Upstream & { type: Type };

export interface MembershipServices {
	readonly admission: RoomAdmission;
	readonly addressLimits: AddressLimits;
	readonly logger: Logger;
}

/** The rooms one session is in: joins and leaves, commands and their answers. */
export class Membership implements Subscriber {
	readonly #client: RoomClient;
	readonly #services: MembershipServices;
	/** One for most, a few dozen at most: a list is smaller than a map, and as fast. */
	readonly #subscriptions: Subscription[] = [];
	#commandsPending = 0;

	constructor(client: RoomClient, services: MembershipServices) {
		this.#client = client;
		this.#services = services;
	}

	/** Enters a room, after the cursor the frame brings; answers `joined`, or a `reject` that says why not. */
	async join(principal: Principal, { room, ref, after, view = "all" }: Frame<"join">): Promise<void> {
		const client = this.#client;
		if (this.#in(room)) return client.reject("already_joined", undefined, ref, undefined, room);
		if (this.#subscriptions.length >= limits.roomsPerConnectionMax) return client.reject("too_many_rooms", undefined, ref, undefined, room);
		// Thirty-two rooms of missed events at once would be more than a connection may hold: one after another, as they are read.
		await client.untilClear();
		const entered = await this.#services.admission.enter(room, principal, client.address);
		if (!client.isOpen) return;
		if (!entered.ok) return this.#turnAway(entered.code, entered.detail, ref, entered.retryAfterMs, room);
		const subscription = new Subscription(entered.host, view, { client, subscriber: this });
		this.#subscriptions.push(subscription);
		try {
			await subscription.start(after === undefined ? null : decodeCursor(after), ref);
		} catch {
			this.#remove(subscription);
			subscription.leave();
			this.#turnAway("unavailable", "The room's history cannot be read now.", ref, serverLimits.retrySoonMs, room);
		}
	}

	#in(room: string): Subscription | undefined {
		return this.#subscriptions.find(({ host }) => host.room === room);
	}

	#remove(subscription: Subscription): void {
		const index = this.#subscriptions.indexOf(subscription);
		if (index >= 0) this.#subscriptions.splice(index, 1);
	}

	/** Something happened in the room by which they may not be in it any more. */
	evicted(subscription: Subscription, { code, detail }: Barred): void {
		const { room } = subscription.host;
		this.#remove(subscription);
		this.#turnAway(code, detail, undefined, undefined, room);
		this.#client.sendFrame({ type: "left", room });
	}

	/**
	 * On a text socket or an event stream there is one room and no way to ask again: a refusal ends the connection. A stream is told
	 * the refusal's own code before, which is no close's.
	 */
	#turnAway(code: Code, detail: string | undefined, ref: Ref | undefined, retryAfterMs: number | undefined, room: string): void {
		if (this.#client.codec !== "text") this.#client.reject(code, detail, ref, retryAfterMs, room);
		if (this.#client.codec !== "text" && this.#client.codec !== "stream") return;
		if (code === "guests_not_allowed") return this.#client.bye("unauthorized", detail ?? codes.guests_not_allowed.message);
		this.#client.bye(endsAll(code) ? code : "overloaded", detail, retryAfterMs);
	}

	leave({ room, ref }: Frame<"leave">): void {
		const subscription = this.#in(room);
		if (!subscription) return this.#client.reject("not_joined", undefined, ref, undefined, room);
		this.#remove(subscription);
		subscription.leave();
		this.#client.sendFrame({ type: "left", ...(ref !== undefined && { ref }), room });
	}

	/** Applause beyond what one address may give is not counted. */
	like({ room, count }: Frame<"like">): void {
		if (this.#services.addressLimits.take("like", this.#client.address) === 0) this.#in(room)?.host.like(count);
	}

	/** Hands a command to its room; the answer goes out when the room has one, without holding up what follows. */
	command(principal: Principal, frame: CommandFrame): void {
		const { room, ref } = frame;
		const { address } = this.#client;
		const host = this.#in(room)?.host;
		if (!host) return this.#client.reject("not_joined", undefined, ref, undefined, room);
		if (this.#commandsPending >= serverLimits.commandsPendingMax)
			return this.#client.reject("rate_limited", "Too many commands await their answer.", ref, serverLimits.retrySoonMs, room);
		this.#commandsPending++;
		carryOut(frame, host, { principal, address }, this.#services.addressLimits)
			.catch((fault): Outcome => {
				this.#services.logger.error({ room, fault: String(fault) }, "a command could not be carried out");
				return { ok: false, code: "unavailable", retryAfterMs: serverLimits.retrySoonMs };
			})
			.then((outcome) => {
				this.#commandsPending--;
				this.#answer(frame, outcome);
			});
	}

	#answer({ room, ref }: { room: string; ref?: Ref }, outcome: Outcome): void {
		if (!outcome.ok) return this.#client.reject(outcome.code, outcome.detail, ref, outcome.retryAfterMs, room);
		if (this.#client.codec === "text") return;
		const { json, id, cursor, fate } = outcome;
		this.#client.send(jsonWith({ type: "ack", ref, room, id, cursor, fate }, { event: json }));
	}

	/** The link takes frames again: each room goes on from its cursor. */
	wake(): void {
		for (const subscription of this.#subscriptions) subscription.wake();
	}

	leaveAll(): void {
		for (const subscription of this.#subscriptions.splice(0)) subscription.leave();
	}
}

/** Whether a code ends a connection wherever it comes up. */
function endsAll(code: Code): code is CloseCode {
	return codes[code].close !== null;
}
