import type { Downstream } from "@hubbub/protocol/downstream.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import type { Upstream } from "@hubbub/protocol/upstream.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import { encodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import { SUBPROTOCOL_V1 } from "@hubbub/protocol/wire/version.ts";

/** What the n-th message said (from 1) gets. `hang up` closes its connection, `silence` leaves it without an answer. */
export type Reply = "ack" | "sampled" | "silence" | "hang up" | { readonly reject: Code };
/** How the n-th message is handed to one reader: as it should be, not at all, twice, left out with a word, or in a gap. */
export type Delivery = "once" | "never" | "twice" | "omitted" | "gap";

export interface Script {
	/** Answer to a hello: let in, turned away with a code, or never answered. */
	readonly entrance?: "open" | "silence" | { readonly reject: Code };
	readonly reply?: (n: number, text: string) => Reply;
	readonly delivery?: (n: number, reader: string) => Delivery;
	/** The subprotocol it agrees to, as a WebSocket server that is no Hubbub would. */
	readonly subprotocol?: string;
}

interface Reader {
	name: string;
	present: boolean;
}

/** What a server that follows a script was told. */
export interface ScriptedServer {
	readonly url: string;
	readonly said: readonly { readonly name: string; readonly text: string; readonly token: string | undefined }[];
	readonly hellos: readonly Extract<Upstream, { type: "hello" }>[];
	/** How often somebody said `ping`. */
	readonly pings: number;
	/** Most connections at once. */
	readonly connectionsMax: number;
	/** Closes every connection that is open now. */
	hangUpAll(): void;
	stop(): Promise<void>;
}

/**
 * A server of `hubbub.v1` for the tests of this folder, that does on purpose what a good one never does: one room, kept in memory, whose
 * answers and deliveries follow a script.
 */
export function startScriptedServer(script: Script = {}): ScriptedServer {
	const said: { name: string; text: string; token: string | undefined }[] = [];
	const hellos: Extract<Upstream, { type: "hello" }>[] = [];
	const log: MessageEvent[] = [];
	const sockets = new Set<Bun.ServerWebSocket<Reader>>();
	let connectionsMax = 0;
	let pings = 0;
	const { subprotocol = SUBPROTOCOL_V1 } = script;
	const cursor = (offset: number) => encodeCursor({ epoch: "e1", offset });
	const send = (socket: Bun.ServerWebSocket<Reader>, frame: Downstream) => socket.send(JSON.stringify(frame));

	function enter(socket: Bun.ServerWebSocket<Reader>, hello: Extract<Upstream, { type: "hello" }>) {
		hellos.push(hello);
		const { entrance = "open" } = script;
		if (entrance === "silence") return;
		const user = { id: `guest-${hellos.length}`, name: hello.name ?? "Guest", roles: ["guest" as const] };
		const room = hello.rooms?.[0]?.room ?? "lobby";
		if (entrance !== "open") {
			send(socket, { type: "reject", code: entrance.reject, message: "Not today.", room });
			return;
		}
		socket.data = { name: user.name, present: true };
		const limits = { frameBytesMax: 65_536, textGraphemesMax: 500, roomsPerConnectionMax: 32 };
		send(socket, {
			type: "welcome",
			version: 1,
			features: [],
			session: "s",
			user,
			token: `token of ${user.name}`,
			heartbeatMs: 25_000,
			now: 0,
			limits,
		});
		const after = hello.rooms?.[0]?.after;
		const missed = after === undefined ? [] : log.slice(Number.parseInt(after.split(".")[1] ?? "0", 36));
		// Nobody in this folder reads a room's settings.
		const state = { settings: {} as RoomSettings, viewers: 1, likes: 0 };
		send(socket, { type: "joined", room, cursor: cursor(log.length), recovered: after !== undefined, state, events: missed });
	}

	function hear(socket: Bun.ServerWebSocket<Reader>, say: Extract<Upstream, { type: "say" }>) {
		said.push({ name: socket.data.name, text: say.text, token: hellos.findLast((hello) => hello.name === socket.data.name)?.token });
		const reply = script.reply?.(said.length, say.text) ?? "ack";
		if (reply === "silence") return;
		if (reply === "hang up") {
			socket.close(1011, "as the script says");
			return;
		}
		if (typeof reply === "object") {
			send(socket, { type: "reject", ref: say.ref, code: reply.reject, message: "No." });
			return;
		}
		const from = { id: socket.data.name, name: socket.data.name, roles: ["guest" as const] };
		const event: MessageEvent = { offset: log.length + 1, at: 0, kind: "message", id: `m${log.length + 1}`, from, text: say.text };
		log.push(event);
		// Batches go out before the ack, as they may: readers hear of a message before its sender's tool knows its offset.
		for (const reader of sockets) if (reader.data.present) deliver(reader, say.room, event);
		const fate = reply === "ack" ? "shown" : "sampled";
		send(socket, { type: "ack", ref: say.ref, room: say.room, id: event.id, cursor: cursor(event.offset), fate });
	}

	function deliver(reader: Bun.ServerWebSocket<Reader>, room: string, event: MessageEvent) {
		const delivery = script.delivery?.(event.offset, reader.data.name) ?? "once";
		const batch = {
			type: "batch" as const,
			room,
			cursor: cursor(event.offset),
			events: delivery === "once" || delivery === "twice" ? [event] : [],
		};
		if (delivery === "gap") send(reader, { type: "gap", room, from: cursor(event.offset - 1), to: cursor(event.offset) });
		else if (delivery === "omitted") send(reader, { ...batch, omitted: 1 });
		else send(reader, batch);
		if (delivery === "twice") send(reader, batch);
	}

	const server = Bun.serve<Reader>({
		port: 0,
		hostname: "127.0.0.1",
		fetch(request, bun) {
			if (bun.upgrade(request, { data: { name: "", present: false }, headers: { "sec-websocket-protocol": subprotocol } })) return;
			return new Response("A page.");
		},
		websocket: {
			open(socket) {
				sockets.add(socket);
				connectionsMax = Math.max(connectionsMax, sockets.size);
			},
			message(socket, data) {
				const frame = JSON.parse(String(data)) as Upstream;
				if (frame.type === "hello") enter(socket, frame);
				else if (frame.type === "say") hear(socket, frame);
				else if (frame.type === "ping") {
					pings++;
					send(socket, { type: "pong", now: 0 });
				}
			},
			close(socket) {
				sockets.delete(socket);
			},
		},
	});
	return {
		url: `ws://127.0.0.1:${server.port}`,
		said,
		hellos,
		get pings() {
			return pings;
		},
		get connectionsMax() {
			return connectionsMax;
		},
		hangUpAll() {
			for (const socket of sockets) socket.close(1011, "as the script says");
		},
		async stop() {
			for (const socket of sockets) socket.terminate();
			await server.stop(true);
		},
	};
}
