import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { engines } from "./engines/table.ts";
import type { PartOptions } from "./parts/part.ts";

export type Asked =
	| { readonly kind: "help" }
	| { readonly kind: "mistake"; readonly words: string }
	| {
			readonly kind: "measure";
			readonly words: readonly string[];
			/** `rounds` is null where nobody says: each part has its own number. */
			readonly options: Omit<PartOptions, "say" | "rounds"> & { readonly rounds: number | null };
			readonly record: "written" | "shown only";
	  };

const flags = {
	scale: { type: "string", default: "1" },
	rounds: { type: "string" },
	seconds: { type: "string", default: "8" },
	minutes: { type: "string", default: "30" },
	messages: { type: "string", default: "1000000" },
	engines: { type: "string" },
	"dry-run": { type: "boolean", default: false },
	help: { type: "boolean", short: "h", default: false },
} as const;

/** What `--help` says of the flags. */
export const flagsHelp = `  --scale N        share of the full load, for trying things out; below 1 nothing is written (default 1)
  --rounds N       how often everything is measured, in turn (default 3; the page once)
  --seconds N      how long one run is measured (default 8)
  --engines A,B    only these: ${engines.map(({ name }) => name).join(", ")}
  --messages N     messages in the archive of the part history (default 1000000; 10000000 take two minutes to store)
  --minutes N      length of the part soak (default 30)
  --dry-run        show the table, write nothing
  HUBBUB_RECORDINGS  folder of recorded chats in JSON lines (default ../shared/data)`;

/** Reads the command line. Never throws. `root` is the repository's folder. */
export function readOptions(args: readonly string[], root: string): Asked {
	let parsed: ReturnType<typeof parse>;
	try {
		parsed = parse(args);
	} catch (fault) {
		return { kind: "mistake", words: (fault as Error).message };
	}
	const { values, positionals } = parsed;
	if (values.help) return { kind: "help" };
	const numbers = { scale: 0, seconds: 0, minutes: 0, messages: 0 };
	for (const name of Object.keys(numbers) as (keyof typeof numbers)[]) {
		numbers[name] = Number(values[name]);
		if (!(numbers[name] > 0)) return { kind: "mistake", words: `--${name} must be a number above 0.` };
	}
	const rounds = values.rounds === undefined ? null : Number(values.rounds);
	if (rounds !== null && !(rounds > 0)) return { kind: "mistake", words: "--rounds must be a number above 0." };
	const wanted = values.engines?.split(",");
	const unknown = wanted?.filter((name) => !engines.some((engine) => engine.name === name)) ?? [];
	if (unknown.length > 0) return { kind: "mistake", words: `There is no engine ${unknown.join(", ")}. See --help.` };
	const folder = process.env.HUBBUB_RECORDINGS ?? join(root, "../shared/data");
	return {
		kind: "measure",
		words: positionals,
		// What was tried out with less must not stand where the full load's figures do.
		record: values["dry-run"] || numbers.scale !== 1 ? "shown only" : "written",
		options: {
			...numbers,
			rounds,
			engines: engines.filter(({ name }) => !wanted || wanted.includes(name)),
			recordings: existsSync(folder) ? folder : null,
		},
	};
}

function parse(args: readonly string[]) {
	return parseArgs({ args: [...args], options: flags, allowPositionals: true, strict: true });
}
