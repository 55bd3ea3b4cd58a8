import type { Role } from "@hubbub/protocol/fields.ts";
import { cleanName } from "@hubbub/protocol/text.ts";
import type { NamesInUse } from "../names/names-in-use.ts";
import type { Principal } from "./authenticate.ts";

/** Where what the operator is called is kept: the two calls of `engine/store.ts` that it takes. */
export interface NameStore {
	get(name: string): Promise<string | null>;
	put(name: string, value: string): Promise<void>;
}

const stored = "operator-name";
const usualName = "operator";

/**
 * The operator as everybody in a room sees them. One object for all their connections: a new name holds at once, for what is said next.
 * Nobody else may wear it, whether the operator is there or not (SPEC OP-1).
 */
export class Operator implements Principal {
	readonly id = "operator";
	readonly kind = "operator";
	readonly roles: readonly Role[] = ["owner"];
	readonly rolesByRoom = {};
	readonly expiresAtMs = null;
	readonly #store: NameStore;
	readonly #names: NamesInUse;
	#name: string;

	private constructor(name: string, options: { store: NameStore; names: NamesInUse }) {
		this.#name = name;
		this.#store = options.store;
		this.#names = options.names;
		this.#names.wear(name, this.id);
	}

	/** Rejects where the store does not answer. */
	static async open(options: { store: NameStore; names: NamesInUse }): Promise<Operator> {
		return new Operator((await options.store.get(stored)) ?? usualName, options);
	}

	get name(): string {
		return this.#name;
	}

	/** Answers the name as it is worn from now on, or null where nothing of `wished` can be read. Rejects where it cannot be kept; then the old one stays. */
	async rename(wished: string): Promise<string | null> {
		const name = cleanName(wished);
		if (name === "") return null;
		await this.#store.put(stored, name);
		this.#names.release(this.#name, this.id);
		this.#names.wear(name, this.id);
		this.#name = name;
		return name;
	}
}
