import { RoomId } from "@hubbub/protocol/fields.ts";
import { type ArgsDef, type CommandDef, parseArgs, renderUsage } from "citty";
import * as v from "valibot";

/** Says in one sentence what is wrong with the command line. */
export class OptionError extends Error {
	override name = "OptionError";
}

/** The options that both `replay` and `crowd` have. */
export const sharedArgs = {
	url: { type: "string", valueHint: "address", default: "ws://localhost:8080", description: "The server" },
	room: { type: "string", valueHint: "id", default: "lobby", description: "The room to play in" },
	token: {
		type: "string",
		valueHint: "token",
		description: "Operator's key or JWT that everybody comes with; without one they are guests",
	},
	speed: {
		type: "string",
		valueHint: "n|max",
		default: "1",
		description: "2 is twice as fast as life; max is as fast as the server answers",
	},
	limit: { type: "string", valueHint: "n", description: "Stop after n lines" },
	json: { type: "boolean", description: "Print the summary as JSON" },
} as const satisfies ArgsDef;

export type Values = Record<string, string | boolean | undefined>;

/** Parses what stands behind the command. `help` holds the usage where it was asked for. Throws `OptionError`. */
export async function readArguments<T extends ArgsDef>(
	command: CommandDef<T>,
	rawArguments: readonly string[],
	color: boolean,
): Promise<{ kind: "help"; usage: string } | { kind: "run"; values: Values }> {
	if (rawArguments.some((argument) => argument === "--help" || argument === "-h")) {
		const usage = await renderUsage(command);
		return { kind: "help", usage: color ? usage : usage.replace(/\u001b\[\d+m/g, "") };
	}
	const definitions = command.args as ArgsDef;
	let values: Values & { _?: unknown };
	try {
		values = parseArgs([...rawArguments], definitions) as unknown as Values;
	} catch (error) {
		throw new OptionError(`${(error as Error).message.replace(/\.$/, "")}. See --help.`);
	}
	// The parser takes any name; a misspelt option would otherwise be left out in silence.
	const camel = (name: string) => name.replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
	const known = new Set(Object.keys(definitions).flatMap((name) => [name, camel(name)]));
	const unknown = Object.keys(values).find((name) => name !== "_" && !known.has(name));
	if (unknown) throw new OptionError(`There is no option --${unknown}. See --help.`);
	const positionals = Object.values(definitions).filter((definition) => definition.type === "positional").length;
	const given = values._ as unknown as string[];
	if (given.length > positionals) throw new OptionError(`"${given[positionals]}" is one argument too many. See --help.`);
	return { kind: "run", values };
}

/** A number of an option, or `otherwise` where it was not given. */
export function numberOf(values: Values, name: string, range: { min: number; max?: number; whole?: boolean; otherwise: number }): number {
	const given = values[name];
	if (given === undefined) return range.otherwise;
	const value = typeof given === "string" && given.trim() !== "" ? Number(given) : Number.NaN;
	const { min, max = Number.MAX_SAFE_INTEGER, whole } = range;
	if (!Number.isFinite(value) || value < min || value > max || (whole && !Number.isInteger(value))) {
		const most = range.max === undefined ? "" : ` to ${range.max}`;
		throw new OptionError(`--${name} takes a ${whole ? "whole number" : "number"} from ${min}${most}, not "${given}".`);
	}
	return value;
}

/** `--speed`: a number above 0, or `max`. */
export function speedOf(values: Values): number | "max" {
	if (values.speed === "max") return "max";
	const speed = Number(values.speed);
	if (!Number.isFinite(speed) || speed <= 0) throw new OptionError(`--speed takes a number above 0, or max, not "${values.speed}".`);
	return speed;
}

/** Where `hubbub.v1` is spoken, from an address as people type it: `ws://`, `http://`, with or without `/ws`. */
export function socketUrlOf(values: Values): string {
	const given = String(values.url);
	let url: URL;
	try {
		url = new URL(given.includes("://") ? given : `ws://${given}`);
	} catch {
		throw new OptionError(`--url takes an address like ws://localhost:8080, not "${given}".`);
	}
	url.protocol = url.protocol.replace("http", "ws");
	if (url.protocol !== "ws:" && url.protocol !== "wss:") throw new OptionError(`--url takes a ws:// or wss:// address, not "${given}".`);
	url.hash = "";
	if (!url.pathname.endsWith("/ws")) url.pathname = `${url.pathname.replace(/\/$/, "")}/ws`;
	return url.href;
}

export function roomOf(values: Values): string {
	if (!v.is(RoomId, values.room)) {
		throw new OptionError(`--room takes letters a–z, digits, - and _, at most 64, not "${values.room}".`);
	}
	return values.room;
}
