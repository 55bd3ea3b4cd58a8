import type { Credentials } from "@hubbub/room-model/credentials.ts";
import { tabMemory } from "../room/tab-memory.ts";
import { root } from "../root.ts";
import { recall, remember } from "../theme/choice.ts";

const nameKey = "hubbub.name";
/** One site may have several services; a token is for one of them. */
export const tokenKey = root.pathname === "/" ? "hubbub.token" : `hubbub.token.${root.pathname}`;

/** Who the reader was here last: the name for this browser, a token for this tab only. */
export function rememberedCredentials(): Credentials {
	return { name: recall(nameKey), token: tabMemory.recall(tokenKey) };
}

export function rememberName(name: string): void {
	remember(nameKey, name);
}

/** Keeps a token until the tab is closed, or forgets it (null). A token never goes into storage that outlives the tab. */
export function rememberToken(token: string | null): void {
	tabMemory.remember(tokenKey, token);
}
