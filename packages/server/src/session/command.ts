import type { CommandFrame } from "@hubbub/protocol/upstream.ts";
import type { Outcome } from "../host/outcome.ts";
import type { RoomHost } from "../host/room-host.ts";
import { commandOf } from "../room/command.ts";
import { kindFor } from "../room/kinds/table.ts";
import type { AddressLimits } from "./address-limits.ts";
import { actorIn, type Principal } from "./authenticate.ts";

/** Who sent a frame, and from where. */
export interface Sender {
	readonly principal: Principal;
	readonly address: string;
}

/**
 * The one way from a frame that asks for an event to what becomes of it, whatever brought the frame: a socket, a request to `/frames`, or a route of the
 * API. Guests of one address share a rate of writing (SPEC RATE-6). Never throws.
 */
export function carryOut(frame: CommandFrame, host: RoomHost, { principal, address }: Sender, limits: AddressLimits): Promise<Outcome> {
	const waitMs = kindFor(frame).isWriting && principal.kind === "guest" ? limits.take("say", address) : 0;
	if (waitMs > 0)
		return Promise.resolve({ ok: false, code: "rate_limited", detail: "Too much comes from this address.", retryAfterMs: waitMs });
	return host.submit(commandOf(frame, actorIn(principal, frame.room)));
}
