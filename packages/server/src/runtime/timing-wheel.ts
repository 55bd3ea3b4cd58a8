import { Roster, type Rostered } from "./roster.ts";

/** What can be due keeps the slot it stands in. Only the wheel writes it. */
export interface Due extends Rostered {
	dueSlot?: number;
}

/**
 * Deadlines for very many things at one timer's cost: a ring of one-second slots, each a roster of what is due then. A session moves
 * by being put in another slot, so a connection costs no timer of its own.
 */
export class TimingWheel<T extends Due> {
	readonly #slots: Roster<T>[];
	readonly #slotMs: number;
	#turnedTo: number;
	/** What this turn has still to visit. */
	#due = new Set<T>();

	/** Holds deadlines up to `slots × slotMs` ahead; later ones are visited early, at the horizon. */
	constructor(options: { slots: number; slotMs: number; nowMs: number }) {
		this.#slots = Array.from({ length: options.slots }, () => new Roster<T>());
		this.#slotMs = options.slotMs;
		this.#turnedTo = Math.floor(options.nowMs / options.slotMs);
	}

	get size(): number {
		return this.#slots.reduce((sum, slot) => sum + slot.size, 0);
	}

	/** Makes `item` due at `atMs`, instead of when it was due before. */
	schedule(item: T, atMs: number): void {
		this.cancel(item);
		const ahead = Math.ceil(atMs / this.#slotMs) - this.#turnedTo;
		const slot = (this.#turnedTo + Math.min(Math.max(ahead, 1), this.#slots.length - 1)) % this.#slots.length;
		this.#slots[slot]?.add(item);
		item.dueSlot = slot;
	}

	cancel(item: T): void {
		this.#due.delete(item);
		if (item.dueSlot !== undefined) this.#slots[item.dueSlot]?.delete(item);
	}

	/** Hands over everything due by `nowMs`, once each. What is visited is out of the wheel until scheduled again. */
	turn(nowMs: number, visit: (item: T) => void): void {
		const target = Math.floor(nowMs / this.#slotMs);
		// After a long pause (SIGSTOP, suspend) one round visits everything; more rounds would find nothing.
		const first = Math.max(this.#turnedTo + 1, target - this.#slots.length + 1);
		for (let tick = first; tick <= target; tick++) {
			for (const item of this.#slots[tick % this.#slots.length]?.empty() ?? []) this.#due.add(item);
		}
		// Turned before anybody is visited: what is scheduled on a visit counts from now, and is not found again in this turn.
		this.#turnedTo = Math.max(this.#turnedTo, target);
		for (const item of this.#due) {
			this.#due.delete(item);
			visit(item);
		}
	}
}
