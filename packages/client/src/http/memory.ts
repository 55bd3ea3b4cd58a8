import type { TokenStorage } from "../identity.ts";
import type { TransportName } from "../transport.ts";
import { rungs } from "./ladder.ts";

/** What worked in one network may not in the next, so it is forgotten after a day. */
export const keptMs = 24 * 3_600_000;

/** Where it is kept what works in this network. Storage may be missing, full or forbidden. */
export interface Memory {
	readonly storage: TokenStorage | null;
	readonly key: string;
}

/** What worked here within a day; null for the best, and where nothing usable is kept. */
export function recall({ storage, key }: Memory, nowMs: number): TransportName | null {
	try {
		const { transport, until } = JSON.parse(storage?.getItem(key) ?? "{}");
		return rungs.includes(transport) && until > nowMs && until <= nowMs + keptMs ? transport : null;
	} catch {
		return null;
	}
}

/** Keeps `transport`; the best one needs no keeping. */
export function remember({ storage, key }: Memory, transport: TransportName, nowMs: number): void {
	try {
		if (transport === rungs[0]) storage?.removeItem(key);
		else storage?.setItem(key, JSON.stringify({ transport, until: nowMs + keptMs }));
	} catch {
		// The next visit finds out again.
	}
}
