import { Fate } from "@hubbub/protocol/downstream.ts";
import { RoomEvent } from "@hubbub/protocol/event.ts";
import { RoomId } from "@hubbub/protocol/fields.ts";
import type { Kind, Route as Way } from "@hubbub/protocol/kinds/kind.ts";
import { kinds } from "@hubbub/protocol/kinds/table.ts";
import type { CommandFrame } from "@hubbub/protocol/upstream.ts";
import { Hono } from "hono";
import * as v from "valibot";
import type { Outcome } from "../host/outcome.ts";
import type { RoomHost } from "../host/room-host.ts";
import { type ApiServices, callerCodes, type Env, submit } from "./caller.ts";
import { Room, roomNow } from "./rooms.ts";
import { JsonText, type Method, type Reply, type ResponseSpec, route } from "./route.ts";

const Appended = v.object({ id: v.string(), cursor: v.string(), fate: Fate, event: RoomEvent });

type Done = Outcome & { readonly ok: true };
interface Answering {
	readonly answers: Record<number, ResponseSpec>;
	make(reply: Reply<Record<number, ResponseSpec>>, outcome: Done, host: RoomHost): Response;
}

/** How each sort of answer is described, and made. */
const answerings: Readonly<Record<Way["answer"], Answering>> = {
	event: {
		answers: { 201: { description: "Done, and durable", schema: Appended } },
		make: (reply, { id, cursor, fate, json }) => reply(201, JsonText.of({ id, cursor, fate }, { event: json })),
	},
	room: {
		answers: { 200: { description: "The room as it is now", schema: Room } },
		make: (reply, _outcome, host) => reply(200, new JsonText(JSON.stringify(roomNow(host)))),
	},
	nothing: { answers: { 204: { description: "Done, and durable" } }, make: (reply) => reply(204, null) },
};

/**
 * What asks for an event over HTTP: each kind's own addresses below a room's, as its file in `protocol/kinds` lists them. The same commands as the frames,
 * decided by the same rules. `place` is what these are mounted at: only some stand at `/rooms` too. There fields that are not described are ignored, as a frame's are, so that it can grow; a
 * mistyped one of the API is a mistake.
 */
export function kindRoutes(services: ApiServices, place: "/rooms" | "/api/v1/rooms"): Hono<Env> {
	const routes = new Hono<Env>();
	for (const { command, routes: ways } of Object.values(kinds) as Kind[])
		for (const way of ways)
			if (place !== "/rooms" || way.everywhere) addRoute(routes, services, { command, way, isStrict: place !== "/rooms" });
	return routes;
}

function addRoute(routes: Hono<Env>, services: ApiServices, { command, way, isStrict }: Described): void {
	const { bodyIs, fixed, body, refusals, method, path, ...described } = way;
	const { answers, make } = answerings[way.answer];
	route(routes, {
		...described,
		method: [method].flat().map((name) => name.toUpperCase() as Method),
		path: `/:room${path}`,
		params: { room: RoomId, ...parametersOf(path) },
		...(body && { body: isStrict ? v.strictObject(body.entries) : body }),
		answers,
		codes: [...callerCodes, ...refusals],
		async handle({ context, reply, params: { room, ...parameters }, body: given }) {
			// What comes without a key cannot be retried safely, and gets one.
			const key = "key" in command.entries ? { key: services.random.token(16) } : {};
			const fields = bodyIs === undefined ? (given as object | undefined) : { [bodyIs]: given };
			const frame = { type: command.entries.type.literal, room, ...key, ...parameters, ...fixed, ...fields } as CommandFrame;
			const submitted = await submit(context, services, frame);
			return submitted.ok ? make(reply, submitted.outcome, submitted.host) : submitted.response;
		},
	});
}

/** The path's own parameters, which are texts: a kind's own rules say what they may be. */
function parametersOf(path: string): Record<string, v.StringSchema<undefined>> {
	return Object.fromEntries(path.matchAll(/:(\w+)/g).map(([, name]) => [name as string, v.string()]));
}

interface Described {
	readonly command: Kind["command"];
	readonly way: Way;
	readonly isStrict: boolean;
}
