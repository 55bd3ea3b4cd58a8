import { hubbub } from "../engines/hubbub.ts";
import { median, quantileMs } from "../load/histogram.ts";
import { steady } from "../load/script.ts";
import { cpuSeconds, memory } from "../machine/usage.ts";
import { type Column, judge, medianOf, type Round, rowOf } from "../report/result.ts";
import { type Part, type PartOptions, scaled } from "./part.ts";
import { auditRoom, type FilledRoom, inRoom } from "./room.ts";

const viewersFull = 2_000;
const senders = 20;
const rate = 20;
const stalledPercent = 5;
const turnSeconds = 5;
/** Of every turn: viewers who lose their connection, and viewers who leave for good. */
const bouncedShare = 0.05;
const replacedShare = 0.05;
/** A storm, where everybody goes and comes back, and a change between stalling and reading, every so many turns. */
const stormTurns = 24;
const stallTurns = 8;

const columns: readonly Column[] = [
	{ key: "minutes", title: "minutes", unit: "" },
	{ key: "early", title: "memory, first third", unit: "MiB" },
	{ key: "late", title: "memory, last third", unit: "MiB" },
	{ key: "growth", title: "growth", unit: "%" },
	{ key: "peak", title: "peak", unit: "MiB" },
	{ key: "p99", title: "p99", unit: "ms" },
	{ key: "cpu", title: "CPU", unit: "%" },
	{ key: "joins", title: "joins", unit: "" },
];

/** Hours in short: joins, leaves, storms and stalled readers without end, and memory that stays where it is. */
export const soak: Part = {
	name: "soak",
	title: "Churn: joins, leaves, storms and stalled readers",
	when: "on demand",
	async run(options) {
		const rows = [rowOf("hubbub", [await measureSoak(options)])];
		return {
			columns,
			rows,
			verdicts: [
				judge(
					"memory grows ≤ 10 % from the first third to the last",
					medianOf(rows, "hubbub", "growth"),
					(value) => value <= 10,
					(value) => `${value.toFixed(1)} %`,
				),
			],
			notes: [
				`${viewersFull} viewers, ${rate} messages a second. Every ${turnSeconds} s ${bouncedShare * 100} % lose their connection and ${replacedShare * 100} % are replaced by others; every ${(stormTurns * turnSeconds) / 60} minutes all go and come back; ${stalledPercent} % stall for ${stallTurns * turnSeconds} s at a time.`,
				"Memory is VmRSS, the median of each third of the time after the first minute.",
			],
		};
	},
};

async function measureSoak(options: PartOptions): Promise<Round> {
	const viewers = scaled(viewersFull, options.scale);
	const turns = Math.max(6, Math.round((options.minutes * 60) / turnSeconds));
	const script = steady({ rate, seconds: turns * turnSeconds, senders });
	const room = { viewers, script, stallPercent: stalledPercent, fromStart: false };
	return inRoom(hubbub, room, async (filled) => {
		filled.senders.play();
		const cpuBefore = cpuSeconds(filled.server.pids);
		await Promise.all([filled.viewers.begin(), filled.senders.begin()]);
		const startedMs = performance.now();
		const samples: number[] = [];
		let joins = viewers;
		for (let turn = 1; turn <= turns; turn++) {
			joins += await takeTurn(filled, turn, viewers);
			samples.push(memory(filled.server.pids).residentKib / 1_024);
			if (turn % 12 === 0) options.say(`${Math.round((turn * turnSeconds) / 60)} min: ${Math.round(samples.at(-1) ?? 0)} MiB`);
		}
		const cpu = cpuSeconds(filled.server.pids) - cpuBefore;
		const seconds = (performance.now() - startedMs) / 1_000;
		await filled.viewers.resume();
		const faults = (await auditRoom(filled, { timeoutMs: 30_000 })).filter((fault) => !fault.includes("connections were ended"));
		const { latency } = await filled.viewers.report();
		const settled = samples.slice(Math.min(12, Math.floor(samples.length / 4)));
		const third = Math.ceil(settled.length / 3);
		const early = median(settled.slice(0, third));
		const late = median(settled.slice(-third));
		const growth = (late / early - 1) * 100;
		const figures = { minutes: seconds / 60, early, late, growth, peak: memory(filled.server.pids).peakKib / 1_024 };
		return { figures: { ...figures, p99: quantileMs(latency, 0.99), cpu: (cpu / seconds) * 100, joins }, faults };
	});
}

/** One turn of churn, `turnSeconds` long; answers how many joined in it. */
async function takeTurn({ viewers }: FilledRoom, turn: number, count: number): Promise<number> {
	if (turn % stallTurns === 1) await (turn % (2 * stallTurns) === 1 ? viewers.stall() : viewers.resume());
	const bounced = Math.round(count * bouncedShare);
	const replaced = Math.round(count * replacedShare);
	viewers.churn("bounce", bounced);
	viewers.churn("replace", replaced);
	await Bun.sleep(turnSeconds * 1_000);
	if (turn % stormTurns !== 0) return bounced + replaced;
	await viewers.drop();
	await viewers.open("return");
	return bounced + replaced + count;
}
