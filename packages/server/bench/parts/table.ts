import { ack } from "./ack.ts";
import { bundles } from "./bundles.ts";
import { compressed } from "./compressed.ts";
import { curve } from "./curve.ts";
import { fanoutBusy, fanoutQuiet } from "./fanout.ts";
import { history } from "./history.ts";
import { idle } from "./idle.ts";
import { joins } from "./joins.ts";
import { page } from "./page.ts";
import { pageMemory } from "./page-memory.ts";
import type { Part } from "./part.ts";
import { pollingCache } from "./polling-cache.ts";
import { replay } from "./replay.ts";
import { rooms } from "./rooms.ts";
import { soak } from "./soak.ts";
import { stalled } from "./stalled.ts";
import { storm } from "./storm.ts";
import { text } from "./text.ts";
import { transports } from "./transports.ts";

/** Every part, in the order of a whole run. */
export const parts: readonly Part[] = [
	fanoutBusy,
	fanoutQuiet,
	compressed,
	idle,
	joins,
	rooms,
	stalled,
	storm,
	ack,
	text,
	history,
	replay,
	bundles,
	page,
	pageMemory,
	curve,
	soak,
	pollingCache,
	transports,
];
