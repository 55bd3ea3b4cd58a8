import { tokenText } from "./arguments.ts";

/** What of `localStorage` is used. */
export type TokenStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;
export type TokenOption = string | (() => string | Promise<string>);

/**
 * Who this client says it is: the token it was given, or else the guest token that the server handed out, kept so that a guest is
 * the same guest next time, and the same in every page of a site. Storage may be missing, full or forbidden; then the guest lasts as long as the page.
 */
export class Identity {
	#given: string | null | (() => unknown);
	readonly #storage: TokenStorage | null;
	readonly #key: string;
	#guest: string | null = null;
	/** Whether no token was given for this attempt. */
	#isGuest = false;
	#bearer: string | null = null;

	/** `place` names the storage key: `hubbub.guest.<place>`. Throws a `TypeError` for a token that can be none. */
	constructor(given: TokenOption | null | undefined, storage: TokenStorage | null, place: string) {
		this.#given = typeof given === "function" ? given : tokenText(given);
		this.#storage = storage;
		this.#key = `hubbub.guest.${place}`;
	}

	/** The token in use, for the hello and for HTTP; null for a guest whom the server does not know yet. */
	get bearer(): string | null {
		return this.#bearer;
	}

	/** From now on this token, whatever was given before. Throws a `TypeError` for what can be none. */
	use(token: string): void {
		this.#given = this.#bearer = tokenText(token);
		this.#isGuest = false;
	}

	/** Makes the token ready for one attempt; a promise only where the given function asks for one. Rejects as that function does. */
	prepare(): void | Promise<void> {
		if (typeof this.#given !== "function") return this.#present(this.#given);
		return Promise.resolve()
			.then(this.#given)
			.then((token) => this.#present(tokenText(token)));
	}

	/** The server handed out a guest token. */
	keepGuest(token: string): void {
		if (!this.#isGuest) return;
		this.#guest = this.#bearer = token;
		this.#keep(token);
	}

	/** The server did not take the token. True where another attempt may go better; a guest's old token is forgotten. */
	mayTryAgain(wasLive: boolean): boolean {
		// A token that was good a moment ago has expired; the function may know a newer one.
		if (!this.#isGuest) return typeof this.#given === "function" && wasLive;
		if (this.#guest === null) return false;
		this.#guest = null;
		this.#keep(null);
		return true;
	}

	#present(token: string | null): void {
		this.#isGuest = token === null;
		// Another page of this site may have become a guest meanwhile.
		if (this.#isGuest) this.#guest ??= stored(this.#storage, this.#key);
		this.#bearer = token ?? this.#guest;
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
