import { jsonWith } from "@hubbub/protocol/codec.ts";
import { complaintAbout } from "@hubbub/protocol/complaint.ts";
import { Problem } from "@hubbub/protocol/downstream.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import { type Code, codes } from "@hubbub/protocol/wire/codes.ts";
import { toJsonSchema } from "@valibot/to-json-schema";
import type { Context, Hono } from "hono";
import { type DescribeRouteOptions, describeRoute, resolver } from "hono-openapi";
import * as v from "valibot";
import type { Env } from "./caller.ts";
import { bodyOf } from "./validate.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What a status means, and what its body is; without a schema it has none, or one that is no JSON (`type`). */
export interface ResponseSpec {
	readonly description: string;
	readonly schema?: v.GenericSchema;
	readonly type?: string;
}

/** A body that is JSON text already. Its answer's schema describes it all the same. */
export class JsonText {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}

	/** `fields`, which are not none, and one more that is JSON text already. */
	static of(fields: object, more: Readonly<Record<string, string>>): JsonText {
		return new JsonText(jsonWith(fields, more));
	}
}

type Entries = v.ObjectEntries;
type Values<E extends Entries> = v.InferOutput<v.ObjectSchema<E, undefined>>;
type BodyOf<A extends ResponseSpec> = A extends { readonly schema: infer S extends v.GenericSchema }
	? v.InferInput<S> | JsonText
	: JsonText | string | null;

/** Answers with a status that the route describes, and the body that belongs to it. */
export type Reply<A extends Record<number, ResponseSpec>> = <S extends keyof A & number>(
	status: S,
	body: BodyOf<A[S]>,
	headers?: Readonly<Record<string, string>>,
) => Response;

/** What was asked, as the schemas have it, and how it is answered. */
export interface Asked<P extends Entries, Q extends Entries, B extends v.GenericSchema, A extends Record<number, ResponseSpec>> {
	readonly context: Context<Env>;
	readonly params: Values<P>;
	readonly query: Values<Q>;
	readonly body: v.InferOutput<B>;
	readonly reply: Reply<A>;
}

/** One address: describes it for `/openapi.json`, checks what comes, and types what its handler is given and may answer, all by the same words. */
export interface RouteSpec<P extends Entries, Q extends Entries, B extends v.GenericSchema, A extends Record<number, ResponseSpec>> {
	/** Several are names of the same. */
	readonly method: Method | readonly Method[];
	/** As Hono writes it: `/:room/messages`. */
	readonly path: string;
	/** One sentence. */
	readonly summary: string;
	readonly description?: string;
	/** Parameters in the path. What does not fit is `room_not_found` for a `room`, else `not_found`. */
	readonly params?: P;
	/** Parameters behind the question mark; all are texts. What does not fit is `bad_frame`; unknown ones are ignored. */
	readonly query?: Q;
	/** The JSON body. What does not fit is `bad_frame`, what is too long `frame_too_large`. */
	readonly body?: B;
	/** Whether the handler reads the body by itself, and `body` only describes it. */
	readonly readsBody?: true;
	readonly answers: A;
	/** What it may be refused with, beside what the checks of `params`, `query` and `body` say, and `internal`. */
	readonly codes: readonly Code[];
	/** Answers by `reply`, or by `problem()`. */
	handle(asked: Asked<P, Q, B, A>): Response | Promise<Response>;
}

/** Adds a route to those of `routes`. */
export function route<
	P extends Entries = Record<never, never>,
	Q extends Entries = Record<never, never>,
	B extends v.GenericSchema = v.NullSchema<undefined>,
	const A extends Record<number, ResponseSpec> = Record<number, ResponseSpec>,
>(routes: Hono<Env>, spec: RouteSpec<P, Q, B, A>): void {
	const { method, path, params = {} as P, query = {} as Q, body } = spec;
	const [parameters, questions] = [v.object(params), v.object(query)];
	const reply: Reply<A> = (status, body, headers) =>
		responseOf(status, body, { "content-type": spec.answers[status]?.type ?? jsonType, ...headers });
	routes.on([method].flat(), path, describeRoute(describe(spec)), async (context) => {
		const named = v.safeParse(parameters, context.req.param(), { abortEarly: true });
		if (!named.success) return problem("room" in params ? "room_not_found" : "not_found");
		const asked = v.safeParse(questions, context.req.query(), { abortEarly: true });
		if (!asked.success) return problem("bad_frame", complaint(asked.issues[0]));
		const brought = body && !spec.readsBody ? await bodyOf(context, body) : null;
		if (brought && !brought.ok) return brought.response;
		return spec.handle({ context, params: named.output, query: asked.output, body: brought?.value as v.InferOutput<B>, reply });
	});
}

/** A schema's own words about a value, or which field is wrong. */
function complaint(issue: v.BaseIssue<unknown>): string {
	return issue.type === "check" ? issue.message : (complaintAbout(issue) ?? "The address is not as described in /openapi.json.");
}

const jsonType = "application/json";

function responseOf(status: number, body: unknown, headers: Record<string, string>): Response {
	if (body === null) return new Response(null, { status });
	const text = body instanceof JsonText ? body.text : typeof body === "string" ? body : JSON.stringify(body);
	return new Response(text, { status, headers });
}

function describe<P extends Entries, Q extends Entries, B extends v.GenericSchema, A extends Record<number, ResponseSpec>>(
	spec: RouteSpec<P, Q, B, A>,
): DescribeRouteOptions {
	const { summary, description, params = {}, query = {}, body } = spec;
	return {
		summary,
		...(description !== undefined && { description }),
		parameters: [...parametersOf("path", params), ...parametersOf("query", query)],
		...(body && { requestBody: { content: { [jsonType]: { schema: resolver(body) as never } } } }),
		responses: {
			...Object.fromEntries(Object.entries(spec.answers).map(([status, answer]) => [status, describeAnswer(answer)])),
			...refusals([...implied(spec), ...spec.codes]),
		},
	};
}

/** Codes that the checks themselves refuse with. */
function implied({
	params = {},
	query = {},
	body,
}: Pick<RouteSpec<Entries, Entries, v.GenericSchema, never>, "params" | "query" | "body">) {
	const names: Code[] = ["internal"];
	if (Object.keys(params).length > 0) names.push("room" in params ? "room_not_found" : "not_found");
	if (body || Object.keys(query).length > 0) names.push("bad_frame");
	if (body) names.push("frame_too_large");
	return names;
}

function parametersOf(place: "path" | "query", entries: Entries) {
	return Object.entries(entries).map(([name, schema]) => ({
		name,
		in: place,
		required: place === "path",
		schema: jsonSchemaOf(schema as v.GenericSchema),
	}));
}

function jsonSchemaOf(schema: v.GenericSchema): object {
	const { $schema: _, ...described } = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" });
	return described;
}

function describeAnswer({ description, schema, type = jsonType }: ResponseSpec) {
	if (!schema) return { description };
	return { description, content: { [type]: { schema: resolver(schema) } } };
}

/** The problems that may be answered, by their statuses: each code of a status in its own words. */
function refusals(names: readonly Code[]) {
	const byStatus = new Map<number, Set<Code>>();
	for (const name of names) byStatus.set(codes[name].http, (byStatus.get(codes[name].http) ?? new Set()).add(name));
	return Object.fromEntries([...byStatus].map(([status, of]) => [status, describeRefusal([...of])]));
}

function describeRefusal(names: readonly Code[]) {
	const schema = v.object({ ...Problem.entries, code: v.picklist(names) });
	return {
		description: names.map((name) => `\`${name}\`: ${codes[name].message}`).join(" "),
		content: { "application/problem+json": { schema: resolver(schema) } },
	};
}
