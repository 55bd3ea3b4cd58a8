import { SUBPROTOCOL_TEXT, SUBPROTOCOL_V1 } from "@hubbub/protocol/wire/version.ts";
import { parseAddress, socketHref } from "./address.ts";
import { type ConnectOptions, openConnection } from "./connect.ts";
import type { LiveConnection } from "./connection.ts";
import type { Dialect, DialectHost, SocketData } from "./dialects/dialect.ts";
import { JsonDialect } from "./dialects/json-dialect.ts";
import { TextDialect } from "./dialects/text-dialect.ts";
import { type ConnectionState, closeDeadlineMs } from "./dialer.ts";
import { checkCloseArguments, listProtocols } from "./socket-arguments.ts";
import { broken, type LinkEnd } from "./transport.ts";

type Handler<Type extends Event> = ((this: HubbubSocket, event: Type) => unknown) | null;

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/**
 * A drop-in for the browser's `WebSocket` that survives the loss of its connection.
 *
 * `open` comes once. While the connection is away `readyState` stays OPEN and what is sent waits, up to `queueMax`; the
 * events `reconnecting` (a `CustomEvent` whose `detail` is the `ConnectionState`) and `reconnected` tell of it. `close` comes when it is
 * over for good: closed by the page, or by the server with a final code. Nothing is lost or doubled in between.
 *
 * Without a protocol, or with `hubbub.text`, it talks in lines with the room that the address names: `send("你好")` says it, each
 * message is a line `name: text`, and lines that start with `* ` are the server's own. With `hubbub.v1` each message is one downstream frame as
 * JSON text, and `send` takes upstream frames.
 *
 * Throws as the browser's does: `SyntaxError` for a wrong address or protocol list.
 *
 * @example
 * const socket = new HubbubSocket("wss://chat.example.com/rooms/lobby");
 * socket.onmessage = (event) => list.append(event.data, document.createElement("br"));
 * input.onchange = () => socket.send(input.value);
 */
export class HubbubSocket extends EventTarget {
	declare static readonly CONNECTING: 0;
	declare static readonly OPEN: 1;
	declare static readonly CLOSING: 2;
	declare static readonly CLOSED: 3;
	declare readonly CONNECTING: 0;
	declare readonly OPEN: 1;
	declare readonly CLOSING: 2;
	declare readonly CLOSED: 3;
	declare onopen: Handler<Event>;
	declare onmessage: Handler<MessageEvent>;
	declare onerror: Handler<Event>;
	declare onclose: Handler<CloseEvent>;

	static {
		// As in the browser: constants on the class and on every socket, handlers as accessors.
		for (const [name, value] of Object.entries({ CONNECTING, OPEN, CLOSING, CLOSED }))
			for (const target of [HubbubSocket, HubbubSocket.prototype]) Object.defineProperty(target, name, { value, enumerable: true });
		for (const type of ["open", "message", "error", "close"])
			Object.defineProperty(HubbubSocket.prototype, `on${type}`, {
				get(this: HubbubSocket) {
					return this.#handlers.get(type) ?? null;
				},
				set(this: HubbubSocket, handler: Handler<never>) {
					this.#setHandler(type, handler);
				},
				enumerable: true,
				configurable: true,
			});
	}

	readonly url: string;
	/** No extension is negotiated. */
	readonly extensions: string = "";
	#readyState = CONNECTING;
	#protocol = "";
	#binaryType: BinaryType = "blob";
	/** Bytes given to `send` after the end, which count as never sent. */
	#discardedBytes = 0;
	#connection: LiveConnection | null = null;
	#dialect: Dialect | null = null;
	#away = false;
	#closing: { readonly code?: number; readonly reason?: string } | null = null;
	readonly #handlers = new Map<string, Handler<never>>();

	constructor(url: string | URL, protocols: string | readonly string[] = [], options?: ConnectOptions | null) {
		super();
		const offered = listProtocols(protocols);
		this.url = socketHref(url);
		const chosen = offered.length === 0 ? "" : offered.find((name) => name === SUBPROTOCOL_TEXT || name === SUBPROTOCOL_V1);
		if (chosen === undefined) {
			// The server would refuse the upgrade; nothing about coming back would change that.
			queueMicrotask(() => this.#finished(broken("")));
			return;
		}
		const { room } = parseAddress(url);
		const host: DialectHost = {
			deliver: (data) => this.#deliver(data),
			end: (code, reason) => this.#end(code, reason),
			settled: () => this.#drained(),
		};
		const connection = openConnection(url, options, {
			opened: () => {
				if (!(this.#dialect instanceof JsonDialect)) return;
				this.#opened(chosen);
				this.#dialect.opened(room);
			},
			frame: (frame) => this.#dialect?.frame(frame),
			finished: (end) => queueMicrotask(() => this.#finished(end)),
		});
		this.#connection = connection;
		this.#dialect = chosen === SUBPROTOCOL_V1 ? new JsonDialect(connection, host) : new TextDialect(connection, room ?? "lobby", host);
		connection.on("state", (state) => this.#stateChanged(state, chosen));
	}

	/** CONNECTING until the first connection; OPEN from then on, also while it is away; CLOSING and CLOSED at the end. */
	get readyState(): number {
		return this.#readyState;
	}

	/** The protocol in use, one of those offered; empty before `open` and where none was offered. */
	get protocol(): string {
		return this.#protocol;
	}

	/** Bytes of what was sent and is not answered yet, in UTF-8. */
	get bufferedAmount(): number {
		return (this.#connection?.outbox.bytes ?? 0) + this.#discardedBytes;
	}

	get binaryType(): BinaryType {
		return this.#binaryType;
	}

	/** Kept as the browser does, although no binary message is ever delivered. Other values are ignored. */
	set binaryType(type: BinaryType) {
		if (type === "blob" || type === "arraybuffer") this.#binaryType = type;
	}

	/** Throws an `InvalidStateError` before the first `open`. After the end, does nothing but count. */
	send(data: SocketData): void {
		if (this.#readyState === CONNECTING) throw new DOMException("Still in CONNECTING state.", "InvalidStateError");
		const isBinary = data instanceof Blob || data instanceof ArrayBuffer || ArrayBuffer.isView(data);
		const message = isBinary ? data : String(data);
		const bytes = new Blob([message as BlobPart]).size;
		if (this.#readyState === OPEN) this.#dialect?.send(message, bytes);
		else this.#discardedBytes += bytes;
	}

	/**
	 * Ends it for good, after what was sent has been answered (for 3 s at most). Throws an `InvalidAccessError` for a code that is neither 1000 nor
	 * 3000–4999, a `SyntaxError` for a reason longer than 123 bytes of UTF-8.
	 */
	close(code?: number, reason?: string): void {
		const closing = checkCloseArguments(code, reason);
		if (this.#readyState >= CLOSING) return;
		const wasOpen = this.#readyState === OPEN;
		this.#readyState = CLOSING;
		this.#closing = closing;
		if (!wasOpen || !this.#connection?.outbox.size) return this.#hangUp();
		this.#connection.environment.setTimeout(() => this.#hangUp(), closeDeadlineMs);
	}

	/** A handler keeps the place among the listeners that the first one of its type was given, as in the browser. */
	#setHandler(type: string, handler: Handler<never>): void {
		if (!this.#handlers.has(type)) this.addEventListener(type, (event) => this.#handlers.get(type)?.call(this, event as never));
		this.#handlers.set(type, typeof handler === "function" ? handler : null);
	}

	#opened(protocol: string): void {
		if (this.#readyState !== CONNECTING) return;
		this.#readyState = OPEN;
		this.#protocol = protocol;
		this.dispatchEvent(new Event("open"));
	}

	#stateChanged(state: ConnectionState, protocol: string): void {
		if (state.phase === "live") {
			this.#opened(protocol);
			if (this.#away) this.dispatchEvent(new Event("reconnected"));
			this.#away = false;
		} else if (state.phase === "waiting" || state.phase === "offline") {
			this.#away = this.#readyState === OPEN;
			this.dispatchEvent(new CustomEvent("reconnecting", { detail: state }));
		}
	}

	#deliver(data: string): void {
		const isOpen = this.#readyState === OPEN || this.#readyState === CLOSING;
		if (isOpen) this.dispatchEvent(new MessageEvent("message", { data, origin: new URL(this.url).origin }));
	}

	/** What was sent before `close` has been answered. */
	#drained(): void {
		if (this.#closing && !this.#connection?.outbox.size) this.#hangUp();
	}

	#end(code: number, reason: string): void {
		this.#readyState = CLOSING;
		this.#connection?.hangUp(code, reason);
	}

	#hangUp(): void {
		this.#connection?.hangUp(this.#closing?.code, this.#closing?.reason);
	}

	#finished(end: LinkEnd): void {
		if (this.#readyState === CLOSED) return;
		this.#readyState = CLOSED;
		if (!end.wasClean) this.dispatchEvent(new Event("error"));
		this.dispatchEvent(new CloseEvent("close", end));
	}
}
