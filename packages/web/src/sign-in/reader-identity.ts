import type { Credentials } from "@hubbub/room-model/credentials.ts";
import type { Place } from "@hubbub/room-model/place.ts";
import { rememberedCredentials, rememberName, rememberToken } from "./credentials.ts";

/** What may say who the reader is from outside of the page: see `guide.ts`, which is fetched where there is any such thing. */
export interface IdentityGuide {
	/** Resolves when it is known who the reader is at first, as far as that can be known. */
	settle(): Promise<void>;
	/** The reader has signed in or out by hand. */
	chosen(): void;
	/** The server has said who the reader is. */
	met(): void;
	/** Something has changed about where the reader stands. Called often. */
	look(place: Place): void;
	end(): void;
}

/** Who the reader of this page is. What is kept of it: the name for this browser, a token that was signed in with for this tab. */
export class ReaderIdentity {
	#credentials: Credentials = rememberedCredentials();
	readonly #become: (credentials: Credentials, isSamePerson: boolean) => void;
	readonly #opening: Promise<void> | null;
	#guide: IdentityGuide | null = null;

	/** `become` connects anew under other credentials. `openGuide` is null where nothing but the reader says who they are. */
	constructor(
		become: (credentials: Credentials, isSamePerson: boolean) => void,
		openGuide: ((identity: ReaderIdentity) => Promise<IdentityGuide>) | null,
	) {
		this.#become = become;
		const opened = openGuide?.(this).then((guide) => {
			this.#guide = guide;
		});
		// Without its guide the page still is a page, of whoever the tab remembers.
		this.#opening = opened?.catch(() => {}) ?? null;
	}

	get credentials(): Credentials {
		return this.#credentials;
	}

	/** What the connection presents at its next attempt: a token, or "" for a guest. */
	readonly present = async (): Promise<string> => {
		await this.#opening;
		await this.#guide?.settle();
		return this.#credentials.token ?? "";
	};

	/** The reader has signed in by hand, with something that the server takes; or out, with null. */
	choose(token: string | null): void {
		rememberToken(token);
		this.wear(token, false);
		this.#guide?.chosen();
	}

	rename(name: string): void {
		rememberName(name);
		this.#credentials = { ...this.#credentials, name };
		this.retry();
	}

	/** Comes again as the same person. */
	retry(): void {
		this.#become(this.#credentials, true);
	}

	/** Becomes whoever a token says, or a guest. `quietly`: the connection stays, and presents it when it is asked again. */
	wear(token: string | null, isSamePerson: boolean, quietly = false): void {
		this.#credentials = { ...this.#credentials, token };
		if (!quietly) this.#become(this.#credentials, isSamePerson);
	}

	met(): void {
		this.#guide?.met();
	}

	look(place: Place): void {
		this.#guide?.look(place);
	}

	end(): void {
		this.#guide?.end();
	}
}
