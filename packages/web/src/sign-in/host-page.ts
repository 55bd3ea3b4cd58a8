import type { User } from "@hubbub/protocol/fields.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";

/** What a frame says to the page around it. */
export type ToHost =
	/** The frame listens. Said when it has loaded, and as the answer to `hubbub:hello`. */
	| { readonly type: "hubbub:ready"; readonly room: string }
	/** The reader's token runs out soon, or is not taken any more. */
	| { readonly type: "hubbub:token-wanted"; readonly reason: "expiring" | "refused" }
	| { readonly type: "hubbub:signed-in"; readonly user: User }
	/** The server does not take the token, or (`unavailable`) cannot say now. Whoever the reader was, they still are. */
	| { readonly type: "hubbub:refused"; readonly code: "unauthorized" | "unavailable"; readonly message: string }
	/** The reader is a guest from now on, at the host page's word or at their own. */
	| { readonly type: "hubbub:signed-out" };

/** What the page around a frame says to it. */
export type FromHost =
	| { readonly type: "hubbub:hello" }
	| { readonly type: "hubbub:sign-in"; readonly token: string }
	| { readonly type: "hubbub:sign-out" };

/** What a host page's words do. */
export interface HostListener {
	/** Answers what became of it. */
	signIn(token: string): Promise<ToHost>;
	signOut(): void;
}

/**
 * The page around this one, where it stands in a frame. It alone is listened to: a word of any other window is nothing, whatever its origin. What it
 * hands over is a token that the server checks, so that a page gains nothing by framing this one; what it is told goes to its own origin.
 */
export class HostPage {
	readonly #frame: Window;
	readonly #room: string;
	#listener: HostListener | null = null;
	/** Counts sign-ins, so that an answer that comes late for an earlier one is not given. */
	#signIns = 0;

	constructor(frame: Window, room: string) {
		this.#frame = frame;
		this.#room = room;
	}

	/** Whether there is such a page. */
	get isThere(): boolean {
		return this.#frame.parent !== this.#frame;
	}

	/** Begins to listen, and says so. */
	open(listener: HostListener): void {
		if (!this.isThere) return;
		this.#listener = listener;
		this.#frame.addEventListener("message", this.#onMessage);
		this.say({ type: "hubbub:ready", room: this.#room });
	}

	/** Says something that holds nothing of the reader's, to whatever page is there. */
	say(message: Exclude<ToHost, { type: "hubbub:signed-in" }>): void {
		if (this.isThere) this.#frame.parent.postMessage(message, "*");
	}

	readonly #onMessage = ({ source, origin, data }: MessageEvent): void => {
		const host = this.#frame.parent;
		const message = source === host ? readMessage(data) : null;
		switch (message?.type) {
			case "hubbub:hello":
				return this.say({ type: "hubbub:ready", room: this.#room });
			case "hubbub:sign-out":
				this.#signIns++;
				return this.#listener?.signOut();
			case "hubbub:sign-in":
				return void this.#signIn(message.token, (answer) => host.postMessage(answer, origin === "null" ? "*" : origin));
		}
	};

	async #signIn(token: string, answer: (answer: ToHost) => void): Promise<void> {
		const turn = ++this.#signIns;
		const answered = await this.#listener?.signIn(token);
		if (answered && turn === this.#signIns) answer(answered);
	}
}

/** A message of the host's; null for anything else that windows say to each other. */
function readMessage(data: unknown): FromHost | null {
	const { type, token } = (data ?? {}) as { type?: unknown; token?: unknown };
	if (type === "hubbub:hello" || type === "hubbub:sign-out") return { type };
	const isToken = typeof token === "string" && token !== "" && token.length <= limits.tokenLengthMax;
	return type === "hubbub:sign-in" && isToken ? { type, token } : null;
}
