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
	/** What the sockets did not take yet, or what came before the way to the server was open: up to it, and down to the client. */
	readonly up: Uint8Array[];
	readonly down: Uint8Array[];
	isKept: boolean;
	/** The server will say nothing more. */
	isOver: boolean;
	timer: ReturnType<typeof setTimeout> | null;
}

/** A proxy on a free port of the loopback before the server at `target`. */
export class FaultyProxy {
	readonly url: string;
	#faults: ProxyFaults;
	readonly #sides = new Set<Side>();
	/** First lines of all requests, in the order they came. */
	readonly requests: string[] = [];
	readonly #listener: TCPSocketListener<Side>;
	readonly #target: URL;

	constructor(target: string, faults: ProxyFaults) {
		this.#faults = faults;
		this.#target = new URL(target);
		this.#listener = Bun.listen<Side>({
			hostname: "127.0.0.1",
			port: 0,
			socket: {
				open: (client) => this.#open(client),
				data: (client, bytes) => this.#fromClient(client.data, bytes),
				drain: ({ data }) => passDown(data),
				close: ({ data }) => {
					this.#sides.delete(data);
					cut(data);
				},
				error: ({ data }) => cut(data),
			},
		});
		this.url = `http://127.0.0.1:${this.#listener.port}`;
	}

	get faults(): ProxyFaults {
		return this.#faults;
	}

	/** Answers that are kept back and still waited for. */
	get keptBack(): number {
		return [...this.#sides].filter(({ isKept }) => isKept).length;
	}

	/** May be changed while it runs; what is open already is held to it too. */
	set faults(faults: ProxyFaults) {
		this.#faults = faults;
		for (const side of this.#sides) this.#watch(side);
	}

	stop(): void {
		this.#listener.stop(true);
	}

	#open(client: Socket<Side>): void {
		const side: Side = { client, upstream: null, up: [], down: [], isKept: false, isOver: false, timer: null };
		client.data = side;
		this.#sides.add(side);
		void Bun.connect<Side>({
			hostname: this.#target.hostname,
			port: Number(this.#target.port),
			data: side,
			socket: {
				open(upstream) {
					side.upstream = upstream;
					pass(side.up, upstream);
				},
				drain: (upstream) => pass(side.up, upstream),
				data: (_upstream, bytes) => this.#fromServer(side, bytes),
				close: () => {
					side.isOver = true;
					passDown(side);
				},
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
		side.up.push(Uint8Array.from(bytes));
		if (side.upstream) pass(side.up, side.upstream);
	}

	#fromServer(side: Side, bytes: Uint8Array): void {
		this.#watch(side);
		const { buffers } = this.faults;
		if (buffers && new RegExp(`^content-type: ${buffers}`, "im").test(Buffer.from(bytes).toString("latin1"))) side.isKept = true;
		if (side.isKept) return;
		side.down.push(Uint8Array.from(bytes));
		passDown(side);
	}

	#watch(side: Side): void {
		if (side.timer) clearTimeout(side.timer);
		if (this.faults.idleCutMs) side.timer = setTimeout(() => cutAfterLook(side, looksBeforeCut), this.faults.idleCutMs);
	}
}

/** Writes as much as the socket takes; what is left goes when it has room again. */
function pass(queue: Uint8Array[], to: Socket<Side>): void {
	for (let bytes = queue[0]; bytes; bytes = queue[0]) {
		const taken = Math.max(0, to.write(bytes));
		if (taken < bytes.length) {
			queue[0] = bytes.subarray(taken);
			return;
		}
		queue.shift();
	}
}

/** What the server said last still arrives before the end does. */
function passDown(side: Side): void {
	pass(side.down, side.client);
	if (!side.isOver || side.down.length > 0) return;
	if (side.timer) clearTimeout(side.timer);
	side.client.end();
}

/** How often, and how far apart, the sockets are looked at once more before a cut. */
const looksBeforeCut = 3;
const lookMs = 5;

/** After a moment in which the machine stood still, what the server said in time is there to be read: then nothing is cut. */
function cutAfterLook(side: Side, looks: number): void {
	if (looks === 0) cut(side);
	else side.timer = setTimeout(() => cutAfterLook(side, looks - 1), lookMs);
}

function cut(side: Side): void {
	if (side.timer) clearTimeout(side.timer);
	side.client.terminate();
	side.upstream?.terminate();
}
