import type { Downstream } from "@hubbub/protocol/downstream.ts";
import type { User } from "@hubbub/protocol/fields.ts";
import type { ConnectionState } from "./dialer.ts";
import type { HubbubError } from "./error.ts";
import type { LinkEnd, TransportName } from "./transport.ts";

/** What a connection tells its listeners. */
export interface ConnectionEvents {
	state: ConnectionState;
	/** What carries the room now, told when it changes and the first time. */
	transport: TransportName;
	/** Who the server says this is: after each welcome. */
	user: User;
	/** A refusal that belongs to no promise, for example of likes. */
	error: HubbubError;
	/**
	 * This SDK is older than the server: its version of the `protocol`, or one of its `files` that was needed and is not there any more. What works
	 * goes on working; loading the page again helps. Told once.
	 */
	outdated: "protocol" | "files";
}

/** Hooks for a dialect of its own on the connection; see `socket.ts`. */
export interface ConnectionHooks {
	/** The link is open and the hello not yet said. */
	opened?(): void;
	/** A downstream frame after its duplicates were taken out. Answers to commands go to their `settle` instead. */
	frame?(frame: Downstream): void;
	/** Everything is over. */
	finished?(end: LinkEnd): void;
}
