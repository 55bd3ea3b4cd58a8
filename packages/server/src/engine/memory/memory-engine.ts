import type { Random } from "../../runtime/random.ts";
import type { Engine } from "../engine.ts";
import { MemoryLog } from "./memory-log.ts";
import { MemoryStore } from "./memory-store.ts";

/**
 * Opens an engine that forgets everything when the process ends.
 *
 * @example const engine = openMemoryEngine({ random: systemRandom });
 */
export function openMemoryEngine(options: { random: Random; onFault?: (words: string) => void }): Engine {
	const log = new MemoryLog({ random: options.random, onFault: options.onFault ?? (() => {}) });
	const store = new MemoryStore();
	return {
		log,
		store,
		stats: () => log.stats(),
		async close() {
			log.close();
			store.close();
		},
	};
}
