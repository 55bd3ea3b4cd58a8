import * as limits from "@hubbub/protocol/wire/limits.ts";
import type { Rate } from "./token-bucket.ts";
import { TokenBucket } from "./token-bucket.ts";

/** People whose pace is remembered before those who have recovered are forgotten. */
const sweepEvery = 1_000;

interface Walker {
	readonly bucket: TokenBucket | null;
	/** Monotonic time of the last accepted message; −Infinity before the first. */
	saidAtMs: number;
	/** What `saidAtMs` was before the last place was taken. */
	saidBeforeMs: number;
}

/**
 * How fast each person has been writing in one room. The one part of a room's state that `decide` itself changes: a place is taken in the
 * same breath as the decision, so that two quick messages cannot both pass (SPEC RATE-2). Kept in memory only.
 */
export class WriteRates {
	/** Null until somebody has written: most rooms are only read. */
	#people: Map<string, Walker> | null = null;
	readonly #rate: Rate | null;
	#sweepAt = sweepEvery;

	/** `rate` is what one person may write; null is no limit. */
	constructor(rate: Rate | null) {
		this.#rate = rate;
	}

	/** People remembered. */
	get size(): number {
		return this.#people?.size ?? 0;
	}

	/** Milliseconds until `userId` may write again under slow mode of `slowModeMs`; 0 is now. Changes nothing. */
	slowModeWaitMs(userId: string, slowModeMs: number, nowMs: number): number {
		const saidAtMs = this.#people?.get(userId)?.saidAtMs ?? Number.NEGATIVE_INFINITY;
		return Math.max(0, Math.ceil(saidAtMs + slowModeMs - nowMs));
	}

	/** Takes a place for one message now; answers 0, or the milliseconds until there is one (and takes nothing). */
	take(userId: string, nowMs: number): number {
		const walker = this.#walker(userId, nowMs);
		const waitMs = walker.bucket?.take(nowMs) ?? 0;
		if (waitMs === 0) {
			walker.saidBeforeMs = walker.saidAtMs;
			walker.saidAtMs = nowMs;
		}
		return waitMs;
	}

	/** Gives the place back that was taken at `takenAtMs`: the message could not be kept. What was said since still counts. */
	giveBack(userId: string, takenAtMs: number): void {
		this.#people?.get(userId)?.bucket?.refund();
		this.unsay(userId, takenAtMs);
	}

	/** The message whose place was taken at `takenAtMs` is refused for its text: slow mode does not count from it, and the place stays taken. */
	unsay(userId: string, takenAtMs: number): void {
		const walker = this.#people?.get(userId);
		if (walker?.saidAtMs === takenAtMs) walker.saidAtMs = walker.saidBeforeMs;
	}

	/** Notes a message this process did not decide on: said on another node, or before a restart. */
	noteSaid(userId: string, saidAtMs: number): void {
		const walker = this.#walker(userId, saidAtMs);
		walker.saidAtMs = Math.max(walker.saidAtMs, saidAtMs);
	}

	#walker(userId: string, nowMs: number): Walker {
		this.#people ??= new Map();
		const known = this.#people.get(userId);
		if (known) return known;
		if (this.#people.size >= this.#sweepAt) this.#sweep(this.#people, nowMs);
		const bucket = this.#rate && new TokenBucket(this.#rate, nowMs);
		const walker = { bucket, saidAtMs: Number.NEGATIVE_INFINITY, saidBeforeMs: Number.NEGATIVE_INFINITY };
		this.#people.set(userId, walker);
		return walker;
	}

	/** Forgets whoever is held back by nothing any more. Slow mode is at most 5 minutes. */
	#sweep(people: Map<string, Walker>, nowMs: number): void {
		for (const [userId, walker] of people) {
			if (nowMs - walker.saidAtMs > limits.slowModeSecondsMax * 1_000 && (walker.bucket?.isFull(nowMs) ?? true)) people.delete(userId);
		}
		this.#sweepAt = people.size + sweepEvery;
	}
}
