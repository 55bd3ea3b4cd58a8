import type { Clock } from "../../runtime/clock.ts";
import { engineLimits } from "../limits.ts";
import type { Operation, Outcome } from "./messages.ts";
import type { StorageThread } from "./storage-thread.ts";

interface Pending {
	readonly operation: Operation;
	readonly units: number;
	readonly settle: (outcome: Outcome) => void;
}

interface Batch {
	readonly pendings: readonly Pending[];
	/** A batch that was with a thread when it died goes once more to the next one; two deaths are its own fault. */
	tries: "first" | "again";
}

/**
 * Collects writes and hands them over together: one batch on its way, one transaction. After a quiet moment a write goes at once; what
 * follows is gathered for `gatherMs`, or until the disk is done with the last batch where that takes longer.
 */
export class CommitQueue {
	readonly #thread: StorageThread;
	readonly #clock: Clock;
	readonly #onSettled: () => void;
	#waiting: Pending[] = [];
	#inFlight: Batch | null = null;
	#flushPlanned = false;
	/** When the last batch was handed over, monotonic. */
	#postedAtMs = Number.NEGATIVE_INFINITY;
	#closing: (() => void) | null = null;
	#state: "open" | "closed" = "open";
	#count = 0;
	#units = 0;
	#batches = 0;
	#failed = 0;

	/** `onSettled` is called after all writes of a batch were settled, in order. */
	constructor(options: { thread: StorageThread; clock: Clock; onSettled: () => void }) {
		this.#thread = options.thread;
		this.#clock = options.clock;
		this.#onSettled = options.onSettled;
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
		if (!this.#inFlight) this.#planFlush();
	}

	/** Milliseconds until the next batch may go over. */
	get #restMs(): number {
		return this.#state === "closed" ? 0 : this.#postedAtMs + engineLimits.gatherMs - this.#clock.monotonicMs();
	}

	#planFlush(): void {
		if (this.#flushPlanned) return;
		this.#flushPlanned = true;
		const flush = () => {
			this.#flushPlanned = false;
			this.#flush();
		};
		const restMs = this.#restMs;
		if (restMs > 0) this.#clock.after(restMs, flush);
		// What the same turn brings goes along.
		else queueMicrotask(flush);
	}

	/** The thread's answer to the batch on its way. */
	onCommitted(outcomes: readonly Outcome[]): void {
		const batch = this.#inFlight;
		if (!batch) return;
		this.#inFlight = null;
		this.#batches++;
		this.#thread.proven();
		// Handed over first, so that the disk works while the answers are given out.
		if (this.#restMs <= 0) this.#flush();
		else if (this.#waiting.length > 0) this.#planFlush();
		for (const [index, pending] of batch.pendings.entries()) this.#settle(pending, outcomes[index]!);
		this.#onSettled();
		this.#finish();
	}

	/** The thread is open again. */
	onReady(): void {
		if (this.#inFlight) this.#post(this.#inFlight);
		else this.#flush();
	}

	/** The thread died. Writes wait for the next one where it is near; a batch that killed two threads fails. */
	onLost(next: "restarting" | "down", detail: string): void {
		const lost = this.#inFlight;
		if (lost && next === "restarting" && lost.tries === "first") lost.tries = "again";
		else if (lost) {
			this.#inFlight = null;
			this.#fail(lost.pendings, detail);
		}
		if (next === "down") this.#fail(this.#waiting.splice(0), detail);
		this.#finish();
	}

	/** Takes nothing more in; resolves when all that was taken in is settled. */
	close(): Promise<void> {
		this.#state = "closed";
		return new Promise((resolve) => {
			this.#closing = resolve;
			this.#finish();
		});
	}

	stats(): { waiting: number; waitingUnits: number; batches: number; failed: number } {
		return { waiting: this.#count, waitingUnits: this.#units, batches: this.#batches, failed: this.#failed };
	}

	#refusal(units: number): Outcome | null {
		const thread = this.#thread.state;
		if (this.#state === "closed" || thread === "closed") return { outcome: "failed", reason: "unavailable", detail: "The log is closed." };
		if (thread === "down") return { outcome: "failed", reason: "unavailable", detail: "The storage thread could not be started." };
		if (this.#count < engineLimits.waitingWritesMax && this.#units + units <= engineLimits.waitingUnitsMax) return null;
		return { outcome: "failed", reason: "overloaded", detail: "Too many writes are waiting for the disk." };
	}

	#flush(): void {
		if (this.#inFlight || this.#waiting.length === 0 || this.#thread.state !== "running") return;
		this.#postedAtMs = this.#clock.monotonicMs();
		const pendings = this.#waiting.splice(0, engineLimits.batchWritesMax);
		this.#inFlight = { pendings, tries: "first" };
		this.#post(this.#inFlight);
	}

	#post(batch: Batch): void {
		this.#thread.post({ type: "batch", operations: batch.pendings.map(({ operation }) => operation), again: batch.tries === "again" });
	}

	#settle(pending: Pending, outcome: Outcome): void {
		this.#count--;
		this.#units -= pending.units;
		if (outcome.outcome === "failed") this.#failed++;
		pending.settle(outcome);
	}

	#fail(pendings: readonly Pending[], detail: string): void {
		for (const pending of pendings) this.#settle(pending, { outcome: "failed", reason: "unavailable", detail });
	}

	#finish(): void {
		if (this.#count > 0) return;
		this.#closing?.();
		this.#closing = null;
	}
}
