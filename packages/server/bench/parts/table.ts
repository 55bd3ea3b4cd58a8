import { ack } from "./ack.ts";
import { bundles } from "./bundles.ts";
import { compressed } from "./compressed.ts";
import { fanoutBusy, fanoutQuiet } from "./fanout.ts";
import { history } from "./history.ts";
import { idle } from "./idle.ts";
import type { Part } from "./part.ts";
import { pollingCache } from "./polling-cache.ts";
import { replay } from "./replay.ts";
import { soak } from "./soak.ts";
import { stalled } from "./stalled.ts";
import { storm } from "./storm.ts";
import { transports } from "./transports.ts";

/** Every part, in the order of a whole run. */
export const parts: readonly Part[] = [
	fanoutBusy,
	fanoutQuiet,
	compressed,
	idle,
	stalled,
	storm,
	ack,
	history,
	replay,
	bundles,
	soak,
	pollingCache,
	transports,
];
