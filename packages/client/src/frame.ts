import type { Downstream } from "@hubbub/protocol/downstream.ts";

/** The fields without which reading a known frame would fail. */
const required = new Map<unknown, readonly string[]>(
	Object.entries({
		welcome: ["user", "heartbeatMs", "limits"],
		joined: ["cursor", "state", "events"],
		left: [],
		batch: ["cursor", "events"],
		ack: ["id", "cursor", "fate"],
		reject: ["code", "message"],
		gap: ["to"],
		bye: ["code", "message"],
		pong: [],
	} satisfies Record<Downstream["type"], readonly string[]>),
);

/**
 * Reads one downstream frame from its JSON. Null for what a client of version 1 does not know or cannot use: types of later
 * versions, and what some proxy put in between. Never throws.
 */
export function readFrame(json: string): Downstream | null {
	const frame = parseObject(json);
	const fields = required.get(frame?.type);
	if (!frame || !fields || fields.some((field) => (frame[field] ?? null) === null)) return null;
	if ("events" in frame) {
		if (!Array.isArray(frame.events)) return null;
		frame.events = frame.events.filter(isEvent);
	}
	return frame as unknown as Downstream;
}

/** JSON text of an object; null for anything else. */
export function parseObject(json: string): Record<string, unknown> | null {
	try {
		const parsed: unknown = JSON.parse(json);
		return typeof parsed === "object" && !Array.isArray(parsed) ? (parsed as Record<string, unknown> | null) : null;
	} catch {
		return null;
	}
}

/** Whether it has what every event has. */
export function isEvent(event: { offset?: unknown; kind?: unknown } | null): boolean {
	return typeof event?.offset === "number" && typeof event.kind === "string";
}
