import { hubbub } from "../engines/hubbub.ts";
import { Generator } from "../load/generator.ts";
import { quantileMs } from "../load/histogram.ts";
import { steady } from "../load/script.ts";
import { memory } from "../machine/usage.ts";
import { type Column, judge, medianOf, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";
import { auditRoom, cpuFigures, inRoom, lostInSilence, measureFor } from "./room.ts";

const viewersFull = 4_000;
const senders = 8;
const rate = 200;
/** Of the viewers; they are read by a process of their own, so that what they catch up on is not read before what the healthy are sent. */
const stalledShare = 0.2;
/** A reader that takes nothing is let go after 20 s: this reaches well beyond. */
const secondsMin = 32;
/** How long the room goes on once they read again, measured as well. */
const afterSeconds = 10;

const columns: readonly Column[] = [
	{ key: "p50", title: "p50 of the healthy", unit: "ms" },
	{ key: "p99", title: "p99 of the healthy", unit: "ms" },
	{ key: "cpu", title: "CPU", unit: "%" },
	{ key: "load", title: "of the viewers", unit: "%" },
	{ key: "others", title: "of others", unit: "%" },
	{ key: "memory", title: "memory", unit: "MiB" },
	{ key: "peak", title: "peak", unit: "MiB" },
	{ key: "after", title: "p99 while they come back", unit: "ms" },
	{ key: "whole", title: "all whole after", unit: "s" },
	{ key: "letGo", title: "let go", unit: "" },
	{ key: "gaps", title: "told as a gap", unit: "" },
	{ key: "silent", title: "lost in silence", unit: "" },
];

/** Every fifth reader stops reading: what that costs the others, and whether each drop was told. */
export const stalled: Part = {
	name: "stalled",
	title: "Stalled readers: 4,000 viewers, a fifth of them never reads",
	when: "always",
	async run(options) {
		const subjects = [
			{ name: "everybody reads", stalls: false },
			{ name: "a fifth has stalled", stalls: true },
		];
		const measured = await inTurn(subjects, options, ({ stalls }) => measureRoom(stalls, options));
		const rows = [...measured].map(([name, rounds]) => rowOf(name, rounds));
		const more = (key: string) => (medianOf(rows, "a fifth has stalled", key) / medianOf(rows, "everybody reads", key) - 1) * 100;
		const inPercent = (value: number) => `${value >= 0 ? "+" : ""}${value.toFixed(1)} %`;
		return {
			columns,
			rows,
			verdicts: [
				judge("p99 of the healthy ≤ +10 %", more("p99"), (value) => value <= 10, inPercent),
				judge("p99 of the healthy ≤ +10 % while they come back", more("after"), (value) => value <= 10, inPercent),
				judge("peak memory ≤ +5 %", more("peak"), (value) => value <= 5, inPercent),
				judge("lost in silence: 0", medianOf(rows, "a fifth has stalled", "silent"), (value) => value === 0, String),
			],
			notes: [
				"Those who stalled have small receive buffers, stop after joining and read again at the end. Who was let go comes back with the cursor within half a second, as the SDK does. A process of their own reads them.",
				`“While they come back” is the ${afterSeconds} s after that, in which each is given the messages it missed. “All whole” has these seconds in it.`,
				"Healthy readers' memory in the kernel is not counted, nor is the stalled ones'.",
			],
		};
	},
};

async function measureRoom(stalls: boolean, { scale, seconds }: PartOptions): Promise<Round> {
	const measuredSeconds = Math.max(seconds, secondsMin);
	const script = steady({ rate, seconds: measuredSeconds + afterSeconds, senders });
	const stallers = Math.round(scaled(viewersFull, scale) * stalledShare);
	return inRoom(hubbub, { viewers: scaled(viewersFull, scale) - stallers, script }, async (filled) => {
		const { port, viewer: dialect, pids } = filled.server;
		const fifth = await Generator.start({ port, dialect, connections: stallers, senders, stallPercent: stalls ? 100 : 0 });
		try {
			await fifth.open();
			await fifth.stall();
			const room = { ...filled, besides: [fifth] };
			room.senders.play();
			const stretch = await measureFor(room, measuredSeconds);
			const { residentKib, peakKib } = memory(pids);
			await fifth.resume();
			const resumedMs = performance.now();
			const afterwards = await measureFor(room, afterSeconds);
			const ofFifth = await auditRoom({ viewers: fifth, senders: room.senders }, { timeoutMs: 60_000 });
			const whole = (performance.now() - resumedMs) / 1_000;
			const faults = [
				...(await auditRoom(room, { timeoutMs: 10_000 })),
				...ofFifth.filter((fault) => !fault.includes("connections were ended")),
			];
			const [after, said] = [await fifth.report(), await room.senders.report()];
			return {
				figures: {
					p50: quantileMs(stretch.viewers.latency, 0.5),
					p99: quantileMs(stretch.viewers.latency, 0.99),
					...cpuFigures(stretch),
					memory: residentKib / 1_024,
					peak: peakKib / 1_024,
					after: quantileMs(afterwards.viewers.latency, 0.99),
					whole,
					letGo: Object.values(after.closes).reduce((sum, count) => sum + count, 0),
					gaps: after.gaps,
					silent: lostInSilence(after, said.sent - said.acknowledged),
				},
				faults,
			};
		} finally {
			await fifth.stop();
		}
	});
}
