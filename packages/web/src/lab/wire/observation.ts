/**
 * What the server's lab tells of its bytes, as JSON on `/lab/wire` (`server/src/lab/wire.ts` is the other end). `atMs` counts
 * milliseconds from the moment the connection was begun.
 */
export type Observation = { readonly atMs: number } & (
	| { readonly saw: "request"; readonly text: string; readonly bytes: number }
	| { readonly saw: "response"; readonly text: string; readonly bytes: number }
	| { readonly saw: "accept"; readonly key: string; readonly guid: string; readonly expected: string; readonly matches: boolean }
	| FrameSeen
	| { readonly saw: "state"; readonly readyState: ReadyState }
	| { readonly saw: "mistake"; readonly words: string }
);

/** One frame, with the first bytes of its payload. */
export interface FrameSeen {
	readonly saw: "frame";
	readonly from: "client" | "server";
	readonly fin: boolean;
	readonly opcode: number;
	/** Hexadecimal, null where the frame is not masked. */
	readonly mask: string | null;
	readonly headerBytes: number;
	readonly payloadBytes: number;
	/** Pairs of hexadecimal digits with spaces between: the header and what is shown of the payload, as they were on the wire. */
	readonly hex: string;
	/** The payload's beginning as text, null for binary frames. */
	readonly text: string | null;
	readonly closeCode: number | null;
}

/** CONNECTING, OPEN, CLOSING, CLOSED. */
export type ReadyState = 0 | 1 | 2 | 3;

/** What the page may have the lab's client do. */
export type LabCommand =
	| { readonly do: "open" }
	| { readonly do: "text"; readonly text: string }
	| { readonly do: "binary"; readonly bytes: number }
	| { readonly do: "ping"; readonly text: string }
	| { readonly do: "close"; readonly code: number; readonly reason: string }
	| { readonly do: "drop" };

/** Longest payload the lab writes, in bytes. */
export const payloadBytesMax = 70_000;
/** Longest reason of a close, in UTF-16 units: at most 120 bytes, so that it fits a control frame (RFC 6455 section 5.5). */
export const reasonUnitsMax = 40;

/** An observation from its JSON; null for anything else, such as news of a newer server. */
export function readObservation(json: string): Observation | null {
	try {
		const seen = JSON.parse(json) as Observation | null;
		return typeof seen?.saw === "string" && typeof seen.atMs === "number" ? seen : null;
	} catch {
		return null;
	}
}
