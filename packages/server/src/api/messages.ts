import { RoomEvent } from "@hubbub/protocol/event.ts";
import { RoomId } from "@hubbub/protocol/fields.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import { decodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { Hono } from "hono";
import * as v from "valibot";
import { serverLimits } from "../runtime/limits.ts";
import { type ApiServices, callerCodes, callerOf, type Env } from "./caller.ts";
import { JsonText, route } from "./route.ts";

const Page = v.object({
	room: v.string(),
	/** Ascending. */
	events: v.array(RoomEvent),
	/** Pass as `before` for the next older page; null at the first event. */
	before: v.nullable(v.string()),
});

const Before = v.pipe(
	v.string(),
	v.check((text) => text === "" || decodeCursor(text) !== null, "`before` is not a cursor of this server."),
);
const Limit = v.pipe(
	v.string(),
	v.check(
		(text) => /^[1-9]\d{0,3}$/.test(text) && Number(text) <= limits.historyPageMax,
		`\`limit\` must be a whole number from 1 to ${limits.historyPageMax}.`,
	),
);

/** `GET /rooms/{room}/messages`, the archive, for everyone; the operators' API mounts the same route, since what one may do hangs on the token alone. */
export function messageRoutes(services: ApiServices): Hono<Env> {
	const routes = new Hono<Env>();

	route(routes, {
		method: "GET",
		path: "/:room/messages",
		summary: "The archive, page by page, from the end backwards",
		params: { room: RoomId },
		query: { before: v.optional(Before, ""), limit: v.optional(Limit, String(limits.historyOnJoin)) },
		answers: { 200: { description: "A page", schema: Page } },
		codes: callerCodes,
		async handle({ reply, context, params: { room }, query: { before, limit } }) {
			const caller = await callerOf(context, services, room, { make: false });
			// A room that joining would make has an archive, with nothing in it.
			if (!caller.ok && caller.response.status === 404 && (await services.admission.exists(room)))
				return reply(200, { room, events: [], before: null });
			if (!caller.ok) return caller.response;
			const page = await caller.host.history(before === "" ? null : decodeCursor(before), Number(limit)).catch(() => null);
			if (!page) return problem("unavailable", "The archive cannot be read now.", serverLimits.retrySoonMs);
			const body = JsonText.of({ room, before: page.before }, { events: `[${page.events.join(",")}]` });
			return reply(200, body, { "cache-control": "no-store" });
		},
	});
	return routes;
}
