/** In the address's fragment: `#token=…`. */
const parameter = "token";
/** In the state of the history's entry; `room-page.ts` looks whether it is there. */
const stateKey = "hubbubToken";

/** The parts of a window that a page's own token is kept in. */
export interface PagePlace {
	readonly location: Pick<Location, "href" | "hash">;
	readonly history: Pick<History, "state" | "replaceState">;
}

/**
 * Takes the token that a page was opened with out of its address, so that nobody copies, shares or logs it, and keeps it with this entry of the
 * tab's history alone: a reload has it, another page or tab does not. Runs before anything is painted.
 */
export function takePageToken(place: PagePlace): void {
	const fragment = new URLSearchParams(place.location.hash.slice(1));
	const token = fragment.get(parameter);
	if (token === null) return;
	fragment.delete(parameter);
	const rest = fragment.toString();
	keepPageToken(place, token, place.location.href.replace(/#.*$/, rest && `#${rest}`));
}

export function keptPageToken({ history }: PagePlace): string | null {
	const token = history.state?.[stateKey];
	return typeof token === "string" && token !== "" ? token : null;
}

/** Keeps another token in its place, or none (null). */
export function keepPageToken(place: PagePlace, token: string | null, address: string = place.location.href): void {
	const { [stateKey]: _before, ...others } = Object(place.history.state);
	place.history.replaceState(token ? { ...others, [stateKey]: token } : others, "", address);
}
