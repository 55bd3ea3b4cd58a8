import type { Welcome } from "@hubbub/protocol/downstream.ts";
import type { User } from "@hubbub/protocol/event.ts";
import { parseAddress } from "./address.ts";
import { type ConnectionEvents, type ConnectionHooks, LiveConnection } from "./connection.ts";
import type { ConnectionState } from "./dialer.ts";
import { browserEnvironment, type Environment, pageStorage } from "./environment.ts";
import { readFrame } from "./frame.ts";
import { Identity, stored, type TokenOption, type TokenStorage } from "./identity.ts";
import type { Room, RoomOptions } from "./room.ts";
import { Route, type Traveller } from "./route.ts";
import type { TransportName } from "./transport.ts";
import { websocketTransport } from "./websocket-transport.ts";

export interface ConnectOptions {
	/** Who this is: a JWT, or a function asked before each attempt, so that an expired one is renewed. Without it, a guest. */
	readonly token?: TokenOption;
	/** How a guest would like to be called. The server may change it. */
	readonly name?: string;
	/** Where a guest's own token is kept, under `hubbub.guest.<host>`, and what works in this network. `localStorage` where left out; null keeps it for this page only. */
	readonly storage?: TokenStorage | null;
	/**
	 * What to travel by. `auto`, where left out: a WebSocket, and where the network does not let one through, what it does let through; a
	 * better way is looked for now and then, and what works is kept under `hubbub.transport.<host>` for a day. Any other is used alone.
	 */
	readonly transport?: "auto" | TransportName;
	/** Commands that may wait for the server at once, 64 where left out. One more is refused with `queue_full`. */
	readonly queueMax?: number;
	/** Replaces parts of the surroundings, for tests. */
	readonly environment?: Partial<Environment>;
}

/** One connection to a server, for any number of rooms up to the server's limit. */
export interface Connection {
	readonly state: ConnectionState;
	/** Who the server says this is; null before the first welcome. */
	readonly user: User | null;
	/** What the server takes: bytes of a frame, graphemes of a text, rooms of a connection. */
	readonly limits: Welcome["limits"];
	/** The server's clock minus this one's, in milliseconds. */
	readonly clockSkewMs: number;
	/** Joins a room, once connected. The same object for the same id. An id that no room can have ends in "rejected" like a room that does not exist. */
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
 * where it was. Throws a `SyntaxError` DOMException for what is no address; every other trouble shows in `state`.
 *
 * @example
 * const connection = connect("https://chat.example.com", { name: "小明" });
 * connection.on("state", (state) => console.log(state.phase));
 * const room = connection.room("lobby");
 */
export function connect(url: string | URL, options: ConnectOptions = {}): Connection {
	return openConnection(url, options, {});
}

/** `connect` with hooks for a face of its own. */
export function openConnection(url: string | URL, options: ConnectOptions, hooks: ConnectionHooks): LiveConnection {
	const address = parseAddress(url);
	const environment = browserEnvironment(options.environment);
	const storage = options.storage === undefined ? pageStorage() : options.storage;
	const { transport: choice = "auto" } = options;
	const websocket = websocketTransport(address.socketUrl, environment);
	const memory = { storage, key: `hubbub.transport.${address.host}` };
	const http = () => import("./http/http.ts").then((module) => module.http);
	const load = (traveller: Traveller) =>
		http().then(({ openGuide }) => openGuide({ traveller, environment, httpBase: address.httpBase, readFrame, websocket, choice, memory }));
	// An earlier visit may have found that this network needs another way.
	const isNeeded = choice !== "auto" || stored(storage, memory.key) !== null;
	return new LiveConnection({
		address,
		environment,
		route: new Route(websocket, choice === "websocket" ? null : load, isNeeded),
		http,
		identity: new Identity(options.token, storage, address.host),
		name: options.name,
		queueMax: options.queueMax ?? 64,
		hooks,
	});
}
