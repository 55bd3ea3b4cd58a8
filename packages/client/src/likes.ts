import * as limits from "@hubbub/protocol/wire/limits.ts";
import type { Environment } from "./environment.ts";

/** Likes of one room go out at most this often. */
export const likeEveryMs = 1_000;
/** Likes that may wait: a tap is applause for this moment, not a debt. */
const waitingMax = limits.likesPerFrameMax * 10;

/** Sums likes on this side: the first goes out at once, the rest of a second together. */
export class LikeMeter {
	readonly #environment: Pick<Environment, "setTimeout">;
	readonly #send: (count: number) => boolean;
	#waiting = 0;
	#resting = false;

	/** `send` puts one frame of `count` (at most `likesPerFrameMax`) on the wire, or answers false where that cannot be done now. */
	constructor(environment: Pick<Environment, "setTimeout">, send: (count: number) => boolean) {
		this.#environment = environment;
		this.#send = send;
	}

	/** Adds `count` likes; anything but a whole number from 1 is ignored. */
	add(count: number): void {
		if (!Number.isSafeInteger(count) || count < 1) return;
		this.#waiting = Math.min(this.#waiting + count, waitingMax);
		this.flush();
	}

	/** Sends what waits, if a second has passed since the last frame and the room can be reached. */
	flush(): void {
		const count = Math.min(this.#waiting, limits.likesPerFrameMax);
		if (this.#resting || count === 0 || !this.#send(count)) return;
		this.#waiting -= count;
		this.#resting = true;
		this.#environment.setTimeout(() => {
			this.#resting = false;
			this.flush();
		}, likeEveryMs);
	}
}
