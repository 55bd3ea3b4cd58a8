/** What of `localStorage` is used. */
export type TokenStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;
export type TokenOption = string | (() => string | Promise<string>);

/**
 * Who this client says it is: the token it was given, or else the guest token that the server handed out, kept so that a guest is
 * the same guest next time. Storage may be missing, full or forbidden; then the guest lasts as long as the page.
 */
export class Identity {
	#given: TokenOption | undefined;
	readonly #storage: TokenStorage | null;
	readonly #key: string;
	#guest: string | null;
	#bearer: string | null = null;

	/** `host` names the storage key: `hubbub.guest.<host>`. */
	constructor(given: TokenOption | undefined, storage: TokenStorage | null, host: string) {
		this.#given = given;
		this.#storage = storage;
		this.#key = `hubbub.guest.${host}`;
		this.#guest = given === undefined ? stored(storage, this.#key) : null;
	}

	/** The token in use, for the hello and for HTTP; null for a guest whom the server does not know yet. */
	get bearer(): string | null {
		return this.#bearer;
	}

	/** From now on this token, whatever was given before. */
	use(token: string): void {
		this.#given = token;
		this.#bearer = token;
	}

	/** Makes the token ready for one attempt; a promise only where the given function asks for one. Rejects as that function does. */
	prepare(): void | Promise<void> {
		if (typeof this.#given !== "function") {
			this.#bearer = (this.#given ?? this.#guest) || null;
			return;
		}
		return Promise.resolve()
			.then(this.#given)
			.then((token) => {
				this.#bearer = token || null;
			});
	}

	/** The server handed out a guest token. */
	keepGuest(token: string): void {
		if (this.#given !== undefined) return;
		this.#guest = token;
		this.#bearer = token;
		this.#keep(token);
	}

	/** The server did not take the token. True where another attempt may go better; a guest's old token is forgotten. */
	mayTryAgain(wasLive: boolean): boolean {
		// A token that was good a moment ago has expired; the function may know a newer one.
		if (typeof this.#given === "function") return wasLive;
		if (this.#guest === null) return false;
		this.#guest = null;
		this.#keep(null);
		return true;
	}

	#keep(token: string | null): void {
		try {
			if (token) this.#storage?.setItem(this.#key, token);
			else this.#storage?.removeItem(this.#key);
		} catch {
			// Full or forbidden: the token in memory does for this page.
		}
	}
}

/** What stands under `key`; null where nothing does, or storage is missing or forbidden. */
export function stored(storage: TokenStorage | null, key: string): string | null {
	try {
		return storage?.getItem(key) ?? null;
	} catch {
		return null;
	}
}
