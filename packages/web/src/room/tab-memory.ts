import type { TabMemory } from "@hubbub/room-model/tab-memory.ts";

/** The browser's own, in `sessionStorage`. */
export const tabMemory: TabMemory = {
	recall(key) {
		try {
			return sessionStorage.getItem(key);
		} catch {
			return null;
		}
	},
	remember(key, value) {
		try {
			if (value === null) sessionStorage.removeItem(key);
			else sessionStorage.setItem(key, value);
		} catch {
			// Closed or full: what is in the page's memory lasts until the page is left.
		}
	},
};
