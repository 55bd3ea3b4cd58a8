import type { StreamProblem } from "./player-state.ts";

/** What asking the network needs; the browser's own in pages. */
export interface Network {
	readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
	/** False where the browser knows that it has no network. */
	readonly isOnline: () => boolean;
	/** Where the page is: addresses are resolved against it. */
	readonly page: string;
}

export const browserNetwork: Network = {
	fetch: (address, init) => fetch(address, init),
	isOnline: () => navigator.onLine,
	get page() {
		return location.href;
	},
};

/** A server that takes longer than this to answer counts as one that does not. */
export const answerMsMax = 8_000;

/**
 * Finds out why an address could not be fetched or opened: asks for it once, and where the browser does not say why that failed, once more without
 * wanting to read the answer. Never rejects.
 *
 * `otherwise` is the answer where everything is as it should be now.
 */
export async function diagnose(
	address: string,
	network: Network,
	otherwise: { readonly readable: StreamProblem; readonly opaque: StreamProblem },
): Promise<StreamProblem> {
	if (!network.isOnline()) return "offline";
	if (isMixed(address, network.page)) return "insecure";
	const answer = await headOf(address, network, "cors");
	if (answer !== null) return problemOfStatus(answer.status) ?? (isPage(answer) ? "not-a-stream" : otherwise.readable);
	return (await headOf(address, network, "no-cors")) === null ? "network" : otherwise.opaque;
}

/** The problem that a status of HTTP stands for; null where it is none. */
export function problemOfStatus(status: number): StreamProblem | null {
	if (status === 404 || status === 410) return "not-found";
	if (status === 401 || status === 403) return "forbidden";
	return status >= 400 ? "server" : null;
}

/** Status and headers of an address, without its body; null where it cannot be reached or read. */
export async function headOf(address: string, network: Network, mode: "cors" | "no-cors"): Promise<Response | null> {
	const abort = new AbortController();
	const timer = setTimeout(() => abort.abort(), answerMsMax);
	try {
		return await network.fetch(address, { mode, cache: "no-store", credentials: "omit", signal: abort.signal });
	} catch {
		return null;
	} finally {
		clearTimeout(timer);
		// The body of a film would be a film: it is let go once the headers are here.
		abort.abort();
	}
}

function isPage(answer: Response): boolean {
	return /^text\/html\b/i.test(answer.headers.get("content-type") ?? "");
}

/** A plain address on an encrypted page is refused by the browser, but for addresses of the machine itself. */
function isMixed(address: string, page: string): boolean {
	const { protocol, hostname } = new URL(address, page);
	return new URL(page).protocol === "https:" && protocol === "http:" && !/^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}
