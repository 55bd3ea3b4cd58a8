import { RoomId } from "@hubbub/protocol/fields.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { serverLimits } from "../runtime/limits.ts";
import { headerCredential } from "../session/credential.ts";
import type { ApiServices, Env } from "./caller.ts";
import { Checklist, checklist } from "./checklist.ts";
import { route } from "./route.ts";
import { bodyOf } from "./validate.ts";

const SetUpState = v.object({ claimed: v.boolean() });
const Key = v.object({ adminKey: v.string() });
const Called = v.object({ name: v.string() });
const Rename = v.strictObject({ name: v.pipe(v.string(), v.maxLength(1_024)) });
const Rooms = v.object({
	/** In the order of their ids. `viewers` is 0 where nobody is in. */
	rooms: v.array(v.object({ room: v.string(), viewers: v.number() })),
	/** Pass as `after` for the next page; null at the last. */
	after: v.nullable(v.string()),
});
const roomsPageMax = 200;
/** What somebody else is turned away with, and the operator where the store does not answer. */
const operatorCodes = ["unauthorized", "forbidden", "unavailable"] as const;
/** What belongs to one caller is nobody's to keep. */
const unkept = { "cache-control": "no-store" };

/** What the operator of the server does with it: claims it, is called something, finds their rooms, and sees what is open. */
export function operatorRoutes(services: ApiServices): Hono<Env> {
	const routes = new Hono<Env>();

	route(routes, {
		method: "GET",
		path: "/setup",
		summary: "Whether the server has an operator's key already",
		answers: { 200: { description: "Where `claimed` is false, the token printed at the first start makes a key", schema: SetUpState } },
		codes: [],
		handle: ({ reply }) => reply(200, { claimed: services.isClaimed() }, unkept),
	});

	route(routes, {
		method: "POST",
		path: "/setup",
		summary: "Trade the one-time set-up token for the operator's key",
		answers: { 201: { description: "The key; it is shown this once", schema: Key } },
		codes: ["unauthorized", "setup_done"],
		async handle({ reply, context }) {
			const presented = headerCredential(context.req.header("authorization"));
			const setUp = await services.setUp(presented.kind === "token" ? presented.token : "");
			if (!setUp.ok)
				return problem(setUp.code, setUp.code === "unauthorized" ? "The set-up token is not the one printed at start." : undefined);
			return reply(201, { adminKey: setUp.adminKey }, unkept);
		},
	});

	route(routes, {
		method: "GET",
		path: "/operator",
		summary: "What the operator is called in every room",
		answers: { 200: { description: "The name", schema: Called } },
		codes: operatorCodes,
		handle: async ({ reply, context }) => (await refuseOthers(context, services)) ?? reply(200, { name: services.operator.name }, unkept),
	});

	route(routes, {
		method: "PUT",
		path: "/operator",
		summary: "Change what the operator is called",
		description: "It holds at once for what is said next; what was said keeps the name it was said under. Nobody else may wear it.",
		body: Rename,
		answers: { 200: { description: "The name as it is shown, cleaned and cut like any", schema: Called } },
		codes: operatorCodes,
		readsBody: true,
		async handle({ reply, context }) {
			const refused = await refuseOthers(context, services);
			if (refused) return refused;
			const body = await bodyOf(context, Rename);
			if (!body.ok) return body.response;
			const name = await services.operator.rename(body.value.name).catch(() => undefined);
			if (name === undefined) return problem("unavailable", "The name could not be kept.", serverLimits.retrySoonMs);
			if (name === null) return problem("bad_frame", `A name is 1 to ${limits.nameGraphemesMax} characters that can be read.`);
			return reply(200, { name }, unkept);
		},
	});

	route(routes, {
		method: "GET",
		path: "/checklist",
		summary: "What is open on this server, before its address is public",
		description:
			"Computed from the settings and from the way this very request came. `room` adds what that room's own settings leave open, where there is such a room.",
		query: { room: v.optional(v.string()) },
		answers: { 200: { description: "Each thing once, settled or open", schema: Checklist } },
		codes: operatorCodes,
		async handle({ reply, context, query: { room } }) {
			const refused = await refuseOthers(context, services);
			if (refused) return refused;
			const { address, isProxied } = context.env;
			const entered = v.is(RoomId, room) ? await services.admission.enter(room, services.operator, address, { make: false }) : null;
			const { url, headers } = context.req.raw;
			const came = { url, headers, isProxied };
			const body = checklist(services.exposure, came, entered?.ok ? entered.host.settings : null, services.obstacles());
			return reply(200, body, unkept);
		},
	});

	route(routes, {
		method: "GET",
		path: "/rooms",
		summary: "The rooms there are, page by page",
		query: { after: v.optional(v.string(), "") },
		answers: { 200: { description: "At most 200 rooms", schema: Rooms } },
		codes: operatorCodes,
		async handle({ reply, context, query: { after } }) {
			const refused = await refuseOthers(context, services);
			if (refused) return refused;
			const found = await services.roomIds({ after, limit: roomsPageMax }).catch(() => null);
			if (!found) return problem("unavailable", "The rooms cannot be read now.", serverLimits.retrySoonMs);
			const rooms = found.map((room) => ({ room, viewers: services.viewersIn(room) }));
			const last = found.length < roomsPageMax ? null : (found.at(-1) ?? null);
			return reply(200, { rooms, after: last }, unkept);
		},
	});

	return routes;
}

/** Null where it is the operator who calls; for anybody else the response that says so. */
async function refuseOthers(context: Context<Env>, services: ApiServices): Promise<Response | null> {
	const credential = headerCredential(context.req.header("authorization"));
	if (credential.kind === "none") return problem("unauthorized", "This takes the operator's key.");
	const authenticated = await services.authenticator.recognise(credential, context.env.address);
	if (!authenticated.ok) return problem(authenticated.code, authenticated.detail, authenticated.retryAfterMs);
	return authenticated.principal.kind === "operator" ? null : problem("forbidden", "This takes the operator's key.");
}
