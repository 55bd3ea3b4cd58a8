import type { Code } from "./codes.ts";

const passingCodes: readonly string[] = [
	"unavailable",
	"overloaded",
	"internal",
	"rate_limited",
	"draining",
	"not_joined",
	"too_many_connections",
] satisfies Code[];

/** Whether the refusal passes by itself, so that asking again unchanged, to join or to read a room, may go better later. */
export function passes(code: Code): boolean {
	return passingCodes.includes(code);
}
