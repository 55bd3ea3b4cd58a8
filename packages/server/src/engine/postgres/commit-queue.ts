import type { Clock } from "../../runtime/clock.ts";
import { engineLimits } from "../limits.ts";
import { type Committed, failed, type Operation, type Outcome } from "./operations.ts";

interface Pending {
	readonly operation: Operation;
	readonly units: number;
	readonly settle: (outcome: Outcome) => void;
}

export interface CommitQueueOptions {
	readonly clock: Clock;
	/** Makes one transaction of a batch. Never rejects. */
	readonly commit: (operations: readonly Operation[]) => Promise<Committed>;
	/** Hears of a batch before its writes are settled, and after. */
	readonly onCommitted: (committed: Committed) => void;
	readonly onSettled: () => void;
}

/**
 * Collects writes and hands them over together: one batch on its way, one transaction, whatever rooms it is of. After a quiet moment a write
 * goes at once; what follows is gathered for `gatherMs`, or until PostgreSQL is done with the last batch where that takes longer.
 */
export class CommitQueue {
	readonly #options: CommitQueueOptions;
	#waiting: Pending[] = [];
	#phase: "idle" | "planned" | "committing" = "idle";
	/** When the last batch was handed over, monotonic. */
	#postedAtMs = Number.NEGATIVE_INFINITY;
	#state: "open" | "closed" = "open";
	#whenEmpty: (() => void)[] = [];
	#count = 0;
	#units = 0;
	#batches = 0;
	#failed = 0;

	constructor(options: CommitQueueOptions) {
		this.#options = options;
	}

	/** Takes a write in. `settle` is called exactly once, at once where the write cannot be taken. `units` is what it holds in memory. */
	submit(operation: Operation, units: number, settle: (outcome: Outcome) => void): void {
		const refusal = this.#refusal(units);
		if (refusal) {
			this.#failed++;
			settle(refusal);
			return;
		}
		this.#count++;
		this.#units += units;
		this.#waiting.push({ operation, units, settle });
		this.#plan();
	}

	/** Takes nothing more in; resolves when all that was taken in is settled. */
	close(): Promise<void> {
		this.#state = "closed";
		return new Promise((resolve) => {
			this.#whenEmpty.push(resolve);
			this.#finish();
		});
	}

	stats(): { waiting: number; waitingUnits: number; batches: number; failed: number } {
		return { waiting: this.#count, waitingUnits: this.#units, batches: this.#batches, failed: this.#failed };
	}

	#refusal(units: number): Outcome | null {
		if (this.#state === "closed") return failed("The log is closed.");
		if (this.#count < engineLimits.waitingWritesMax && this.#units + units <= engineLimits.waitingUnitsMax) return null;
		return { outcome: "failed", reason: "overloaded", detail: "Too many writes are waiting for PostgreSQL." };
	}

	#plan(): void {
		if (this.#phase !== "idle" || this.#waiting.length === 0) return;
		this.#phase = "planned";
		const { clock } = this.#options;
		const restMs = this.#state === "closed" ? 0 : this.#postedAtMs + engineLimits.gatherMs - clock.monotonicMs();
		if (restMs > 0) clock.after(restMs, () => void this.#flush());
		// What the same turn brings goes along.
		else queueMicrotask(() => void this.#flush());
	}

	async #flush(): Promise<void> {
		const { clock, commit, onCommitted, onSettled } = this.#options;
		this.#phase = "committing";
		this.#postedAtMs = clock.monotonicMs();
		const pendings = this.#waiting.splice(0, engineLimits.batchWritesMax);
		const committed = await commit(pendings.map(({ operation }) => operation));
		this.#phase = "idle";
		this.#batches++;
		// Handed over first, so that PostgreSQL works while the answers are given out.
		this.#plan();
		onCommitted(committed);
		for (const [index, pending] of pendings.entries()) this.#settle(pending, committed.outcomes[index]!);
		onSettled();
		this.#finish();
	}

	#settle(pending: Pending, outcome: Outcome): void {
		this.#count--;
		this.#units -= pending.units;
		if (outcome.outcome === "failed") this.#failed++;
		pending.settle(outcome);
	}

	#finish(): void {
		if (this.#count > 0) return;
		for (const resolve of this.#whenEmpty.splice(0)) resolve();
	}
}
