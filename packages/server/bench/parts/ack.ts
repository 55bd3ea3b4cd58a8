import { hubbub } from "../engines/hubbub.ts";
import { quantileMs } from "../load/histogram.ts";
import { steady } from "../load/script.ts";
import { type Column, judge, medianOf, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";
import { auditRoom, cpuFigures, inRoom, measureFor } from "./room.ts";

const columns: readonly Column[] = [
	{ key: "rate", title: "acknowledged", unit: "/s" },
	{ key: "p50", title: "ack p50", unit: "ms" },
	{ key: "p99", title: "ack p99", unit: "ms" },
	{ key: "cpu", title: "CPU", unit: "%" },
	{ key: "others", title: "of others", unit: "%" },
];

interface Subject {
	readonly name: string;
	/** Messages a second; null is as many as go through. */
	readonly rate: number | null;
	readonly senders: number;
}

const subjects: readonly Subject[] = [
	{ name: "one at a time", rate: 20, senders: 1 },
	{ name: "2,000 a second", rate: 2_000, senders: 64 },
	{ name: "as many as go", rate: null, senders: 64 },
];
/** Messages each sender leaves unanswered where as many as go are sent. */
const window = 8;
/** More than goes through in the time: the script must not run out. */
const rateMax = 30_000;

/** How long a message takes to be acknowledged, which is to be on the disk. */
export const ack: Part = {
	name: "ack",
	title: "Acknowledgement: each message committed and synced",
	when: "always",
	async run(options) {
		const measured = await inTurn(subjects, options, (subject) => measureSubject(subject, options));
		const rows = [...measured].map(([name, rounds]) => rowOf(name, rounds));
		const inMs = (value: number) => `${value.toFixed(2)} ms`;
		return {
			columns,
			rows,
			verdicts: [
				judge("alone: p50 ≤ 5 ms", medianOf(rows, "one at a time", "p50"), (value) => value <= 5, inMs),
				judge("at 2,000 a second: p99 ≤ 50 ms", medianOf(rows, "2,000 a second", "p99"), (value) => value <= 50, inMs),
			],
			notes: [
				"The senders are in the room and are shown every message too. One viewer audits that everything arrives.",
				`“As many as go”: 64 senders with ${window} unanswered messages each; the rate limits are off in this part.`,
			],
		};
	},
};

async function measureSubject({ rate, senders }: Subject, { seconds, scale }: PartOptions): Promise<Round> {
	const wanted = rate === null ? rateMax : scaled(rate, Math.max(scale, 1 / rate));
	const script = steady({ rate: wanted, seconds: rate === null ? seconds + 1 : seconds + 2, senders });
	const settings = { HUBBUB_RATE_LIMIT: "off" };
	return inRoom(hubbub, { viewers: 1, script, settings, window: rate === null ? window : 0 }, async (room) => {
		const before = (await room.senders.report()).acknowledged;
		room.senders.play();
		const stretch = await measureFor(room, seconds);
		const { acknowledged, ack } = stretch.senders;
		const faults = rate === null ? [] : await auditRoom(room, { timeoutMs: 20_000 });
		return {
			figures: {
				rate: (acknowledged - before) / stretch.seconds,
				p50: quantileMs(ack, 0.5),
				p99: quantileMs(ack, 0.99),
				...cpuFigures(stretch),
			},
			faults,
		};
	});
}
