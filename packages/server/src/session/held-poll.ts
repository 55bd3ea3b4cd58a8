import { decodeCursor, type Position } from "@hubbub/protocol/cursor.ts";
import type { Answer } from "../host/answer.ts";
import type { View } from "../host/channel.ts";
import type { Reader } from "../host/reader.ts";
import type { RoomHost } from "../host/room-host.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";

/** The polls being held on this node. A held poll is a reader like any other, woken once. */
export class HeldPolls {
	readonly #clock: Clock;
	#held = 0;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	get size(): number {
		return this.#held;
	}

	/** Answers at once, as of the last whole second: the same to everyone with this cursor (SPEC POLL-4). Throws `LogUnavailable`. */
	glance(host: RoomHost, view: View, cursor: string | undefined): Promise<Answer> {
		return host.answers(view).asOfSecond(cursor === undefined ? null : decodeCursor(cursor), this.#clock.wallMs());
	}

	/**
	 * Answers as soon as there is something after the cursor, or after `waitMs` with nothing; at once where too many polls are held
	 * already (SPEC POLL-3). Throws `LogUnavailable`. When `signal` aborts, whoever asked is gone.
	 */
	async hold(host: RoomHost, view: View, cursor: string | undefined, waitMs: number, signal: AbortSignal): Promise<Answer> {
		const after = cursor === undefined ? null : decodeCursor(cursor);
		const answer = await host.answers(view).now(after, this.#clock.wallMs());
		if (answer.isNews || waitMs === 0 || signal.aborted || this.#held >= serverLimits.pollsHeldMax) return answer;
		await this.#untilNews(host, view, after, waitMs, signal);
		return host.answers(view).now(after, this.#clock.wallMs());
	}

	#untilNews(host: RoomHost, view: View, after: Position | null, waitMs: number, signal: AbortSignal): Promise<void> {
		this.#held++;
		return new Promise((resolve) => {
			const done = () => {
				this.#held--;
				host.release(reader, view);
				stopTimer();
				signal.removeEventListener("abort", done);
				resolve();
			};
			const reader: Reader = {
				codec: "json",
				wake() {
					if (host.channel(view).window.through > (after?.offset ?? 0)) done();
				},
			};
			const stopTimer = this.#clock.after(waitMs, done);
			signal.addEventListener("abort", done);
			host.admit(reader, view);
		});
	}
}
