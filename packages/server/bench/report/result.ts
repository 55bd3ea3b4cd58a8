import { median } from "../load/histogram.ts";
import type { Machine } from "../machine/machine.ts";

/** One figure of a row: the median of its rounds, and each round's value. */
export interface Figure {
	readonly median: number;
	readonly rounds: readonly number[];
}

export interface Row {
	/** Who was measured, or under which load. */
	readonly name: string;
	/** By the key of a column. */
	readonly figures: Readonly<Record<string, Figure>>;
	/** What was not as it should be, in one sentence a round; empty where all was well. */
	readonly faults: readonly string[];
}

export interface Column {
	readonly key: string;
	readonly title: string;
	readonly unit: "" | "/s" | "ms" | "s" | "KiB" | "MiB" | "%" | "×" | "B";
}

/** A promise and what became of it. */
export interface Verdict {
	readonly target: string;
	readonly measured: string;
	readonly outcome: "met" | "missed" | "not measured";
}

/** What a part found out, before it is put on record. */
export interface Findings {
	readonly columns: readonly Column[];
	readonly rows: readonly Row[];
	readonly verdicts: readonly Verdict[];
	/** What a reader must know to read the table. */
	readonly notes: readonly string[];
}

/** A part's findings on record: `bench/results/PART.json`. */
export interface Result extends Findings {
	readonly part: string;
	readonly title: string;
	readonly command: string;
	/** ISO 8601. */
	readonly at: string;
	readonly rounds: number;
	/** 1 is the full load; smaller ones are for trying the suite out. */
	readonly scale: number;
	readonly machine: Machine;
	readonly versions: Readonly<Record<string, string>>;
	/** Share of the machine's time others took just before, 0 to 1. */
	readonly busyBefore: number;
}

/** Figures of one round, by the key of a column. */
export type Round = { readonly figures: Readonly<Record<string, number>>; readonly faults: readonly string[] };

/** Puts the rounds of one row together. */
export function rowOf(name: string, rounds: readonly Round[]): Row {
	const keys = new Set(rounds.flatMap(({ figures }) => Object.keys(figures)));
	const figures = [...keys].map((key): [string, Figure] => {
		const values = rounds.flatMap(({ figures }) => (Number.isFinite(figures[key]) ? [figures[key] as number] : []));
		return [key, { median: median(values), rounds: values }];
	});
	return { name, figures: Object.fromEntries(figures), faults: rounds.flatMap(({ faults }) => faults) };
}

/**
 * Rows out of rounds that measured several of them at once, the figures of a row under its name and the column's key: `desktop, danmaku shift`.
 * A round that failed is a fault of every row.
 */
export function rowsWithin(names: readonly string[], columns: readonly Column[], rounds: readonly Round[]): Row[] {
	return names.map((name) =>
		rowOf(
			name,
			rounds.map(({ figures, faults }) => ({
				figures: Object.fromEntries(columns.map(({ key }) => [key, figures[`${name} ${key}`] ?? Number.NaN])),
				faults,
			})),
		),
	);
}

/** Puts figures where `rowsWithin` looks for them. */
export function figuresOf(name: string, figures: Readonly<Record<string, number>>): Record<string, number> {
	return Object.fromEntries(Object.entries(figures).map(([key, value]) => [`${name} ${key}`, value]));
}

/** The median of a row's figure; NaN where it was not measured. */
export function medianOf(rows: readonly Row[], name: string, key: string): number {
	return rows.find((row) => row.name === name)?.figures[key]?.median ?? Number.NaN;
}

/** Judges a measured value against a target. */
export function judge(target: string, measured: number, met: (value: number) => boolean, say: (value: number) => string): Verdict {
	if (!Number.isFinite(measured)) return { target, measured: "–", outcome: "not measured" };
	return { target, measured: say(measured), outcome: met(measured) ? "met" : "missed" };
}
