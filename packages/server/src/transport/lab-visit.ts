import * as limits from "@hubbub/protocol/wire/limits.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Tracked } from "../session/session-table.ts";

interface Socket {
	readonly data: { readonly address: string };
	ping(): void;
	close(code: number, reason: string): void;
	terminate(): void;
}

/** A socket of the lab as the table keeps it: it counts for its address, is let go when it is silent, and leaves with everybody. */
export class LabVisit implements Tracked {
	readonly address: string;
	readonly #socket: Socket;
	readonly #checkIn: (visit: LabVisit, delayMs: number) => void;
	#unanswered = 0;

	constructor(socket: Socket, checkIn: (visit: LabVisit, delayMs: number) => void) {
		this.address = socket.data.address;
		this.#socket = socket;
		this.#checkIn = checkIn;
	}

	/** Anything came in. */
	heard(): void {
		this.#unanswered = 0;
	}

	check(): void {
		if (this.#unanswered >= serverLimits.heartbeatsMissedMax) return this.#socket.terminate();
		this.#unanswered++;
		this.#socket.ping();
		this.#checkIn(this, limits.heartbeatMs);
	}

	bye(): void {
		this.#socket.close(1001, "The server is restarting.");
	}

	pardon(): void {}
}
