import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Result } from "./result.ts";
import { asMarkdown } from "./table.ts";

const resultsFolder = "bench/results";
const measurementsFile = "docs/measurements.md";
const start = "<!-- measured: begin -->";
const end = "<!-- measured: end -->";

/** Writes a result to `bench/results/PART.json`, and every result there is into `docs/measurements.md`, in the order of `parts`. */
export function recordResult(root: string, result: Result, parts: readonly string[]): void {
	const folder = join(root, resultsFolder);
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, `${result.part}.json`), `${JSON.stringify(result, null, "\t")}\n`);
	const file = join(root, measurementsFile);
	mkdirSync(dirname(file), { recursive: true });
	const text = existsSync(file) ? readFileSync(file, "utf8") : `# Measurements\n\n${start}\n${end}\n`;
	writeFileSync(file, withMeasured(text, readResults(root, parts)));
}

/** The results on record, in the order of `parts`. */
export function readResults(root: string, parts: readonly string[]): Result[] {
	const folder = join(root, resultsFolder);
	if (!existsSync(folder)) return [];
	const names = new Set(readdirSync(folder));
	return parts.flatMap((part) =>
		names.has(`${part}.json`) ? [JSON.parse(readFileSync(join(folder, `${part}.json`), "utf8")) as Result] : [],
	);
}

/** The text with what stands between the two markers made anew. Throws where a marker is missing: whose words those are is not ours to guess. */
export function withMeasured(text: string, results: readonly Result[]): string {
	const from = text.indexOf(start);
	const to = text.indexOf(end);
	if (from < 0 || to < from) throw new Error(`${measurementsFile} has lost the lines ${start} and ${end}.`);
	return `${text.slice(0, from + start.length)}\n\n${machines(results)}\n${results.map(asMarkdown).join("\n")}\n${text.slice(to)}`;
}

/** Each machine that figures come from, once, and the versions. */
function machines(results: readonly Result[]): string {
	const machines = new Set(
		results.map(({ machine }) => `${machine.processor}, ${machine.cores} cores, ${machine.memoryGib} GiB, ${machine.kernel}`),
	);
	const versions = new Set(results.flatMap((result) => Object.entries(result.versions).map(([name, version]) => `${name} ${version}`)));
	if (machines.size === 0) return "";
	return `Machine: ${[...machines].join("; ")}. Versions: ${[...versions].sort().join(", ")}.\n`;
}
