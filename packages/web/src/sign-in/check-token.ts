import type { User } from "@hubbub/protocol/fields.ts";
import { addressOf } from "../root.ts";

/** What became of a key or token that somebody wants to sign in with. */
export type Checked =
	| { readonly outcome: "good"; readonly user: User }
	/** The server does not take it. `detail` is its reason, in English. */
	| { readonly outcome: "refused"; readonly detail: string }
	/** Nobody can say now: the network is away, or the server is busy. */
	| { readonly outcome: "unchecked" };

/**
 * Asks the server whose a key or token is, beside whatever connection there is: a wrong one costs nobody their place in the room. Never
 * rejects; keeps nothing.
 */
export async function checkToken(
	token: string,
	send: (path: string, init: RequestInit) => Promise<Response> = browserFetch,
): Promise<Checked> {
	try {
		const response = await send("frames", {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ type: "hello", token }),
		});
		const answer = (await response.json()) as { type?: unknown; user?: User; code?: unknown; detail?: unknown };
		if (response.ok && answer.type === "welcome" && answer.user) return { outcome: "good", user: answer.user };
		// What no header can carry is no token at all.
		const isRefused = answer.code === "unauthorized" || answer.code === "bad_frame";
		return isRefused ? { outcome: "refused", detail: typeof answer.detail === "string" ? answer.detail : "" } : { outcome: "unchecked" };
	} catch {
		return { outcome: "unchecked" };
	}
}

function browserFetch(path: string, init: RequestInit): Promise<Response> {
	return fetch(addressOf(path), init);
}
