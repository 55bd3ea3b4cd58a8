import type { Environment, Signal, SocketLike } from "../src/environment.ts";

/** A socket whose other side is the test. */
export class FakeSocket implements SocketLike {
	readonly url: string;
	binaryType = "blob";
	protocol = "";
	readonly bufferedAmount = 0;
	onopen: ((event: never) => void) | null = null;
	onmessage: ((event: never) => void) | null = null;
	onclose: ((event: never) => void) | null = null;
	onerror: ((event: never) => void) | null = null;
	/** Frames as they were sent, parsed. */
	readonly sent: Record<string, unknown>[] = [];
	/** What `close` was called with; null before. */
	closed: { code?: number; reason?: string } | null = null;

	constructor(url: string) {
		this.url = url;
	}

	send(data: string): void {
		this.sent.push(JSON.parse(data));
	}

	close(code?: number, reason?: string): void {
		this.closed ??= { code, reason };
	}

	/** The upgrade succeeds. */
	open(protocol = "hubbub.v1"): this {
		this.protocol = protocol;
		this.onopen?.({} as never);
		return this;
	}

	/** Opens, and answers the hello. */
	welcome(fields: object = {}): this {
		return this.open().frame({
			type: "welcome",
			session: "s",
			user: { id: "u1", name: "Guest 1", roles: ["guest"] },
			heartbeatMs: 25_000,
			now: 1_000_000,
			limits: { frameBytesMax: 65_536, textGraphemesMax: 500, roomsPerConnectionMax: 32 },
			...fields,
		});
	}

	/** The server lets the client into a room. */
	joined(room: string, cursor: string, fields: { recovered?: boolean; events?: object[]; ref?: unknown; state?: object } = {}): this {
		const settings = {
			title: "Lobby",
			streamUrl: "",
			slowModeSeconds: 0,
			write: "everyone",
			guests: true,
			textGraphemesMax: 500,
		};
		const state = { settings, viewers: 3, likes: 7 };
		return this.frame({ type: "joined", room, cursor, recovered: false, state, events: [], ...fields });
	}

	frame(frame: object): this {
		this.onmessage?.({ data: JSON.stringify(frame) } as never);
		return this;
	}

	raw(data: string | ArrayBuffer): this {
		this.onmessage?.({ data } as never);
		return this;
	}

	/** The connection ends, without a word unless a code is given. */
	drop(code = 1006, reason = ""): this {
		this.onclose?.({ code, reason, wasClean: code !== 1006 } as never);
		return this;
	}

	/** Frames sent of one type. */
	of(type: string): Record<string, unknown>[] {
		return this.sent.filter((frame) => frame.type === type);
	}
}

/** A world in which nothing happens but what the test says. */
export class FakeWorld {
	readonly sockets: FakeSocket[] = [];
	readonly environment: Environment;
	/** What `random` answers, always. */
	chance = 0.5;
	online = true;
	hidden = false;
	/** How requests are answered, and those that were made. */
	respond: (url: string) => Response | Promise<Response> = () => new Response(null, { status: 404 });
	readonly requests: { url: string; init: RequestInit }[] = [];
	#nowMs = 1_000_000;
	#timers = new Map<number, { atMs: number; callback: () => void }>();
	#lastTimer = 0;
	#listeners = new Set<(signal: Signal) => void>();
	#keys = 0;

	constructor(overrides: Partial<Environment> = {}) {
		const world = this;
		this.environment = {
			WebSocket: class extends FakeSocket {
				constructor(url: string) {
					super(url);
					world.sockets.push(this);
				}
			},
			fetch: async (url, init) => {
				world.requests.push({ url, init });
				return world.respond(url);
			},
			now: () => world.#nowMs,
			random: () => world.chance,
			setTimeout: (callback, ms) => {
				world.#timers.set(++world.#lastTimer, { atMs: world.#nowMs + ms, callback });
				return world.#lastTimer;
			},
			clearTimeout: (timer) => void world.#timers.delete(timer as number),
			isOnline: () => world.online,
			isHidden: () => world.hidden,
			watch: (listener) => {
				world.#listeners.add(listener);
				return () => world.#listeners.delete(listener);
			},
			newKey: () => `key-${++world.#keys}`,
			inflate: null,
			...overrides,
		};
	}

	/** The newest socket. */
	get socket(): FakeSocket {
		const socket = this.sockets.at(-1);
		if (!socket) throw new Error("No socket was opened.");
		return socket;
	}

	/** Timers that have not fired. */
	get pending(): number {
		return this.#timers.size;
	}

	/** Whoever listens for news of the network. */
	get watchers(): number {
		return this.#listeners.size;
	}

	/** Lets time pass; timers fire in their order. */
	advance(ms: number): void {
		const endMs = this.#nowMs + ms;
		for (;;) {
			const [next] = [...this.#timers].filter(([, { atMs }]) => atMs <= endMs).sort(([a, x], [b, y]) => x.atMs - y.atMs || a - b);
			if (!next) break;
			this.#timers.delete(next[0]);
			this.#nowMs = Math.max(this.#nowMs, next[1].atMs);
			next[1].callback();
		}
		this.#nowMs = endMs;
	}

	/** The connection is lost, and time passes until the next attempt, whose socket is answered. */
	comeBack(): FakeSocket {
		const lost = this.sockets.length;
		this.socket.drop();
		for (let waitedMs = 0; this.sockets.length === lost; waitedMs += 50) {
			if (waitedMs > 60_000) throw new Error("No attempt was made within a minute.");
			this.advance(50);
		}
		return this.socket;
	}

	signal(signal: Signal): void {
		if (signal !== "visible") this.online = signal === "online";
		for (const listener of [...this.#listeners]) listener(signal);
	}
}

/** A message as it stands in a log. */
export function message(offset: number, text = `text ${offset}`, name = "小明") {
	return { offset, at: 1_000_000 + offset, kind: "message" as const, id: `m${offset}`, from: { id: "u2", name, roles: [] }, text };
}

/** A storage as pages have it. */
export function fakeStorage(entries: Record<string, string> = {}) {
	const items = new Map(Object.entries(entries));
	return {
		items,
		getItem: (key: string) => items.get(key) ?? null,
		setItem: (key: string, value: string) => void items.set(key, value),
		removeItem: (key: string) => void items.delete(key),
	};
}
