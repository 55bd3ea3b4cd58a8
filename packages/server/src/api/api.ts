import { problem } from "@hubbub/protocol/problem.ts";
import { Hono } from "hono";
import { openAPIRouteHandler } from "hono-openapi";
import * as v from "valibot";
import { serverLimits } from "../runtime/limits.ts";
import type { ApiServices, Came, Env } from "./caller.ts";
import { frameRoutes } from "./frames.ts";
import { kindRoutes } from "./kinds.ts";
import { messageRoutes } from "./messages.ts";
import { operatorRoutes } from "./operator.ts";
import { roomRoutes } from "./rooms.ts";
import { route } from "./route.ts";

export type Api = (request: Request, came: Came) => Response | Promise<Response>;

/** Everything over plain HTTP but pages and sockets: rooms' messages, the operators' API and its description, health and metrics. */
export function createApi(services: ApiServices): Api {
	const app = new Hono<Env>({ getPath: (request, options) => options?.env?.path ?? new URL(request.url).pathname });
	const scrape = createScrape(services);
	app.route("/rooms", messageRoutes(services));
	app.route("/rooms", kindRoutes(services, "/rooms"));
	// Before the routes of one room: `/api/v1/rooms` is the list of them.
	app.route("/api/v1", operatorRoutes(services));
	app.route("/api/v1/rooms", messageRoutes(services));
	app.route("/api/v1/rooms", kindRoutes(services, "/api/v1/rooms"));
	app.route("/api/v1/rooms", roomRoutes(services));

	app.route("/", frameRoutes(services));

	route(app, {
		method: "GET",
		path: "/healthz",
		summary: "Whether the process answers",
		answers: { 200: { description: "It does", schema: v.object({ status: v.literal("ok") }) } },
		codes: [],
		handle: ({ reply }) => reply(200, { status: "ok" }),
	});
	route(app, {
		method: "GET",
		path: "/readyz",
		summary: "Whether the server takes people in, and its store what they say",
		answers: { 200: { description: "Both do", schema: v.object({ status: v.literal("ready") }) } },
		codes: ["unavailable"],
		async handle({ reply }) {
			const reason = await services.whyNotReady();
			return reason === null ? reply(200, { status: "ready" }) : problem("unavailable", reason, serverLimits.retrySoonMs);
		},
	});
	route(app, {
		method: "GET",
		path: "/metrics",
		summary: "Figures of this process, as Prometheus reads them",
		answers: { 200: { description: "Text, made at most once a second", type: services.metrics.registry.contentType } },
		codes: [],
		handle: async ({ reply }) => reply(200, await scrape()),
	});
	app.get(
		"/openapi.json",
		openAPIRouteHandler(app, {
			documentation: {
				info: {
					title: "Hubbub",
					version: "1",
					description: "Rooms, their messages and their settings. Errors are RFC 9457 problem details.",
				},
				// Relative to where this description is, where the server does not know what stands before its paths.
				servers: [{ url: services.basePath || "." }],
				components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
				security: [{}, { bearer: [] }],
			},
		}),
	);

	app.notFound((context) => {
		const allowed = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((method) => app.router.match(method, context.req.path)[0].length > 0);
		if (allowed.length === 0) return problem("not_found");
		const response = problem("method_not_allowed");
		response.headers.set("allow", [...allowed, ...(allowed.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", "));
		return response;
	});
	app.onError((fault) => {
		services.logger.error({ fault: String(fault) }, "a request could not be answered");
		return problem("internal");
	});
	return async (request, came) => {
		// The listener sends the head alone, with the length of what there would be: of a response without a body it would say 0.
		const asked = request.method === "HEAD" ? new Request(request, { method: "GET" }) : request;
		const response = await app.fetch(asked, came);
		await countReject(services, asked, response);
		return response;
	};
}

/** Counts a command or frame that is rejected, whatever for: a socket's session counts its own. */
async function countReject({ metrics }: ApiServices, request: Request, response: Response): Promise<void> {
	if (request.method === "GET" || !response.headers.get("content-type")?.startsWith("application/problem+json")) return;
	const { code } = (await response.clone().json()) as { code: string };
	metrics.rejects.inc({ code });
}

/** The metrics' text, made at most once a second however many ask. */
function createScrape({ metrics, clock }: ApiServices): () => Promise<string> {
	let made = { atMs: Number.NEGATIVE_INFINITY, text: Promise.resolve("") };
	return () => {
		const nowMs = clock.monotonicMs();
		if (nowMs - made.atMs >= 1_000) made = { atMs: nowMs, text: metrics.registry.metrics() };
		return made.text;
	};
}
