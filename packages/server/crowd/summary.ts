import type { AuditSum } from "./audit.ts";
import type { Quantiles } from "./quantiles.ts";
import type { Skipped } from "./recordings/recording.ts";
import type { Tally } from "./tally.ts";
import { count, milliseconds } from "./terminal.ts";

/** What was said and what became of it, ready to be printed or written as JSON. Times in milliseconds, null where there were none. */
export interface SpeechSummary {
	readonly sent: number;
	readonly acknowledged: Readonly<Record<string, number>>;
	readonly rejected: Readonly<Record<string, number>>;
	readonly unanswered: number;
	readonly ackP50Ms: number | null;
	readonly ackP99Ms: number | null;
	readonly wallSeconds: number;
	/** The furthest that saying fell behind its time. */
	readonly behindMsMax: number;
	readonly end: string;
	/** Every line: `played + skipped = total` where `balanced`. */
	readonly lines: { readonly total: number; readonly played: number; readonly skipped: number; readonly balanced: boolean };
	readonly skipped: Readonly<Record<string, number>>;
}

export interface ReplaySummary extends SpeechSummary {
	readonly recording: string;
	readonly room: string;
	readonly people: number;
	readonly connectionsMax: number;
}

export interface CrowdSummary extends SpeechSummary {
	readonly room: string;
	readonly viewers: number;
	readonly present: number;
	readonly returns: number;
	readonly audit: AuditSum;
	readonly delayP50Ms: number | null;
	readonly delayP99Ms: number | null;
}

export function speechSummary(tally: Tally, run: { total: number; wallMs: number; behindMsMax: number; end: string }): SpeechSummary {
	const { played, skipped, total, balanced } = tally.account(run.total);
	return {
		sent: tally.sent,
		acknowledged: Object.fromEntries(tally.fates),
		rejected: Object.fromEntries(tally.rejected),
		unanswered: tally.unanswered,
		...quantilesOf(tally.ackMs, "ack"),
		wallSeconds: run.wallMs / 1_000,
		behindMsMax: run.behindMsMax,
		end: run.end,
		lines: { total, played, skipped, balanced },
		skipped: Object.fromEntries(tally.skipped),
	};
}

export function quantilesOf<Name extends string>(quantiles: Quantiles, name: Name) {
	return { [`${name}P50Ms`]: quantiles.quantile(0.5), [`${name}P99Ms`]: quantiles.quantile(0.99) } as Record<
		`${Name}P50Ms` | `${Name}P99Ms`,
		number | null
	>;
}

/** The summary of a replay as lines for people. */
export function describeReplay(summary: ReplaySummary): string {
	return table(`Replay of ${summary.recording} into "${summary.room}": ${ending(summary)}`, [
		...describeLines(summary),
		["people", `${count(summary.people)}, on at most ${count(summary.connectionsMax)} connections at once`],
		...describeSpeech(summary),
	]);
}

/** The summary of a crowd as lines for people. */
export function describeCrowd(summary: CrowdSummary): string {
	const { audit } = summary;
	return table(`A crowd of ${count(summary.viewers)} in "${summary.room}": ${ending(summary)}`, [
		[
			"viewers",
			`${count(summary.present)} of ${count(summary.viewers)} there at the end, ${count(summary.returns)} came back after a break`,
		],
		...describeLines(summary),
		...describeSpeech(summary),
		["deliveries", count(audit.deliveries)],
		["told of", `${count(audit.omitted)} omitted, ${count(audit.repeated)} counted as repeats, ${count(audit.gaps)} in gaps`],
		["delay", `p50 ${milliseconds(summary.delayP50Ms)}, p99 ${milliseconds(summary.delayP99Ms)}, from sent to read`],
		["missing", count(audit.missing)],
		["doubled", count(audit.doubled)],
		["out of order", count(audit.disordered)],
		["started over", count(audit.restarts)],
	]);
}

/** Every reason why entries of a recording are not played, with the lines of the first. */
export function describeSkipped(skipped: ReadonlyMap<string, Skipped>): string {
	return `Skipped ${[...skipped].map(([reason, entries]) => skippedWords(reason, entries)).join("; ")}.`;
}

/** 3 lines (2, 7 and 9): not JSON. */
export function skippedWords(reason: string, { count: number, lines }: Skipped): string {
	const more = number - lines.length;
	const named = more > 0 ? `${lines.join(", ")} and ${count(more)} more` : lines.join(", ").replace(/, (\d+)$/, " and $1");
	return `${count(number)} ${number === 1 ? "line" : "lines"} (${named}): ${reason}`;
}

/** Whether the crowd was given everything exactly once, in order. */
export function isWhole(audit: AuditSum): boolean {
	return audit.missing === 0 && audit.doubled === 0 && audit.disordered === 0;
}

type Row = readonly [label: string, words: string];

function describeLines({ lines, skipped }: SpeechSummary): Row[] {
	const verdict = lines.balanced ? "every line accounted for" : "THE BOOKS DO NOT BALANCE";
	const rows: Row[] = [["lines", `${count(lines.total)} = ${count(lines.played)} played + ${count(lines.skipped)} skipped (${verdict})`]];
	if (lines.skipped > 0) rows.push(["skipped", itemise(skipped)]);
	return rows;
}

function describeSpeech(summary: SpeechSummary): Row[] {
	const rate = summary.wallSeconds > 0 ? summary.sent / summary.wallSeconds : 0;
	const total = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((sum, value) => sum + value, 0);
	return [
		["sent", `${count(summary.sent)} (${rate.toFixed(1)} a second)`],
		["acknowledged", withItems(total(summary.acknowledged), summary.acknowledged)],
		["rejected", withItems(total(summary.rejected), summary.rejected)],
		["unanswered", count(summary.unanswered)],
		["ack", `p50 ${milliseconds(summary.ackP50Ms)}, p99 ${milliseconds(summary.ackP99Ms)}`],
		["behind time", `at most ${milliseconds(summary.behindMsMax)}`],
	];
}

function ending({ end, wallSeconds }: SpeechSummary): string {
	return `${end} after ${wallSeconds.toFixed(1)} s`;
}

function withItems(total: number, counts: Readonly<Record<string, number>>): string {
	return total === 0 ? "0" : `${count(total)} (${itemise(counts)})`;
}

function itemise(counts: Readonly<Record<string, number>>): string {
	return Object.entries(counts)
		.sort(([, a], [, b]) => b - a)
		.map(([name, value]) => `${name} ${count(value)}`)
		.join(", ");
}

function table(title: string, rows: readonly Row[]): string {
	return [title, ...rows.map(([label, words]) => `  ${label.padEnd(14)}${words}`)].join("\n");
}
