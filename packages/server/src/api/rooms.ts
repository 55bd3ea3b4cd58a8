import { RoomState } from "@hubbub/protocol/downstream.ts";
import { RoomId } from "@hubbub/protocol/fields.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import { mayModerate } from "@hubbub/protocol/wire/roles.ts";
import { Hono } from "hono";
import * as v from "valibot";
import type { RoomHost } from "../host/room-host.ts";
import { actorIn } from "../session/authenticate.ts";
import { type ApiServices, callerCodes, callerOf, type Env } from "./caller.ts";
import { route } from "./route.ts";

export const Room = v.object({ room: v.string(), ...v.omit(RoomState, ["likes"]).entries });

/** A room as the API tells of it. */
export function roomNow(host: RoomHost): v.InferOutput<typeof Room> {
	const { likes: _, ...state } = host.publicState;
	return { room: host.room, ...state };
}

/** `GET /api/v1/rooms/{room}`: a room's settings. */
export function roomRoutes(services: ApiServices): Hono<Env> {
	const routes = new Hono<Env>();
	route(routes, {
		method: "GET",
		path: "/:room",
		summary: "A room's settings",
		params: { room: RoomId },
		answers: { 200: { description: "The room as it is now", schema: Room } },
		codes: [...callerCodes, "forbidden"],
		async handle({ reply, context, params: { room } }) {
			const caller = await callerOf(context, services, room, { make: false });
			if (!caller.ok) return caller.response;
			if (!mayModerate(actorIn(caller.principal, room))) return problem("forbidden");
			return reply(200, roomNow(caller.host));
		},
	});
	return routes;
}
