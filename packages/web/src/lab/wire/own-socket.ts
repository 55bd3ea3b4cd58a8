import type { ReadyState } from "./observation.ts";

/** What a page is told about its WebSocket, as it was told. */
export type PageNews =
	| { readonly heard: "new" }
	| { readonly heard: "open" }
	| { readonly heard: "sent"; readonly size: number; readonly buffered: number }
	| { readonly heard: "message"; readonly data: string; readonly size: number; readonly isText: boolean }
	| { readonly heard: "error" }
	| { readonly heard: "close"; readonly code: number; readonly reason: string; readonly wasClean: boolean }
	/** The browser refused what the page asked for. */
	| { readonly heard: "exception"; readonly name: string }
	/** The bytes had a ping, or a cut; a page can neither cause nor see one. */
	| { readonly heard: "nothing"; readonly of: "ping" | "drop" };

export type PageEntry = PageNews & { readonly id: number; readonly atMs: number };

/** All that a page can see of a WebSocket. `bufferedPeak` is the most that `bufferedAmount` was seen to be. */
export interface PageView {
	readonly readyState: ReadyState;
	readonly bufferedAmount: number;
	readonly bufferedPeak: number;
	readonly extensions: string;
	readonly protocol: string;
	readonly entries: readonly PageEntry[];
}

export const entriesMax = 40;
const shownUnitsMax = 32;

/** The browser's own WebSocket on the lab's echo, and everything a page can know of it. */
export class OwnSocket {
	readonly #url: string;
	readonly #nowMs: () => number;
	readonly #changed: () => void;
	#socket: WebSocket | null = null;
	#startedMs = 0;
	#entries: readonly PageEntry[] = [];
	#nextId = 1;
	#bufferedPeak = 0;

	constructor(url: string, nowMs: () => number, changed: () => void) {
		this.#url = url;
		this.#nowMs = nowMs;
		this.#changed = changed;
	}

	get view(): PageView {
		const socket = this.#socket;
		return {
			readyState: (socket?.readyState ?? 3) as ReadyState,
			bufferedAmount: socket?.bufferedAmount ?? 0,
			bufferedPeak: this.#bufferedPeak,
			extensions: socket?.extensions ?? "",
			protocol: socket?.protocol ?? "",
			entries: this.#entries,
		};
	}

	open(): void {
		if (this.#socket && this.#socket.readyState !== WebSocket.CLOSED) return;
		this.#startedMs = this.#nowMs();
		this.#entries = [];
		this.#bufferedPeak = 0;
		const socket = new WebSocket(this.#url);
		socket.binaryType = "arraybuffer";
		this.#socket = socket;
		this.#note({ heard: "new" });
		socket.onopen = () => this.#note({ heard: "open" });
		socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
			const isText = typeof data === "string";
			const size = isText ? new TextEncoder().encode(data).length : data.byteLength;
			this.#note({ heard: "message", data: isText ? data.slice(0, shownUnitsMax) : "", size, isText });
		};
		socket.onerror = () => this.#note({ heard: "error" });
		socket.onclose = ({ code, reason, wasClean }) => this.#note({ heard: "close", code, reason, wasClean });
	}

	send(data: string | Uint8Array<ArrayBuffer>): void {
		const socket = this.#socket;
		if (!socket || socket.readyState !== WebSocket.OPEN) return;
		socket.send(data);
		const size = typeof data === "string" ? new TextEncoder().encode(data).length : data.byteLength;
		this.#bufferedPeak = Math.max(this.#bufferedPeak, socket.bufferedAmount);
		this.#note({ heard: "sent", size, buffered: socket.bufferedAmount });
	}

	/** Closes as a page may: the browser takes 1000 and 3000 to 4999, and throws at any other code. */
	close(code: number, reason: string): void {
		try {
			this.#socket?.close(code, reason);
			this.#changed();
		} catch (fault) {
			this.#note({ heard: "exception", name: fault instanceof Error ? fault.name : "Error" });
		}
	}

	/** Notes that the bytes beside had something which a page has no way to do. */
	passOver(of: "ping" | "drop"): void {
		if (this.#socket) this.#note({ heard: "nothing", of });
	}

	/** Hangs up without noting anything: the page is left. */
	end(): void {
		const socket = this.#socket;
		this.#socket = null;
		socket?.close();
	}

	#note(news: PageNews): void {
		const atMs = this.#nowMs() - this.#startedMs;
		this.#entries = [...this.#entries, { ...news, id: this.#nextId++, atMs }].slice(-entriesMax);
		this.#changed();
	}
}
