import type { Downstream } from "@hubbub/protocol/downstream.ts";

type Fields = Readonly<Record<string, "string" | "number" | "array" | "object">>;

/** The fields without which a known frame cannot be used, with their types; others are checked where they are read. */
const required: Readonly<Record<string, Fields>> = {
	welcome: { user: "object", heartbeatMs: "number", now: "number", limits: "object" },
	joined: { room: "string", cursor: "string", state: "object", events: "array" },
	left: { room: "string" },
	batch: { room: "string", cursor: "string", events: "array" },
	ack: { id: "string", cursor: "string", fate: "string" },
	reject: { code: "string", message: "string" },
	gap: { room: "string", from: "string", to: "string" },
	bye: { code: "string", message: "string" },
	pong: {},
} satisfies Record<Downstream["type"], Fields>;

/**
 * Reads one downstream frame from its JSON. Null for what a client of version 1 does not know or cannot use: types of later
 * versions, and what some proxy put in between. Never throws.
 */
export function readFrame(json: string): Downstream | null {
	let parsed: unknown;
	try {
		parsed = JSON.parse(json);
	} catch {
		return null;
	}
	const frame = parsed as Record<string, unknown> | null;
	const type = frame?.type;
	if (!frame || typeof type !== "string" || !Object.hasOwn(required, type)) return null;
	for (const [field, kind] of Object.entries(required[type] ?? {})) {
		const value = frame[field];
		if (kind === "array" ? !Array.isArray(value) : typeof value !== kind || value === null) return null;
	}
	if (Array.isArray(frame.events)) frame.events = frame.events.filter(isEvent);
	return frame as Downstream;
}

function isEvent(event: { offset?: unknown; kind?: unknown } | null): boolean {
	return typeof event?.offset === "number" && typeof event.kind === "string";
}
