/** Listeners by type of event. `Events` maps each type to what its listeners get. */
export class Emitter<Events extends object> {
	readonly #listeners = new Map<keyof Events, Set<(value: never) => void>>();

	/** Calls `listener` at every event of `type` from now on. Returns how to stop; stopping twice is harmless. Throws a `TypeError` for no function. */
	on<Type extends keyof Events>(type: Type, listener: (value: Events[Type]) => void): () => void {
		if (typeof listener !== "function") throw new TypeError("A listener must be a function.");
		// Wrapped, so that one function given twice is two listeners and each can be stopped alone.
		const entry = (value: Events[Type]) => listener(value);
		const entries = this.#listeners.get(type) ?? new Set();
		this.#listeners.set(type, entries.add(entry));
		return () => entries.delete(entry);
	}

	/** Calls the listeners in the order they came. One that throws is reported like any uncaught error and stops nothing. */
	emit<Type extends keyof Events>(type: Type, value: Events[Type]): void {
		for (const listener of [...(this.#listeners.get(type) ?? [])]) {
			try {
				(listener as (value: Events[Type]) => void)(value);
			} catch (error) {
				// The state of the connection must not suffer from a page's mistake, which still reaches the console.
				queueMicrotask(() => {
					throw error;
				});
			}
		}
	}
}
