import type { Payload } from "@hubbub/protocol/codec.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Link } from "./link.ts";

/** What waits for one session alone: acks, joins, private words. Bounded; what one reader does not read costs nobody else. */
export class Outbound {
	readonly #link: Link;
	/** Null where nothing waits, which is almost always. */
	#waiting: (Payload & { kind: "text" })[] | null = null;
	#units = 0;

	constructor(link: Link) {
		this.#link = link;
	}

	/** Whether shared batches may be written: nothing private waits, and the link takes more. */
	get isClear(): boolean {
		return this.#waiting === null && this.#link.writable;
	}

	/** Sends a frame now or when the link takes it. False when too much is waiting already: the session is to be let go. */
	send(data: string, cursor: string | undefined): boolean {
		const payload = { kind: "text", data, cursor } as const;
		if (this.isClear) {
			this.#link.write(payload);
			return true;
		}
		this.#waiting ??= [];
		this.#waiting.push(payload);
		this.#units += data.length;
		const { length } = this.#waiting;
		return length <= serverLimits.directFramesMax && (this.#units <= serverLimits.directUnitsMax || length === 1);
	}

	/** Sends a batch that all viewers share. Only when `isClear`. */
	sendShared(payload: Payload): void {
		this.#link.write(payload);
	}

	/** Writes what waits while the link takes it. */
	flush(): void {
		const waiting = this.#waiting ?? [];
		let written = 0;
		while (written < waiting.length && this.#link.writable) {
			const payload = waiting[written++] as Payload & { kind: "text" };
			this.#units -= payload.data.length;
			this.#link.write(payload);
		}
		this.#waiting = written < waiting.length ? waiting.slice(written) : null;
	}
}
