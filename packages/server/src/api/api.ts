import { problem } from "@hubbub/protocol/problem.ts";
import { Hono } from "hono";
import { describeRoute, openAPIRouteHandler, resolver } from "hono-openapi";
import * as v from "valibot";
import { bearerToken } from "../session/authenticate.ts";
import type { ApiServices, Env } from "./caller.ts";
import { frameRoutes } from "./frames.ts";
import { failure, messageRoutes } from "./messages.ts";
import { roomRoutes } from "./rooms.ts";

const Key = v.object({ adminKey: v.string() });

/** Everything over plain HTTP but pages and sockets: rooms' messages, the operators' API and its description, health and metrics. */
export function createApi(services: ApiServices): (request: Request, address: string) => Response | Promise<Response> {
	const app = new Hono<Env>();
	const scrape = createScrape(services);
	const messages = messageRoutes(services);
	app.route("/rooms", messages);
	app.route("/api/v1/rooms", messages);
	app.route("/api/v1/rooms", roomRoutes(services));

	app.route("/", frameRoutes(services));

	app.post(
		"/api/v1/setup",
		describeRoute({
			summary: "Trade the one-time set-up token for the operator's key",
			responses: {
				201: { description: "The key; it is shown this once", content: { "application/json": { schema: resolver(Key) } } },
				...failure("unauthorized", "setup_done"),
			},
		}),
		async (context) => {
			const setUp = await services.setUp(bearerToken(context.req.header("authorization")) ?? "");
			if (!setUp.ok)
				return problem(setUp.code, setUp.code === "unauthorized" ? "The set-up token is not the one printed at start." : undefined);
			return context.json({ adminKey: setUp.adminKey }, 201, { "cache-control": "no-store" });
		},
	);

	app.get("/healthz", (context) => context.json({ status: "ok" }));
	app.get("/readyz", async (context) =>
		(await services.isReady()) ? context.json({ status: "ready" }) : problem("unavailable", "Not ready.", 1_000),
	);
	app.get("/metrics", async (context) => {
		const { registry } = services.metrics;
		return context.body(await scrape(), 200, { "content-type": registry.contentType });
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
				components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
				security: [{}, { bearer: [] }],
			},
		}),
	);

	app.notFound((context) => {
		const allowed = ["GET", "POST", "PUT", "DELETE"].filter((method) => app.router.match(method, context.req.path)[0].length > 0);
		if (allowed.length === 0) return problem("not_found");
		const response = problem("method_not_allowed");
		response.headers.set("allow", allowed.join(", "));
		return response;
	});
	app.onError((fault) => {
		services.logger.error({ fault: String(fault) }, "a request could not be answered");
		return problem("internal");
	});
	return (request, address) => app.fetch(request, { address });
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
