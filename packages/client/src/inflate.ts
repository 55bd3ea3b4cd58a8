import { DEFLATE_TAG } from "@hubbub/protocol/wire/frame-tags.ts";
import type { Environment } from "./environment.ts";

/**
 * Puts text frames, compressed frames and the end of the link through in the order they came, although inflating takes a while
 * and text does not. While nothing is being inflated, all is handed on at once.
 */
export class FrameOrder {
	readonly #inflate: Environment["inflate"];
	readonly #text: (json: string) => void;
	readonly #broken: () => void;
	#tail: Promise<void> | null = null;

	/** `text` gets each frame's JSON; `broken` is called where compressed bytes cannot be read, since a lost batch is a hidden gap. */
	constructor(inflate: Environment["inflate"], text: (json: string) => void, broken: () => void) {
		this.#inflate = inflate;
		this.#text = text;
		this.#broken = broken;
	}

	/** Takes one message of the socket. Binary frames of other kinds are of a later version and are left out. */
	push(data: string | ArrayBuffer): void {
		if (typeof data === "string") return this.after(() => this.#text(data));
		const bytes = new Uint8Array(data);
		if (bytes[0] !== DEFLATE_TAG || !this.#inflate) return;
		// Inflating begins now, beside what is waiting; only the handing on waits its turn.
		const inflated = this.#inflate(bytes.subarray(1)).then(
			(json) => () => this.#text(json),
			() => () => this.#broken(),
		);
		this.#chain(async () => (await inflated)());
	}

	/** Runs `step` once everything that came before has been handed on. */
	after(step: () => void): void {
		if (this.#tail) this.#chain(step);
		else step();
	}

	#chain(step: () => void | Promise<void>): void {
		const tail = (this.#tail ?? Promise.resolve()).then(step).then(() => {
			if (this.#tail === tail) this.#tail = null;
		});
		this.#tail = tail;
	}
}
