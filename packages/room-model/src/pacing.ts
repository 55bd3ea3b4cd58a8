import type { User } from "@hubbub/protocol/fields.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import { isStaff } from "@hubbub/protocol/wire/roles.ts";

/** Why and until when a reader waits before the next message. Times are monotonic milliseconds. */
export interface Wait {
	/** The code of the protocol that the server would refuse with, or did. */
	readonly code: string;
	readonly endsAtMs: number;
	/** How long the whole wait is, for the share of it that is left. */
	readonly totalMs: number;
}

const pacing: ReadonlySet<string> = new Set(["slow_mode", "rate_limited"]);

/** Whether a refusal is over when its wait is: nothing about the message has to be changed. */
export function endsWithWait(code: string): boolean {
	return pacing.has(code);
}

/**
 * How long a reader has to wait, as the server counts it: from their last message and the room's slow mode, known before anything is
 * refused, and from what the server answered.
 */
export class Pacing {
	#slowModeMs = 0;
	#isHeld = true;
	#saidAtMs = Number.NEGATIVE_INFINITY;
	#told: Wait | null = null;

	/** The room as it is now, and who the reader is in it. */
	know(settings: Pick<RoomSettings, "slowModeSeconds"> | null, user: User | null, nowMs: number): void {
		const slowModeMs = (settings?.slowModeSeconds ?? 0) * 1_000;
		// A slow mode that was made shorter, or ended, holds nobody longer than it says now.
		if (slowModeMs < this.#slowModeMs && this.#told?.code === "slow_mode")
			this.#told = { ...this.#told, endsAtMs: Math.min(this.#told.endsAtMs, nowMs + slowModeMs) };
		this.#slowModeMs = slowModeMs;
		this.#isHeld = user === null || !isStaff(user);
	}

	/** The reader's latest message, whenever that was. */
	said(atMs: number): void {
		this.#saidAtMs = Math.max(this.#saidAtMs, atMs);
	}

	/** Nothing is known any more: the reader is somebody else now. */
	forget(): void {
		this.#saidAtMs = Number.NEGATIVE_INFINITY;
		this.#told = null;
	}

	/** The server refused a message and said how long to wait. */
	told(code: string, retryAfterMs: number, nowMs: number): void {
		const endsAtMs = nowMs + retryAfterMs;
		if (this.#told === null || endsAtMs > this.#told.endsAtMs) this.#told = { code, endsAtMs, totalMs: retryAfterMs };
	}

	/** The wait under way, or null where the next message may go now. */
	wait(nowMs: number): Wait | null {
		const told = this.#told && (this.#isHeld || !endsWithWait(this.#told.code)) ? this.#told : null;
		const slowEndsAtMs = this.#isHeld && this.#slowModeMs > 0 ? this.#saidAtMs + this.#slowModeMs : Number.NEGATIVE_INFINITY;
		const longest = told && told.endsAtMs >= slowEndsAtMs ? told : { code: "slow_mode", endsAtMs: slowEndsAtMs, totalMs: this.#slowModeMs };
		return longest.endsAtMs > nowMs ? longest : null;
	}

	/** Seconds of the slow mode that holds for the reader; 0 where none does. */
	get slowModeSeconds(): number {
		return this.#isHeld ? this.#slowModeMs / 1_000 : 0;
	}
}
