import { briefMs, type Leg } from "../route.ts";
import type { Fault } from "../transport.ts";

/** What the end of a link says of its way. */
export function faultOf({ end, bye, livedMs }: Leg, isOnline: boolean): Fault {
	if (!isOnline) return "other";
	if (end.fault) return end.fault;
	// The server heard nothing: what was sent to it did not pass. Its other reasons are its own.
	if (bye) return bye.code === "silent" ? "silent" : "other";
	if (livedMs === null) return "refused";
	return livedMs < briefMs ? "cut" : "other";
}
