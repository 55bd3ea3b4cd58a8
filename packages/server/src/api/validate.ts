import { complaintAbout } from "@hubbub/protocol/complaint.ts";
import { jsonExcess } from "@hubbub/protocol/json-bounds.ts";
import { problem } from "@hubbub/protocol/problem.ts";
import type { Context } from "hono";
import * as v from "valibot";
import { serverLimits } from "../runtime/limits.ts";
import type { Env } from "./caller.ts";

/** A request's body as text; null where it is longer than any may be, of which no more than that is read. */
export async function textOf(context: Context<Env>): Promise<string | null> {
	const decoder = new TextDecoder();
	let text = "";
	let bytes = 0;
	for await (const chunk of context.req.raw.body ?? []) {
		bytes += chunk.byteLength;
		if (bytes > serverLimits.bodyBytesMax) return null;
		text += decoder.decode(chunk, { stream: true });
	}
	return text + decoder.decode();
}

/** A request's JSON body as the schema has it, or the response that says what is wrong with it. */
export async function bodyOf<Schema extends v.GenericSchema>(
	context: Context<Env>,
	schema: Schema,
): Promise<{ readonly ok: true; readonly value: v.InferOutput<Schema> } | { readonly ok: false; readonly response: Response }> {
	const text = await textOf(context);
	if (text === null) return { ok: false, response: problem("frame_too_large") };
	const excess = jsonExcess(text);
	if (excess) return { ok: false, response: problem("bad_frame", `The body ${excess}.`) };
	const parsed = parse(text);
	if (parsed === undefined) return { ok: false, response: problem("bad_frame", "The body is not JSON.") };
	if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
		return { ok: false, response: problem("bad_frame", "The body is not a JSON object.") };
	const result = v.safeParse(schema, parsed, { abortEarly: true });
	if (result.success) return { ok: true, value: result.output };
	return {
		ok: false,
		response: problem("bad_frame", complaintAbout(result.issues[0]) ?? "The body is not as described in /openapi.json."),
	};
}

/** The value of a JSON text; undefined where it is none. */
function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
