import type { Socket, TCPSocketListener } from "bun";

/** What a proxy does to what passes. Each part may be left out; without any it is an honest one. */
export interface ProxyFaults {
	/** Answers an upgrade with 403, or takes it and never answers. */
	readonly upgrade?: "refused" | "hangs";
	/** Keeps back an answer of this type until it is whole, which an event stream never is. */
	readonly buffers?: "text/event-stream";
	/** Cuts a connection over which nothing came from the server for so long. */
	readonly idleCutMs?: number;
}

interface Side {
	readonly client: Socket<Side>;
	upstream: Socket<Side> | null;
	/** What the client said before the way to the server was open. */
	waiting: Uint8Array[];
	isKept: boolean;
	timer: ReturnType<typeof setTimeout> | null;
}

/** A proxy on a free port of the loopback before the server at `target`. */
export class FaultyProxy {
	readonly url: string;
	/** May be changed while it runs. */
	faults: ProxyFaults;
	/** First lines of all requests, in the order they came. */
	readonly requests: string[] = [];
	readonly #listener: TCPSocketListener<Side>;
	readonly #target: URL;

	constructor(target: string, faults: ProxyFaults) {
		this.faults = faults;
		this.#target = new URL(target);
		this.#listener = Bun.listen<Side>({
			hostname: "127.0.0.1",
			port: 0,
			socket: {
				open: (client) => this.#open(client),
				data: (client, bytes) => this.#fromClient(client.data, bytes),
				close: ({ data }) => cut(data),
				error: ({ data }) => cut(data),
			},
		});
		this.url = `http://127.0.0.1:${this.#listener.port}`;
	}

	stop(): void {
		this.#listener.stop(true);
	}

	#open(client: Socket<Side>): void {
		const side: Side = { client, upstream: null, waiting: [], isKept: false, timer: null };
		client.data = side;
		void Bun.connect<Side>({
			hostname: this.#target.hostname,
			port: Number(this.#target.port),
			data: side,
			socket: {
				open(upstream) {
					side.upstream = upstream;
					for (const bytes of side.waiting.splice(0)) upstream.write(bytes);
				},
				data: (_upstream, bytes) => this.#fromServer(side, bytes),
				close: () => cut(side),
				error: () => cut(side),
				connectError: () => cut(side),
			},
		});
	}

	#fromClient(side: Side, bytes: Uint8Array): void {
		const head = Buffer.from(bytes.subarray(0, 4_096)).toString("latin1");
		if (/^(GET|POST) /.test(head)) this.requests.push(head.slice(0, head.indexOf(" HTTP")));
		if (/^upgrade: websocket/im.test(head) && this.faults.upgrade) {
			if (this.faults.upgrade === "refused") side.client.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
			return;
		}
		this.#watch(side);
		if (side.upstream) side.upstream.write(bytes);
		else side.waiting.push(Uint8Array.from(bytes));
	}

	#fromServer(side: Side, bytes: Uint8Array): void {
		this.#watch(side);
		const { buffers } = this.faults;
		if (buffers && new RegExp(`^content-type: ${buffers}`, "im").test(Buffer.from(bytes).toString("latin1"))) side.isKept = true;
		if (!side.isKept) side.client.write(bytes);
	}

	#watch(side: Side): void {
		if (side.timer) clearTimeout(side.timer);
		if (this.faults.idleCutMs) side.timer = setTimeout(() => cut(side), this.faults.idleCutMs);
	}
}

function cut(side: Side): void {
	if (side.timer) clearTimeout(side.timer);
	side.client.terminate();
	side.upstream?.terminate();
}
