import type { Piece } from "./links.ts";

/** Most messages hold no link; the finder of links is fetched with the first one that may. */
const mayHoldLink = /https?:\/\/|www\./i;

type Finder =
	| { readonly phase: "absent" }
	| { readonly phase: "coming" }
	| { readonly phase: "here"; readonly find: (text: string) => Piece[] };

/** Cuts texts into pieces, plain until the finder of links has come; `onReady` then asks for a second look. */
export class TextPieces {
	#finder: Finder = { phase: "absent" };
	readonly #onReady: () => void;

	constructor(onReady: () => void) {
		this.#onReady = onReady;
	}

	/** Changes when texts have to be cut again. */
	get version(): string {
		return this.#finder.phase === "here" ? "links" : "plain";
	}

	cut(text: string): readonly Piece[] {
		if (!mayHoldLink.test(text)) return [{ kind: "text", text }];
		if (this.#finder.phase === "here") return this.#finder.find(text);
		if (this.#finder.phase === "absent") {
			this.#finder = { phase: "coming" };
			import("./links.ts").then(
				({ linkPieces }) => {
					this.#finder = { phase: "here", find: linkPieces };
					this.#onReady();
				},
				// The network is away: the text stays readable, and the next one tries again.
				() => {
					this.#finder = { phase: "absent" };
				},
			);
		}
		return [{ kind: "text", text }];
	}
}
