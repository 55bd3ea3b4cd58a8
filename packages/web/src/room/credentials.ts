import { recall, remember } from "../theme/choice.ts";
import type { Credentials } from "./visit.ts";

const nameKey = "hubbub.name";
const tokenKey = "hubbub.token";

/** Who the reader was here last: the name for this browser, a token for this tab only. */
export function rememberedCredentials(): Credentials {
	return { name: recall(nameKey), token: tabToken() };
}

export function rememberName(name: string): void {
	remember(nameKey, name);
}

/** Keeps a token until the tab is closed, or forgets it (null). A token never goes into storage that outlives the tab. */
export function rememberToken(token: string | null): void {
	try {
		if (token === null) sessionStorage.removeItem(tokenKey);
		else sessionStorage.setItem(tokenKey, token);
	} catch {
		// Storage is closed: the token holds until the page is left.
	}
}

function tabToken(): string | null {
	try {
		return sessionStorage.getItem(tokenKey);
	} catch {
		return null;
	}
}
