import type { Code } from "@hubbub/protocol/codes.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import type { Context } from "hono";
import type { Outcome } from "../host/outcome.ts";
import type { RoomHost } from "../host/room-host.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Random } from "../runtime/random.ts";
import type { Act, AddressLimits } from "../session/address-limits.ts";
import { type Authenticator, bearerToken, type Principal } from "../session/authenticate.ts";
import type { Entrance } from "../session/entrance.ts";
import type { NamesInUse } from "../session/guest-name.ts";

/** What the HTTP API needs from around it. */
export interface ApiServices {
	readonly authenticator: Authenticator;
	readonly entrance: Entrance;
	readonly addressLimits: AddressLimits;
	/** The names worn by those who are connected. */
	readonly names: NamesInUse;
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly metrics: Metrics;
	/** Turns the one-time set-up token into the operator's key. See `operator-key.ts`. */
	readonly setUp: (token: string) => Promise<SetUp>;
	/** Whether the store answers and the server takes people in. */
	readonly isReady: () => Promise<boolean>;
}

export type SetUp = { readonly ok: true; readonly adminKey: string } | { readonly ok: false; readonly code: "setup_done" | "unauthorized" };

/** Hono's types for our requests. */
export interface Env {
	Bindings: { address: string };
}

/** Who is calling and the room they call about, or the response that turns them away. One door with the sockets': `Entrance`. */
export type Caller =
	| { readonly ok: true; readonly principal: Principal; readonly host: RoomHost }
	| { readonly ok: false; readonly response: Response };

/** `make` says whether asking makes a room that is not there yet; reading never does. */
export async function callerOf(context: Context<Env>, services: ApiServices, room: string, options: { make: boolean }): Promise<Caller> {
	const token = bearerToken(context.req.header("authorization"));
	const { address } = context.env;
	const authenticated = token === undefined ? null : await services.authenticator.authenticate(token, undefined);
	if (authenticated && !authenticated.ok) return turnAway("unauthorized", authenticated.detail);
	const principal = asCalled(authenticated?.principal ?? services.authenticator.guestAt(address), services.names);
	const entered = await services.entrance.enter(room, principal, address, options);
	return entered.ok ? { ok: true, principal, host: entered.host } : turnAway(entered.code, entered.detail, entered.retryAfterMs);
}

/** No guest speaks under the name of somebody who is here (SPEC NAME-2). */
export function asCalled(principal: Principal, names: NamesInUse): Principal {
	return principal.kind === "guest" ? { ...principal, name: names.whatToCall(principal.name, principal.id) } : principal;
}

/** Null, or the response to a guest whose address does too much of this (SPEC RATE-6). */
export function crowdedOut(context: Context<Env>, services: ApiServices, act: Act, principal: Principal | null): Response | null {
	if (principal && principal.kind !== "guest") return null;
	const waitMs = services.addressLimits.take(act, context.env.address);
	return waitMs > 0 ? problem("rate_limited", "Too much comes from this address.", waitMs) : null;
}

function turnAway(code: Code, detail?: string, retryAfterMs?: number): Caller {
	return { ok: false, response: problem(code, detail, retryAfterMs) };
}

export function refusal(outcome: Outcome & { ok: false }): Response {
	return problem(outcome.code, outcome.detail, outcome.retryAfterMs);
}
