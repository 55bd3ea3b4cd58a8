const listeners = new Set<() => void>();

/**
 * Loads a part of the pages that is a file of its own, and once more where that fails, since once may be chance. Rejects where it cannot be had:
 * the network is away, or the page is older than anything that the server still has.
 *
 * @example const { Theatre } = await part(() => import("./theatre.ts"));
 */
export async function part<Module>(load: () => Promise<Module>): Promise<Module> {
	try {
		return await load().catch(() => load());
	} catch (error) {
		for (const listener of [...listeners]) listener();
		throw error;
	}
}

/** Calls `listener` whenever a part could not be had. Returns how to stop. */
export function onMissingPart(listener: () => void): () => void {
	listeners.add(listener);
	return () => listeners.delete(listener);
}
