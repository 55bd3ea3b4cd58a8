import { inflateRawSync } from "node:zlib";
import type { Downstream } from "@hubbub/protocol/downstream.ts";
import { SUBPROTOCOL_V1 } from "@hubbub/protocol/wire/version.ts";

type Type = Downstream["type"];
export type Frame<T extends Type> = Downstream & { type: T };

/** A plain program on `hubbub.v1` over the runtime's own WebSocket. */
export interface Client {
	readonly socket: WebSocket;
	/** Everything received, in order. */
	readonly frames: readonly Downstream[];
	/** How the connection ended. */
	readonly closed: Promise<{ code: number; reason: string; wasClean: boolean }>;
	send(frame: object): void;
	/** The first frame, received already or yet to come, of that type and that fits. */
	next<T extends Type>(type: T, fits?: (frame: Frame<T>) => boolean): Promise<Frame<T>>;
	/** Says something and waits for the answer. */
	say(text: string, options?: { room?: string; key?: string; replyTo?: string }): Promise<Frame<"ack"> | Frame<"reject">>;
	close(): Promise<void>;
}

let refs = 0;

/**
 * Connects and says hello; answers when welcomed, or when the connection has ended.
 *
 * @example const client = await connect(`${server.ws}/rooms/lobby`, { name: "Ming" });
 */
export async function connect(url: string, hello: object | null = {}, init: object = {}): Promise<Client> {
	const socket = new WebSocket(url, { protocols: [SUBPROTOCOL_V1], ...init } as unknown as string[]);
	socket.binaryType = "arraybuffer";
	const frames: Downstream[] = [];
	const waiting = new Set<() => void>();
	const wake = () => {
		for (const each of [...waiting]) each();
	};
	socket.onmessage = ({ data }) => {
		const text = typeof data === "string" ? data : new TextDecoder().decode(inflateRawSync(new Uint8Array(data).subarray(1)));
		frames.push(JSON.parse(text));
		wake();
	};
	let ended = false;
	const closed = new Promise<{ code: number; reason: string; wasClean: boolean }>((resolve) => {
		socket.onclose = ({ code, reason, wasClean }) => {
			ended = true;
			resolve({ code, reason, wasClean });
			wake();
		};
	});
	const client: Client = {
		socket,
		frames,
		closed,
		send: (frame) => socket.send(JSON.stringify(frame)),
		next<T extends Type>(type: T, fits: (frame: Frame<T>) => boolean = () => true) {
			return new Promise<Frame<T>>((resolve, reject) => {
				const look = () => {
					const found = frames.find((frame): frame is Frame<T> => frame.type === type && fits(frame as Frame<T>));
					if (!found && !ended) return;
					waiting.delete(look);
					if (found) resolve(found);
					else reject(new Error(`The connection ended before ${type} came. It got ${JSON.stringify(frames.at(-1))}.`));
				};
				waiting.add(look);
				look();
			});
		},
		say(text, { room = "lobby", key = `key ${refs}`, replyTo } = {}) {
			const ref = ++refs;
			client.send({ type: "say", ref, room, key, text, ...(replyTo !== undefined && { replyTo }) });
			return Promise.race([client.next("ack", (frame) => frame.ref === ref), client.next("reject", (frame) => frame.ref === ref)]);
		},
		async close() {
			socket.close();
			await closed;
		},
	};
	await new Promise<void>((resolve) => {
		socket.onopen = () => resolve();
		void closed.then(() => resolve());
	});
	if (hello !== null && !ended) {
		client.send({ type: "hello", ...hello });
		await Promise.race([client.next("welcome").catch(() => {}), closed]);
	}
	return client;
}

/** The messages a client was shown in a room, each once by offset. */
export function shown(client: Client, room = "lobby"): string[] {
	const texts = new Map<number, string>();
	for (const frame of client.frames)
		if ((frame.type === "batch" || frame.type === "joined") && frame.room === room)
			for (const event of frame.events) if (event.kind === "message") texts.set(event.offset, event.text);
	return [...texts].sort(([one], [other]) => one - other).map(([, text]) => text);
}

/** A wait in vain names its condition before the test's own time is over. */
const neverMs = 120_000;

/** Resolves as soon as the condition holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
	const begunMs = performance.now();
	while (!(await condition())) {
		if (performance.now() - begunMs > neverMs) throw new Error(`This never came to hold: ${condition}`);
		await Bun.sleep(5);
	}
}
