import { decodeUpstream } from "@hubbub/protocol/codec.ts";
import { Downstream } from "@hubbub/protocol/downstream.ts";
import { limits } from "@hubbub/protocol/limits.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import { Upstream } from "@hubbub/protocol/upstream.ts";
import type { Context } from "hono";
import { Hono } from "hono";
import { describeRoute, resolver } from "hono-openapi";
import type { RoomHost } from "../host/room-host.ts";
import type { Command } from "../room/command.ts";
import { actorIn, bearerToken, type Principal } from "../session/authenticate.ts";
import { welcome } from "../session/welcome.ts";
import { type ApiServices, asCalled, callerOf, crowdedOut, type Env, refusal } from "./caller.ts";
import { failure } from "./messages.ts";
import { textOf } from "./validate.ts";

/**
 * `POST /frames`: one upstream frame in, the downstream frame that answers it out, for clients whose events come by an event stream or by
 * polls (SPEC POST-1). The same schema, rules and codes as over WebSocket; a rejection is a problem document.
 */
export function frameRoutes(services: ApiServices): Hono<Env> {
	const routes = new Hono<Env>();
	routes.post(
		"/frames",
		describeRoute({
			summary: "Send one frame where there is no WebSocket",
			description:
				"`hello` is answered by `welcome`; `say`, `delete` and `settings` by `ack`; `like` by nothing. Joining is asking for events.",
			requestBody: { content: { "application/json": { schema: resolver(Upstream) as never } } },
			responses: {
				200: { description: "The answer", content: { "application/json": { schema: resolver(Downstream) } } },
				204: { description: "Taken" },
				...failure("bad_frame", "unauthorized", "forbidden", "room_not_found", "rate_limited", "unavailable"),
			},
		}),
		async (context) => {
			const text = await textOf(context);
			if (text === null || Buffer.byteLength(text) > limits.frameBytesMax) return problem("frame_too_large");
			const decoded = decodeUpstream(text);
			return decoded.ok ? answer(context, services, decoded.frame) : problem(decoded.code, decoded.detail);
		},
	);
	return routes;
}

async function answer(context: Context<Env>, services: ApiServices, frame: Upstream): Promise<Response> {
	switch (frame.type) {
		case "hello":
			return hello(context, services, frame);
		case "ping":
			return context.json({ type: "pong", ref: frame.ref, now: services.clock.wallMs() });
		case "join":
		case "leave":
			return problem("unknown_type", "Over HTTP, asking for a room's events is being in it.");
		case "like": {
			const caller = await callerOf(context, services, frame.room, { make: false });
			if (!caller.ok) return caller.response;
			const crowded = crowdedOut(context, services, "like", caller.principal);
			if (crowded) return crowded;
			caller.host.like(frame.count);
			return context.body(null, 204);
		}
		case "say":
		case "delete":
		case "settings": {
			const caller = await callerOf(context, services, frame.room, { make: frame.type !== "delete" });
			if (!caller.ok) return caller.response;
			const crowded = frame.type === "say" ? crowdedOut(context, services, "say", caller.principal) : null;
			if (crowded) return crowded;
			const command = await commandOf(frame, caller.principal, caller.host).catch(() => null);
			if (!command) return problem("unavailable", "The archive cannot be read now.", 1_000);
			const outcome = await caller.host.submit(command);
			if (!outcome.ok) return refusal(outcome);
			const { id, cursor, fate } = outcome;
			return context.json({ type: "ack", ref: frame.ref, room: frame.room, id, cursor, fate, event: JSON.parse(outcome.json) });
		}
		default:
			return frame satisfies never;
	}
}

async function commandOf(
	frame: Upstream & { type: "say" | "delete" | "settings" },
	principal: Principal,
	host: RoomHost,
): Promise<Command> {
	const actor = actorIn(principal, frame.room);
	switch (frame.type) {
		case "say":
			return { kind: "say", actor, key: frame.key, text: frame.text, replyTo: frame.replyTo, style: frame.style };
		case "delete":
			return { kind: "delete", actor, target: await host.findMessage(frame.id) };
		case "settings":
			return { kind: "settings", actor, settings: frame.settings };
		default:
			return frame satisfies never;
	}
}

async function hello(context: Context<Env>, services: ApiServices, frame: Upstream & { type: "hello" }): Promise<Response> {
	const token = frame.token ?? bearerToken(context.req.header("authorization"));
	const crowded = token === undefined ? crowdedOut(context, services, "become-guest", null) : null;
	if (crowded) return crowded;
	const authenticated = await services.authenticator.authenticate(token, frame.name);
	if (!authenticated.ok) return problem("unauthorized", authenticated.detail);
	const { guestToken } = authenticated;
	const principal = asCalled(authenticated.principal, services.names);
	const said = welcome({ session: services.random.token(12), user: actorIn(principal, ""), guestToken, wallMs: services.clock.wallMs() });
	return context.json(said, 200, { "cache-control": "no-store" });
}
