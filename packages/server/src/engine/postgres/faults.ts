/**
 * What to make of an error of PostgreSQL or of the way there.
 * - `passing`: a connection that broke, a deadlock, a server that is starting: worth another try at once.
 * - `store`: writes are not taken now (a full disk, a replica, no answer in time).
 * - `operation`: one operation cannot be kept; its neighbours can.
 * - `refused`: trying again unchanged ends the same way: a wrong password, no such database.
 */
export interface Fault {
	readonly kind: "passing" | "store" | "operation" | "refused";
	/** What is known of the transaction it befell: rolled back, or not whether it was committed. */
	readonly leaves: "nothing" | "unknown";
	/** One sentence that may be shown to anybody: no addresses, no names. */
	readonly words: string;
	/** What the server or the system said, for the operator's log. */
	readonly detail: string;
}

/** PostgreSQL did not answer in time. */
export class NoAnswer extends Error {
	override name = "NoAnswer";
}

/** What cannot be mended by waiting, in words for the operator. */
export class Unfit extends Error {
	override name = "Unfit";
}

/** By SQLSTATE, or its class where only the first two signs stand here. See PostgreSQL's appendix A. */
const states: Readonly<Record<string, readonly [Fault["kind"], string]>> = {
	"08": ["passing", "The connection to PostgreSQL broke."],
	"22": ["operation", "PostgreSQL cannot keep what was written."],
	"23": ["operation", "PostgreSQL cannot keep what was written."],
	"23514": ["passing", "PostgreSQL has no partition for now."],
	"25006": ["store", "PostgreSQL takes no writes: it is a read-only replica."],
	"28": ["refused", "PostgreSQL refuses the user or the password."],
	"3D": ["refused", "PostgreSQL has no such database."],
	"40": ["passing", "PostgreSQL broke a transaction off."],
	"42501": ["refused", "PostgreSQL does not allow its user to do what is needed."],
	"53100": ["store", "PostgreSQL's disk is full."],
	"53200": ["store", "PostgreSQL is out of memory."],
	"53300": ["passing", "PostgreSQL has no connection left (max_connections)."],
	"54": ["operation", "PostgreSQL cannot keep what was written: it is too long."],
	"55P03": ["store", "PostgreSQL waited too long for a lock."],
	"57014": ["store", "PostgreSQL took too long."],
	"57P01": ["passing", "PostgreSQL is shutting down."],
	"57P02": ["passing", "PostgreSQL broke down and is starting again."],
	"57P03": ["passing", "PostgreSQL is not ready yet."],
	"57P05": ["passing", "PostgreSQL closed a connection."],
	"58": ["store", "PostgreSQL's disk is failing."],
	XX: ["store", "PostgreSQL's files are damaged."],
};

const unreachable = "PostgreSQL cannot be reached.";

/** Of the driver and the system, by their code. */
const ways: Readonly<Record<string, string>> = {
	CONNECTION_CLOSED: "The connection to PostgreSQL broke.",
	CONNECTION_DESTROYED: "The connection to PostgreSQL broke.",
	CONNECTION_ENDED: "The connection to PostgreSQL broke.",
	CONNECT_TIMEOUT: unreachable,
	ECONNREFUSED: unreachable,
	ECONNRESET: "The connection to PostgreSQL broke.",
	EHOSTUNREACH: unreachable,
	ENETUNREACH: unreachable,
	ENOENT: unreachable,
	ENOTFOUND: unreachable,
	EAI_AGAIN: unreachable,
	EPIPE: "The connection to PostgreSQL broke.",
	ETIMEDOUT: unreachable,
};

export function faultOf(error: unknown): Fault {
	const { code = "", message = String(error) } = error as { code?: string; message?: string };
	if (error instanceof NoAnswer) return { kind: "store", leaves: "unknown", words: "PostgreSQL does not answer.", detail: message };
	if (error instanceof Unfit) return { kind: "refused", leaves: "nothing", words: message, detail: message };
	const way = ways[code];
	if (way !== undefined) return { kind: "passing", leaves: "unknown", words: way, detail: message };
	const state = /^[0-9A-Z]{5}$/.test(code) ? (states[code] ?? states[code.slice(0, 2)]) : undefined;
	const detail = `${message} (${code || "no code"})`;
	if (!state) return { kind: "store", leaves: "unknown", words: "PostgreSQL answered with an error.", detail };
	const [kind, words] = state;
	// Shutting down, it may have committed before it said so.
	return { kind, leaves: code.startsWith("57P") || code.startsWith("08") ? "unknown" : "nothing", words, detail };
}
