import { RoomId, RoomSettings } from "@hubbub/protocol/event.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import { Hono } from "hono";
import { describeRoute, resolver } from "hono-openapi";
import * as v from "valibot";
import { mayModerate } from "../room/command.ts";
import { actorIn } from "../session/authenticate.ts";
import { type ApiServices, callerOf, type Env, refusal } from "./caller.ts";
import { failure } from "./messages.ts";
import { bodyOf } from "./validate.ts";

const Room = v.object({ room: v.string(), settings: RoomSettings, viewers: v.number() });
const SettingsChange = v.partial(RoomSettings);
const room200 = { 200: { description: "The room as it is now", content: { "application/json": { schema: resolver(Room) } } } };

/** `/api/v1/rooms/{room}`: a room's settings, and taking messages back. The same commands as the frames, decided by the same rules. */
export function roomRoutes(services: ApiServices): Hono<Env> {
	const routes = new Hono<Env>();

	routes.get(
		"/:room",
		describeRoute({ summary: "A room's settings", responses: { ...room200, ...failure("unauthorized", "forbidden", "room_not_found") } }),
		async (context) => {
			const { room } = context.req.param();
			if (!v.is(RoomId, room)) return problem("room_not_found");
			const caller = await callerOf(context, services, room, { make: false });
			if (!caller.ok) return caller.response;
			if (!mayModerate(actorIn(caller.principal, room))) return problem("forbidden");
			return context.json({ room, settings: caller.host.settings, viewers: caller.host.viewers });
		},
	);

	routes.put(
		"/:room",
		describeRoute({
			summary: "Change some of a room's settings; an operator makes the room where it does not exist",
			requestBody: { content: { "application/json": { schema: resolver(SettingsChange) as never } } },
			responses: { ...room200, ...failure("bad_frame", "unauthorized", "forbidden", "room_not_found", "unavailable") },
		}),
		async (context) => {
			const { room } = context.req.param();
			if (!v.is(RoomId, room)) return problem("room_not_found");
			const body = await bodyOf(context, SettingsChange);
			if (!body.ok) return body.response;
			const caller = await callerOf(context, services, room, { make: true });
			if (!caller.ok) return caller.response;
			const { host } = caller;
			const outcome = await host.submit({ kind: "settings", actor: actorIn(caller.principal, room), settings: body.value });
			if (!outcome.ok) return refusal(outcome);
			return context.json({ room, settings: { ...host.settings, ...body.value }, viewers: host.viewers });
		},
	);

	routes.delete(
		"/:room/messages/:id",
		describeRoute({
			summary: "Take a message back: its text leaves every screen and the archive",
			responses: { 204: { description: "Taken back" }, ...failure("unauthorized", "forbidden", "message_not_found", "unavailable") },
		}),
		async (context) => {
			const { room, id } = context.req.param();
			if (!v.is(RoomId, room)) return problem("room_not_found");
			const caller = await callerOf(context, services, room, { make: false });
			if (!caller.ok) return caller.response;
			const actor = actorIn(caller.principal, room);
			const target = await caller.host.findMessage(id).catch(() => "unavailable" as const);
			if (target === "unavailable") return problem("unavailable", "The archive cannot be read now.", 1_000);
			const outcome = await caller.host.submit({ kind: "delete", actor, target });
			return outcome.ok ? context.body(null, 204) : refusal(outcome);
		},
	);

	return routes;
}
