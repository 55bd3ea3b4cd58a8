import type { RoomEvent } from "@hubbub/protocol/event.ts";
import { isStaff } from "@hubbub/protocol/wire/roles.ts";
import type { LoggedEvent } from "../fanout/lane.ts";
import { type Sampled, Sampler } from "../fanout/sample.ts";
import { serverLimits } from "../runtime/limits.ts";

const shown: Sampled = { verdict: "shown" };

/**
 * What a room's budget makes of each of its events, as a fold over the log: by the events and their own times alone, so that every node that
 * reads the log comes to the same. One that opens a room begins with the latest events it has; where those are all there are, or the room has
 * been within its budget, that is no difference.
 */
export class Verdicts {
	readonly #deliveryBudget: number;
	// Most rooms are quiet, and there are thousands: what only a busy one needs is made when it does.
	#sampler: Sampler | null = null;
	/** Offsets of the latest messages that were not shown. */
	#unshown: Set<number> | null = null;

	/** `deliveryBudget` is what a room has that was given none. */
	constructor(deliveryBudget: number) {
		this.#deliveryBudget = deliveryBudget;
	}

	/** The verdict on the next event of a room whose budget is `budget` by now. `recent` answers the latest events up to this one, this one included. */
	take(event: RoomEvent, budget: number, recent: () => readonly LoggedEvent[]): Sampled {
		if (!isHeldToBudget(event)) {
			if (this.#sampler) setBudget(this.#sampler, event);
			return shown;
		}
		this.#sampler ??= this.#fold(recent(), event, budget);
		const sampled = takeOne(this.#sampler, event);
		if (sampled.verdict !== "shown") this.#remember(event.offset);
		return sampled;
	}

	/** Whether a message was left out of the live view, as far back as that is remembered. */
	isUnshown(offset: number): boolean {
		return this.#unshown?.has(offset) ?? false;
	}

	#fold(recent: readonly LoggedEvent[], next: RoomEvent, budget: number): Sampler {
		const sampler = new Sampler(recent[0]?.event.offset === 1 ? this.#deliveryBudget : budgetAmong(recent, budget));
		for (const { event } of recent) {
			if (event.offset >= next.offset) break;
			if (isHeldToBudget(event)) takeOne(sampler, event);
			else setBudget(sampler, event);
		}
		return sampler;
	}

	#remember(offset: number): void {
		this.#unshown ??= new Set();
		this.#unshown.add(offset);
		for (const oldest of this.#unshown) {
			if (this.#unshown.size <= serverLimits.unshownMax) break;
			this.#unshown.delete(oldest);
		}
	}
}

/** The budget that held among these: the first that was set there, or else what holds now. */
function budgetAmong(recent: readonly LoggedEvent[], now: number): number {
	for (const { event } of recent)
		if (event.kind === "settings" && event.settings.deliveryBudget !== undefined) return event.settings.deliveryBudget;
	return now;
}

type MessageEvent = RoomEvent & { kind: "message" };

/** Chat is; what those who run the room say, and everything that is not chat, never is. */
function isHeldToBudget(event: RoomEvent): event is MessageEvent {
	return event.kind === "message" && !isStaff(event.from);
}

function takeOne(sampler: Sampler, { id, from, text, at }: MessageEvent): Sampled {
	return sampler.take({ id, authorId: from.id, text }, at);
}

function setBudget(sampler: Sampler, event: RoomEvent): void {
	if (event.kind === "settings" && event.settings.deliveryBudget !== undefined) sampler.perSecond = event.settings.deliveryBudget;
}
