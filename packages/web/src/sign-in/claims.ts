/** What a JSON Web Token says of itself: read, not checked. The server checks; this page only plans by it. */
export type Claims = Readonly<Record<string, unknown>>;

/** The claims of a token, or null of what is none: an operator's key has none. */
export function readClaims(token: string): Claims | null {
	const [, payload, signature] = token.split(".");
	if (!payload || signature === undefined) return null;
	try {
		const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
		const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
		return typeof claims === "object" && claims !== null && !Array.isArray(claims) ? (claims as Claims) : null;
	} catch {
		return null;
	}
}

/** When a token's rights end, by the server's clock in Unix milliseconds; null where it does not say. */
export function expiryOf(token: string): number | null {
	const exp = readClaims(token)?.exp;
	return typeof exp === "number" && Number.isFinite(exp) ? exp * 1_000 : null;
}

/** These change with every token that is issued, and mean nothing to those in the room. */
const passing: ReadonlySet<string> = new Set(["exp", "iat", "nbf", "jti"]);

/** Whether two tokens make somebody the same person with the same name and rights, so that one may take the other's place unseen. */
export function isRenewal(token: string, before: string): boolean {
	const [one, other] = [lasting(token), lasting(before)];
	return one !== null && one === other;
}

function lasting(token: string): string | null {
	const claims = readClaims(token);
	if (!claims) return null;
	const entries = Object.entries(claims).filter(([name]) => !passing.has(name));
	return JSON.stringify(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Whether two tokens speak of the same person. */
export function isSamePerson(token: string | null, before: string | null): boolean {
	if (token === before) return true;
	if (token === null || before === null) return false;
	const sub = readClaims(token)?.sub;
	return sub !== undefined && sub === readClaims(before)?.sub;
}
