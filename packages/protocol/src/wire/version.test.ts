import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { Downstream, Problem } from "../downstream.ts";
import { kinds } from "../kinds/table.ts";
import { Upstream } from "../upstream.ts";
import { codes } from "./codes.ts";
import * as limits from "./limits.ts";
import { SCHEMA_HASH } from "./version.ts";

/** A schema as what goes in and as what comes out of it; checks that JSON Schema has no word for are left out. */
function shape(schema: v.GenericSchema): unknown {
	const options = { errorMode: "ignore" } as const;
	return [toJsonSchema(schema, { ...options, typeMode: "input" }), toJsonSchema(schema, { ...options, typeMode: "output" })];
}

/** JSON with the keys of every object in alphabetical order. */
function stable(value: unknown): string {
	return JSON.stringify(value, (_key, inner) =>
		typeof inner === "object" && inner !== null && !Array.isArray(inner)
			? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
			: inner,
	);
}

test("[DOWN-1] the contract is the one that the version stands for: a change of a schema, code or limit needs a line in version.ts", () => {
	const closes = Object.fromEntries(Object.entries(codes).map(([name, { http, close }]) => [name, { http, close }]));
	const contract = {
		upstream: shape(Upstream),
		downstream: shape(Downstream),
		bodies: Object.values(kinds).flatMap(({ routes }) => routes.map((route) => ("body" in route ? shape(route.body) : null))),
		problem: shape(Problem),
		closes,
		limits,
	};
	expect(createHash("sha256").update(stable(contract)).digest("hex").slice(0, 16)).toBe(SCHEMA_HASH);
});

test("[CODE-1] each close code is one code's alone, and lies in the range that says what to do", () => {
	const closes = Object.values(codes).flatMap(({ close }) => close ?? []);
	expect(new Set<number>(closes).size).toBe(closes.length);
	for (const close of closes) expect(close >= 4000 && close <= 4199).toBe(true);
});
