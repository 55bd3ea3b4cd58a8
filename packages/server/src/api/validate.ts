import { problem } from "@hubbub/protocol/problem.ts";
import type { Context } from "hono";
import * as v from "valibot";
import type { Env } from "./caller.ts";

/** A request's JSON body as the schema has it, or the response that says what is wrong with it. */
export async function bodyOf<Schema extends v.GenericSchema>(
	context: Context<Env>,
	schema: Schema,
): Promise<{ readonly ok: true; readonly value: v.InferOutput<Schema> } | { readonly ok: false; readonly response: Response }> {
	const parsed = await context.req.json().catch(() => undefined);
	if (parsed === undefined) return { ok: false, response: problem("bad_frame", "The body is not JSON.") };
	const result = v.safeParse(schema, parsed, { abortEarly: true });
	if (result.success) return { ok: true, value: result.output };
	const path = v.getDotPath(result.issues[0]);
	return {
		ok: false,
		response: problem("bad_frame", path ? `The field ${path} is missing or wrong.` : "The body is not as described in /openapi.json."),
	};
}
