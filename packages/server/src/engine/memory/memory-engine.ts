import { type Clock, systemClock } from "../../runtime/clock.ts";
import type { Random } from "../../runtime/random.ts";
import type { Engine } from "../engine.ts";
import { LocalPresence } from "../local-presence.ts";
import { MemoryLog } from "./memory-log.ts";
import { MemoryStore } from "./memory-store.ts";

/**
 * Opens an engine that forgets everything when the process ends.
 *
 * @example const engine = openMemoryEngine({ random: systemRandom });
 */
export function openMemoryEngine(options: { random: Random; clock?: Clock; onFault?: (words: string) => void }): Engine {
	const log = new MemoryLog({ random: options.random, clock: options.clock ?? systemClock, onFault: options.onFault ?? (() => {}) });
	const store = new MemoryStore();
	return {
		log,
		store,
		directory: log,
		presence: new LocalPresence(),
		trouble: () => null,
		stats: () => log.stats(),
		async close() {
			log.close();
			store.close();
		},
	};
}
