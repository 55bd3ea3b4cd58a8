import type { Clock } from "@hubbub/room-model/clock.ts";

export type { Clock };

/** The browser's own clock. */
export const browserClock: Clock = {
	monotonic: () => performance.now(),
	wall: () => Date.now(),
	after(ms, run) {
		const timer = setTimeout(run, ms);
		return () => clearTimeout(timer);
	},
};
