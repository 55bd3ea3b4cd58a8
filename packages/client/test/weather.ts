import type { Environment, Signal } from "../src/environment.ts";
import type { TransportName } from "../src/transport.ts";

/** Bun's own WebSocket, which can be dropped without a word. */
type BunSocket = WebSocket & { terminate(): void };

/**
 * A network between the SDK and a real server that lets through what a test says, and cuts what it does not: WebSockets are refused,
 * event streams and held requests answered by an error page. Plain requests always pass.
 */
export class Weather {
	readonly environment: Partial<Environment>;
	readonly #blocked = new Set<TransportName>();
	readonly #sockets = new Set<BunSocket>();
	readonly #streams = new Set<AbortController>();
	readonly #held = new Set<AbortController>();
	readonly #listeners = new Set<(signal: Signal) => void>();
	/** Event streams that were opened, and polls answered by 304. */
	readonly counts = { streams: 0, unchanged: 0 };

	constructor() {
		const weather = this;
		this.environment = {
			WebSocket: class extends WebSocket {
				constructor(url: string, protocols: string[]) {
					super(weather.#blocked.has("websocket") ? "ws://127.0.0.1:1" : url, protocols);
					weather.#sockets.add(this as unknown as BunSocket);
					this.addEventListener("close", () => weather.#sockets.delete(this as unknown as BunSocket));
				}
			} as never,
			fetch: (url, init) => this.#fetch(url, init),
			watch: (listener) => {
				this.#listeners.add(listener);
				return () => this.#listeners.delete(listener);
			},
		};
	}

	/** From now on nothing of these gets through, and what is under way is cut. */
	block(...names: readonly TransportName[]): void {
		for (const name of names) this.#blocked.add(name);
		if (this.#blocked.has("websocket")) for (const socket of this.#sockets) socket.terminate();
		if (this.#blocked.has("event-stream")) for (const abort of this.#streams) abort.abort();
		if (this.#blocked.has("long-poll")) for (const abort of this.#held) abort.abort();
	}

	/** Everything gets through again, and the browser says so. */
	clear(): void {
		this.#blocked.clear();
		for (const listener of this.#listeners) listener("online");
	}

	async #fetch(url: string, init: RequestInit): Promise<Response> {
		const wait = Number(new URL(url).searchParams.get("wait") ?? "0");
		const isStream = new Headers(init.headers).get("accept") === "text/event-stream";
		const name = isStream ? "event-stream" : wait >= 1 ? "long-poll" : "short-poll";
		if (this.#blocked.has(name)) return new Response("<h1>502 Bad Gateway</h1>", { status: 502 });
		const abort = new AbortController();
		init.signal?.addEventListener("abort", () => abort.abort());
		const cut = { "event-stream": this.#streams, "long-poll": this.#held, "short-poll": null }[name];
		cut?.add(abort);
		if (isStream) this.counts.streams++;
		const response = await fetch(url, { ...init, signal: abort.signal });
		if (!isStream) cut?.delete(abort);
		if (response.status === 304) this.counts.unchanged++;
		return response;
	}
}
