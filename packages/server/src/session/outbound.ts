import type { Payload } from "@hubbub/protocol/codec.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Link } from "./link.ts";

/** What waits for one session alone: acks, joins, private words. Bounded; what one reader does not read costs nobody else. */
export class Outbound {
	readonly #link: Link;
	#waiting: (Payload & { kind: "text" })[] = [];
	#units = 0;

	constructor(link: Link) {
		this.#link = link;
	}

	/** Whether shared batches may be written: nothing private waits, and the link takes more. */
	get isClear(): boolean {
		return this.#waiting.length === 0 && this.#link.writable;
	}

	/** Sends a frame now or when the link takes it. False when too much is waiting already: the session is to be let go. */
	send(data: string, cursor: string | undefined): boolean {
		const payload = { kind: "text", data, cursor } as const;
		if (this.isClear) {
			this.#link.write(payload);
			return true;
		}
		this.#waiting.push(payload);
		this.#units += data.length;
		return (
			this.#waiting.length <= serverLimits.directFramesMax && (this.#units <= serverLimits.directUnitsMax || this.#waiting.length === 1)
		);
	}

	/** Sends a batch that all viewers share. Only when `isClear`. */
	sendShared(payload: Payload): void {
		this.#link.write(payload);
	}

	/** Writes what waits while the link takes it. */
	flush(): void {
		let written = 0;
		while (written < this.#waiting.length && this.#link.writable) {
			const payload = this.#waiting[written++] as Payload & { kind: "text" };
			this.#units -= payload.data.length;
			this.#link.write(payload);
		}
		if (written > 0) this.#waiting = this.#waiting.slice(written);
	}
}
