/** What outlives a reload of the page, but not its tab. Storage that is closed or full costs remembering, nothing else. */
export interface TabMemory {
	/** Reads one remembered string; null where there is none. Never throws. */
	recall(key: string): string | null;
	/** Remembers one string, or forgets it (null). Never throws. */
	remember(key: string, value: string | null): void;
}
