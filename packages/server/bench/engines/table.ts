import { centrifugeDelayed, centrifugo } from "./centrifugo.ts";
import type { Engine } from "./engine.ts";
import { hubbub } from "./hubbub.ts";
import { nchan } from "./nchan.ts";
import { bunBatched, bunPublish, floor, socketIo, socketIoBatched, ws, wsBatched } from "./peers.ts";

/** Everything that can be measured, in the order of the tables. */
export const engines: readonly Engine[] = [
	hubbub,
	...[bunBatched, wsBatched, socketIoBatched, centrifugeDelayed],
	...[bunPublish, ws, socketIo, nchan, centrifugo],
	floor,
];
