import type { Welcome } from "@hubbub/protocol/downstream.ts";
import type { User } from "@hubbub/protocol/fields.ts";
import { parseAddress } from "./address.ts";
import { nameText } from "./arguments.ts";
import { LiveConnection } from "./connection.ts";
import type { ConnectionEvents, ConnectionHooks } from "./connection-events.ts";
import { type ConnectionState, LazySelector } from "./dialer.ts";
import { browserEnvironment, type Environment, pageStorage } from "./environment.ts";
import { readFrame } from "./frame.ts";
import { Identity, stored, type TokenOption, type TokenStorage } from "./identity.ts";
import type { Room, RoomOptions } from "./room.ts";
import type { SelectorHost, TransportName } from "./transport.ts";
import { websocketTransport } from "./websocket-transport.ts";

const queueMaxUsual = 64;

export interface ConnectOptions {
	/** Who this is: a JWT, or a function asked before each attempt, so that an expired one is renewed. Without it, or where it is or answers null or `""`, a guest. */
	readonly token?: TokenOption | null;
	/** How a guest would like to be called; null is nothing in particular. The server may change it. */
	readonly name?: string | null;
	/** Where a guest's own token is kept, under `hubbub.guest.<host and path>`, and what works in this network. `localStorage` where left out; null keeps it for this page only. */
	readonly storage?: TokenStorage | null;
	/**
	 * What carries the frames. `auto`, where left out: a WebSocket, and where the network does not let one through, what it does let through; a
	 * better transport is looked for now and then, and what works is kept under `hubbub.transport.<host and path>` for a day. Any other is used alone.
	 */
	readonly transport?: "auto" | TransportName | null;
	/** Commands that may wait for the server at once, 64 where left out. One more is refused with `queue_full`. */
	readonly queueMax?: number | null;
	/** Replaces parts of the surroundings, for tests. */
	readonly environment?: Partial<Environment>;
}

/** One connection to a server, for any number of rooms up to the server's limit. */
export interface Connection {
	readonly state: ConnectionState;
	/** Who the server says this is; null before the first welcome. */
	readonly user: User | null;
	/** The version of the protocol that the server speaks, and what it can beside that; null and nothing before the first welcome. */
	readonly version: number | null;
	readonly features: readonly string[];
	/** What the server takes: bytes of a frame, graphemes of a text, rooms of a connection. */
	readonly limits: Welcome["limits"];
	/** The server's clock minus this one's, in milliseconds. */
	readonly clockSkewMs: number;
	/**
	 * Joins a room, once connected. The same object for the same id. An id that no room can have ends in "rejected" like a room that does
	 * not exist; what is no id at all throws a `TypeError`.
	 */
	room(id: string, options?: RoomOptions): Room;
	/** Calls `listener` at every event of `type`. Returns how to stop. */
	on<Type extends keyof ConnectionEvents>(type: Type, listener: (value: ConnectionEvents[Type]) => void): () => void;
	/** Ends a wait between two attempts. */
	retryNow(): void;
	/** Ends the connection for good; what waits for an answer rejects with `closed`. */
	close(): void;
}

/**
 * Connects to the server at `url`, any address of it, and stays connected: after a loss it comes back by itself, with every room
 * where it was. Throws a `SyntaxError` DOMException for what is no address and a `TypeError` for a token that can be none; every other
 * trouble shows in `state`. Options that are null count as left out.
 *
 * @example
 * const connection = connect("https://chat.example.com", { name: "小明" });
 * connection.on("state", (state) => console.log(state.phase));
 * const room = connection.room("lobby");
 */
export function connect(url: string | URL, options?: ConnectOptions | null): Connection {
	return openConnection(url, options, {});
}

/** `connect` with hooks for a dialect of its own. */
export function openConnection(url: string | URL, given: ConnectOptions | null | undefined, hooks: ConnectionHooks): LiveConnection {
	const options = given ?? {};
	const address = parseAddress(url);
	const environment = browserEnvironment(options.environment);
	const storage = options.storage === undefined ? pageStorage() : options.storage;
	const choice = options.transport ?? "auto";
	const queueMax = Number(options.queueMax ?? queueMaxUsual);
	const websocket = websocketTransport(address.socketUrl, environment);
	const memory = { storage, key: `hubbub.transport.${address.place}` };
	const http = () => import("./http/http.ts").then((module) => module.http);
	const load = (host: SelectorHost) =>
		http().then(({ openSelector }) =>
			openSelector({ host, environment, httpBase: address.httpBase, readFrame, websocket, choice, memory }),
		);
	// An earlier visit may have found that this network needs another transport.
	const isNeeded = choice !== "auto" || stored(storage, memory.key) !== null;
	return new LiveConnection({
		address,
		environment,
		selector: new LazySelector(websocket, choice === "websocket" ? null : load, isNeeded),
		http,
		identity: new Identity(options.token, storage, address.place),
		name: nameText(options.name),
		queueMax: queueMax >= 0 ? queueMax : queueMaxUsual,
		hooks,
	});
}
