import { codes } from "@hubbub/protocol/codes.ts";
import { decodeCursor } from "@hubbub/protocol/cursor.ts";
import { Fate, Problem } from "@hubbub/protocol/downstream.ts";
import { RoomEvent, RoomId } from "@hubbub/protocol/event.ts";
import { limits } from "@hubbub/protocol/limits.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import { SayBody } from "@hubbub/protocol/upstream.ts";
import { Hono } from "hono";
import { describeRoute, resolver } from "hono-openapi";
import * as v from "valibot";
import { actorIn } from "../session/authenticate.ts";
import { type ApiServices, callerOf, crowdedOut, type Env, refusal } from "./caller.ts";
import { bodyOf } from "./validate.ts";

const Said = v.object({ id: v.string(), cursor: v.string(), fate: Fate, event: RoomEvent });
const Page = v.object({
	room: v.string(),
	/** Ascending. */
	events: v.array(RoomEvent),
	/** Pass as `before` for the next older page; null at the first event. */
	before: v.nullable(v.string()),
});
/** Over HTTP the key is optional: without one a request is not retried safely, and gets one. */
const SayRequest = v.object({ ...SayBody.entries, key: v.optional(SayBody.entries.key) });

const json = (schema: v.GenericSchema, description: string) => ({
	description,
	content: { "application/json": { schema: resolver(schema) } },
});
export const failure = (...names: (keyof typeof codes)[]) =>
	Object.fromEntries(
		names.map((name) => [
			codes[name].http,
			{ description: codes[name].message, content: { "application/problem+json": { schema: resolver(Problem) } } },
		]),
	);

/** `/rooms/{room}/messages`, for everyone; the operators' API mounts the same routes, since what one may do hangs on the token alone. */
export function messageRoutes(services: ApiServices): Hono<Env> {
	const routes = new Hono<Env>();

	routes.post(
		"/:room/messages",
		describeRoute({
			summary: "Say something",
			description: "The same key of the same sender in the same room is one message, however often it is sent.",
			requestBody: { content: { "application/json": { schema: resolver(SayRequest) as never } } },
			responses: {
				201: json(Said, "Said, and durable"),
				...failure("bad_frame", "unauthorized", "read_only", "room_not_found", "text_too_long", "rate_limited"),
			},
		}),
		async (context) => {
			const { room } = context.req.param();
			if (!v.is(RoomId, room)) return problem("room_not_found");
			const body = await bodyOf(context, SayRequest);
			if (!body.ok) return body.response;
			const caller = await callerOf(context, services, room, { make: true });
			if (!caller.ok) return caller.response;
			const crowded = crowdedOut(context, services, "say", caller.principal);
			if (crowded) return crowded;
			const { key = services.random.token(16), text, replyTo, style } = body.value;
			const outcome = await caller.host.submit({ kind: "say", actor: actorIn(caller.principal, room), key, text, replyTo, style });
			if (!outcome.ok) return refusal(outcome);
			const { id, cursor, fate } = outcome;
			return context.json({ id, cursor, fate, event: JSON.parse(outcome.json) }, 201);
		},
	);

	routes.get(
		"/:room/messages",
		describeRoute({
			summary: "The archive, page by page, from the end backwards",
			responses: {
				200: json(Page, "A page"),
				...failure("bad_frame", "unauthorized", "guests_not_allowed", "room_not_found", "unavailable"),
			},
		}),
		async (context) => {
			const { room } = context.req.param();
			if (!v.is(RoomId, room)) return problem("room_not_found");
			const { before, limit = String(limits.historyOnJoin) } = context.req.query();
			const position = before === undefined || before === "" ? null : decodeCursor(before);
			if (before && !position) return problem("bad_frame", "`before` is not a cursor of this server.");
			if (!/^[1-9]\d{0,3}$/.test(limit) || Number(limit) > limits.historyPageMax)
				return problem("bad_frame", `\`limit\` must be a whole number from 1 to ${limits.historyPageMax}.`);
			const caller = await callerOf(context, services, room, { make: false });
			// A room that joining would make has an archive, with nothing in it.
			if (!caller.ok && caller.response.status === 404 && (await services.entrance.exists(room)))
				return context.json({ room, events: [], before: null });
			if (!caller.ok) return caller.response;
			const page = await caller.host.history(position, Number(limit)).catch(() => null);
			if (!page) return problem("unavailable", "The archive cannot be read now.", 1_000);
			const body = `{"room":${JSON.stringify(room)},"events":[${page.events.join(",")}],"before":${JSON.stringify(page.before)}}`;
			return context.body(body, 200, { "content-type": "application/json", "cache-control": "no-store" });
		},
	);

	return routes;
}
