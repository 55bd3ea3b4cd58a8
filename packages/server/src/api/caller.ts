import { problem } from "@hubbub/protocol/problem.ts";
import type { CommandFrame } from "@hubbub/protocol/upstream.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import type { Context } from "hono";
import type { Directory } from "../engine/directory.ts";
import type { Outcome } from "../host/outcome.ts";
import type { RoomHost } from "../host/room-host.ts";
import type { NamesInUse } from "../names/names-in-use.ts";
import type { Obstacle } from "../proxies/proxy-lines.ts";
import { kindFor } from "../room/kinds/table.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Random } from "../runtime/random.ts";
import type { AddressLimits } from "../session/address-limits.ts";
import type { Authenticator, Principal } from "../session/authenticate.ts";
import { carryOut } from "../session/command.ts";
import { headerCredential } from "../session/credential.ts";
import type { Operator } from "../session/operator.ts";
import type { RoomAdmission } from "../session/room-admission.ts";
import type { Exposure } from "./checklist.ts";

/** What the HTTP API needs from around it. */
export interface ApiServices {
	readonly authenticator: Authenticator;
	readonly admission: RoomAdmission;
	readonly addressLimits: AddressLimits;
	/** The names worn by those who are connected. */
	readonly names: NamesInUse;
	/** What a proxy leaves before every path, for the description's addresses. */
	readonly basePath: string;
	readonly clock: Clock;
	readonly random: Random;
	readonly logger: Logger;
	readonly metrics: Metrics;
	/** Turns the one-time set-up token into the operator's key. See `operator-key.ts`. */
	readonly setUp: (token: string) => Promise<SetUp>;
	/** Whether there is an operator's key. */
	readonly isClaimed: () => boolean;
	readonly operator: Operator;
	/** What the settings open to others. */
	readonly exposure: Exposure;
	/** What a proxy was seen to stand in the way of. */
	readonly obstacles: () => readonly Obstacle[];
	/** Ids of rooms behind one, ascending. Rejects where the store does not answer. */
	readonly roomIds: Directory["rooms"];
	readonly viewersIn: (room: string) => number;
	/** Whether the server is on its way out and takes nobody new. */
	readonly isDraining: () => boolean;
	/** Why the server does not take people in, or its store what they say: one sentence. Null where both do. */
	readonly whyNotReady: () => Promise<string | null>;
}

export type SetUp = { readonly ok: true; readonly adminKey: string } | { readonly ok: false; readonly code: "setup_done" | "unauthorized" };

/** How a request came to us. */
export interface Came {
	/** The client's address. */
	readonly address: string;
	/** The request's path without what a proxy left before it. */
	readonly path: string;
	/** Whether a proxy handed it on whose word is taken. */
	readonly isProxied: boolean;
}

/** Hono's types for our requests. */
export interface Env {
	Bindings: Came;
}

/** Who is calling and the room they call about, or the response that turns them away. One door with the sockets': `RoomAdmission`. */
export type Caller =
	| { readonly ok: true; readonly principal: Principal; readonly host: RoomHost }
	| { readonly ok: false; readonly response: Response };

/** What `callerOf` may turn somebody away with, for the description of the routes that ask it. */
export const callerCodes = ["unauthorized", "guests_not_allowed", "room_not_found", "rate_limited", "overloaded", "unavailable"] as const;

/** `make` says whether asking makes a room that is not there yet; reading never does. */
export async function callerOf(context: Context<Env>, services: ApiServices, room: string, options: { make: boolean }): Promise<Caller> {
	const { address } = context.env;
	const authenticated = await services.authenticator.recognise(headerCredential(context.req.header("authorization")), address);
	if (!authenticated.ok) return turnAway(authenticated.code, authenticated.detail, authenticated.retryAfterMs);
	const principal = asCalled(authenticated.principal, services.names);
	const entered = await services.admission.enter(room, principal, address, options);
	return entered.ok ? { ok: true, principal, host: entered.host } : turnAway(entered.code, entered.detail, entered.retryAfterMs);
}

/** No guest speaks under the name of somebody who is here (SPEC NAME-2). */
export function asCalled(principal: Principal, names: NamesInUse): Principal {
	return principal.kind === "guest" ? { ...principal, name: names.whatToCall(principal.name, principal.id) } : principal;
}

/** What became of a command, or the response that says why nothing did. */
export type Submitted =
	| { readonly ok: true; readonly host: RoomHost; readonly outcome: Outcome & { readonly ok: true } }
	| { readonly ok: false; readonly response: Response };

/** Carries out what the caller asks for: the same as where a socket brings the frame. */
export async function submit(context: Context<Env>, services: ApiServices, frame: CommandFrame): Promise<Submitted> {
	const caller = await callerOf(context, services, frame.room, { make: kindFor(frame).makesRoom === true });
	if (!caller.ok) return caller;
	const { host, principal } = caller;
	const outcome = await carryOut(frame, host, { principal, address: context.env.address }, services.addressLimits);
	if (outcome.ok) return { ok: true, host, outcome };
	return { ok: false, response: problem(outcome.code, outcome.detail, outcome.retryAfterMs) };
}

function turnAway(code: Code, detail?: string, retryAfterMs?: number): Caller {
	return { ok: false, response: problem(code, detail, retryAfterMs) };
}
