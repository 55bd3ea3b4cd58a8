import type { Fate } from "@hubbub/protocol/downstream.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import type { Position } from "@hubbub/protocol/wire/cursor.ts";
import { Quantiles } from "./quantiles.ts";

/** What became of one message that was sent. */
export type Outcome =
	| { readonly kind: "ack"; readonly fate: Fate; readonly ms: number; readonly position: Position | null }
	| { readonly kind: "reject"; readonly code: Code }
	/** The connection ended, or the wait did, before an answer came. */
	| { readonly kind: "unanswered" };

/**
 * The books of one run. Every entry of the recording ends in exactly one place: skipped, for a reason, or sent; and every message sent
 * ends acknowledged, rejected or unanswered.
 */
export class Tally {
	readonly ackMs = new Quantiles();
	readonly fates = new Map<Fate, number>();
	readonly rejected = new Map<Code, number>();
	readonly skipped = new Map<string, number>();
	#sent = 0;
	#unanswered = 0;

	/** Messages that were handed to a socket. */
	get sent(): number {
		return this.#sent;
	}

	get acknowledged(): number {
		return sum(this.fates);
	}

	get unanswered(): number {
		return this.#unanswered;
	}

	/** Messages sent whose outcome is still open. */
	get open(): number {
		return this.#sent - this.acknowledged - sum(this.rejected) - this.#unanswered;
	}

	noteSent(): void {
		this.#sent++;
	}

	noteOutcome(outcome: Outcome): void {
		switch (outcome.kind) {
			case "ack":
				this.ackMs.record(outcome.ms);
				add(this.fates, outcome.fate, 1);
				return;
			case "reject":
				add(this.rejected, outcome.code, 1);
				return;
			case "unanswered":
				this.#unanswered++;
				return;
			default:
				outcome satisfies never;
		}
	}

	/** Books `count` entries that are not played, for `reason` in a word or a few. */
	noteSkipped(reason: string, count = 1): void {
		if (count > 0) add(this.skipped, reason, count);
	}

	/** Whether everything adds up to `total` entries, and nothing sent is left without an outcome. */
	account(total: number): { played: number; skipped: number; total: number; balanced: boolean } {
		const skipped = sum(this.skipped);
		return { played: this.#sent, skipped, total, balanced: this.#sent + skipped === total && this.open === 0 };
	}
}

function add<K>(counts: Map<K, number>, key: K, count: number): void {
	counts.set(key, (counts.get(key) ?? 0) + count);
}

function sum(counts: ReadonlyMap<unknown, number>): number {
	let total = 0;
	for (const count of counts.values()) total += count;
	return total;
}
