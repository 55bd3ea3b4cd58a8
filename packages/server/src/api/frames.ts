import { decodeUpstream } from "@hubbub/protocol/codec.ts";
import { Downstream } from "@hubbub/protocol/downstream.ts";
import type { Kind } from "@hubbub/protocol/kinds/kind.ts";
import { kinds } from "@hubbub/protocol/kinds/table.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import { Upstream } from "@hubbub/protocol/upstream.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import type { Context } from "hono";
import { Hono } from "hono";
import { serverLimits } from "../runtime/limits.ts";
import { actorIn } from "../session/authenticate.ts";
import { eitherCredential, headerCredential, helloCredential, malformedWords } from "../session/credential.ts";
import { welcome } from "../session/welcome.ts";
import { type ApiServices, asCalled, callerCodes, callerOf, type Env, submit } from "./caller.ts";
import { JsonText, type Reply, route } from "./route.ts";
import { textOf } from "./validate.ts";

const answers = { 200: { description: "The answer", schema: Downstream }, 204: { description: "Taken" } } as const;
/** What the kinds' own rules refuse with. */
const kindCodes = (Object.values(kinds) as Kind[]).flatMap(({ routes }) => routes.flatMap(({ refusals }) => refusals));

/**
 * `POST /frames`: one upstream frame in, the downstream frame that answers it out, for clients whose events come by an event stream or by
 * polls (SPEC POST-1). The same schema, rules and codes as over WebSocket; a rejection is a problem document.
 */
export function frameRoutes(services: ApiServices): Hono<Env> {
	const routes = new Hono<Env>();
	route(routes, {
		method: "POST",
		path: "/frames",
		summary: "Send one frame where there is no WebSocket",
		description: "`hello` is answered by `welcome`, `like` by nothing, and what asks for an event by `ack`. Joining is asking for events.",
		body: Upstream,
		readsBody: true,
		answers,
		codes: [...callerCodes, ...kindCodes, "unknown_type", "draining"],
		async handle({ reply, context }) {
			if (headerCredential(context.req.header("authorization")).kind === "malformed") return problem("unauthorized", malformedWords);
			const text = await textOf(context);
			if (text === null || Buffer.byteLength(text) > limits.frameBytesMax) return problem("frame_too_large");
			const decoded = decodeUpstream(text);
			return decoded.ok ? answer(decoded.frame, { context, reply }, services) : problem(decoded.code, decoded.detail);
		},
	});
	return routes;
}

interface Asked {
	readonly context: Context<Env>;
	readonly reply: Reply<typeof answers>;
}

async function answer(frame: Upstream, { context, reply }: Asked, services: ApiServices): Promise<Response> {
	// As a handshake is refused then. An answer would tell that the server is there, and only no WebSocket gets through.
	if ((frame.type === "hello" || frame.type === "ping") && services.isDraining())
		return problem("draining", undefined, serverLimits.reconnectSpreadMs);
	switch (frame.type) {
		case "hello":
			return hello(frame, { context, reply }, services);
		case "ping":
			return reply(200, { type: "pong", ref: frame.ref, now: services.clock.wallMs() });
		case "join":
		case "leave":
			return problem("unknown_type", "Over HTTP, asking for a room's events is being in it.");
		case "like": {
			const caller = await callerOf(context, services, frame.room, { make: false });
			if (!caller.ok) return caller.response;
			const waitMs = caller.principal.kind === "guest" ? services.addressLimits.take("like", context.env.address) : 0;
			if (waitMs > 0) return problem("rate_limited", "Too much comes from this address.", waitMs);
			caller.host.like(frame.count);
			return reply(204, null);
		}
		default: {
			const submitted = await submit(context, services, frame);
			if (!submitted.ok) return submitted.response;
			const { id, cursor, fate, json } = submitted.outcome;
			const ack = { type: "ack", ref: frame.ref, room: frame.room, id, cursor, fate };
			return reply(200, JsonText.of(ack, { event: json }));
		}
	}
}

async function hello(frame: Upstream & { type: "hello" }, { context, reply }: Asked, services: ApiServices): Promise<Response> {
	const credential = eitherCredential(helloCredential(frame.token), headerCredential(context.req.header("authorization")));
	const authenticated = await services.authenticator.welcome(credential, { name: frame.name, address: context.env.address });
	if (!authenticated.ok) return problem(authenticated.code, authenticated.detail, authenticated.retryAfterMs);
	const { guestToken } = authenticated;
	const principal = asCalled(authenticated.principal, services.names);
	const said = welcome({ session: services.random.token(12), user: actorIn(principal, ""), guestToken, wallMs: services.clock.wallMs() });
	return reply(200, said, { "cache-control": "no-store" });
}
