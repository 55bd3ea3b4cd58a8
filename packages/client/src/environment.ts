/** What of the browser's `WebSocket` is used; the browser's own, Bun's and Node's have it. */
export interface SocketLike {
	binaryType: string;
	readonly protocol: string;
	readonly bufferedAmount: number;
	onopen: ((event: never) => void) | null;
	onmessage: ((event: never) => void) | null;
	onclose: ((event: never) => void) | null;
	onerror: ((event: never) => void) | null;
	send(data: string): void;
	close(code?: number, reason?: string): void;
}

/** What of the browser's `BroadcastChannel` is used: what one page says all others of its site hear. */
export interface Channel {
	onmessage: ((event: { readonly data: never }) => void) | null;
	postMessage(message: unknown): void;
	close(): void;
}

/** News of the network and the page: both are moments at which trying at once is worth more than waiting on. */
export type Signal = "online" | "offline" | "visible";

/**
 * Everything the SDK takes from its surroundings, so that tests (and hosts that are no browser) can bring their own.
 * Times are milliseconds.
 */
export interface Environment {
	readonly WebSocket: new (url: string, protocols: string[]) => SocketLike;
	readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
	/** Unix milliseconds. */
	readonly now: () => number;
	/** Uniform in [0, 1). */
	readonly random: () => number;
	readonly setTimeout: (callback: () => void, ms: number) => unknown;
	readonly clearTimeout: (timer: unknown) => void;
	/** False only where it is certain that there is no network. */
	readonly isOnline: () => boolean;
	/** Whether nobody can see the page now; as the document says, where left out. */
	readonly isHidden?: () => boolean;
	/** Opens the channel of this name between the pages of a site; the browser's own where left out, null where there is none. */
	readonly openChannel?: (name: string) => Channel | null;
	/** Hears signals from now on; returns how to stop. */
	readonly watch: (listener: (signal: Signal) => void) => () => void;
	/** A fresh idempotency key: unguessable, at most 64 characters. */
	readonly newKey: () => string;
	/** Inflates raw DEFLATE (RFC 1951) to text; null where the surroundings cannot. */
	readonly inflate: ((bytes: Uint8Array<ArrayBuffer>) => Promise<string>) | null;
}

/** The browser's own environment; also right in Bun and Node ≥ 22. */
export function browserEnvironment(overrides: Partial<Environment> = {}): Environment {
	return {
		WebSocket: globalThis.WebSocket as unknown as Environment["WebSocket"],
		fetch: (url, init) => fetch(url, init),
		now: Date.now,
		random: Math.random,
		setTimeout: (callback, ms) => setTimeout(callback, ms),
		clearTimeout: (timer) => clearTimeout(timer as number),
		isOnline: () => globalThis.navigator?.onLine !== false,
		watch: watchBrowser,
		newKey: randomKey,
		inflate: typeof DecompressionStream === "function" ? inflateRaw : null,
		...overrides,
	};
}

/** The page's `localStorage`; null where there is none or it is forbidden, as in a sandboxed frame. */
export function pageStorage(): Storage | null {
	try {
		return globalThis.localStorage ?? null;
	} catch {
		return null;
	}
}

function watchBrowser(listener: (signal: Signal) => void): () => void {
	const stop = new AbortController();
	const on = (target: EventTarget | undefined, type: string, tell: () => void) =>
		target?.addEventListener?.(type, tell, { signal: stop.signal });
	on(globalThis, "online", () => listener("online"));
	on(globalThis, "offline", () => listener("offline"));
	on(globalThis.document, "visibilitychange", () => document.visibilityState === "visible" && listener("visible"));
	return () => stop.abort();
}

/** 24 characters from the system's generator. `crypto.randomUUID` is missing on pages served over plain HTTP. */
function randomKey(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => (byte % 36).toString(36)).join("");
}

function inflateRaw(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
	return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}
