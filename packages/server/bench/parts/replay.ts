import { hubbub } from "../engines/hubbub.ts";
import { quantileMs } from "../load/histogram.ts";
import { busiest, readRecordings } from "../load/script.ts";
import { NotHere } from "../machine/install.ts";
import { type Column, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";
import { auditRoom, cpuFigures, inRoom, measureFor } from "./room.ts";

const viewersFull = 2_000;
const sendersMax = 200;
const speeds = [1, 10, 50] as const;
const recordingsMax = 3;
const secondsMin = 20;

const columns: readonly Column[] = [
	{ key: "said", title: "said", unit: "/s" },
	{ key: "p50", title: "p50", unit: "ms" },
	{ key: "p99", title: "p99", unit: "ms" },
	{ key: "omitted", title: "left out, and told so", unit: "%" },
	{ key: "cpu", title: "CPU", unit: "%" },
	{ key: "others", title: "of others", unit: "%" },
	{ key: "perCpu", title: "deliveries per CPU-second", unit: "/s" },
];

/** The busiest stretches of recorded chats, as they were and faster, with the server's own delivery budget. */
export const replay: Part = {
	name: "replay",
	title: "Recorded chats to 2,000 viewers, at 1, 10 and 50 times their speed",
	when: "always",
	async run(options) {
		const recordings = options.recordings === null ? [] : readRecordings(options.recordings);
		if (recordings.length === 0) throw new NotHere("There are no recordings: set HUBBUB_RECORDINGS to a folder of .jsonl.gz files.");
		const seconds = Math.max(secondsMin, options.seconds);
		const stretches = recordings.flatMap((recording) =>
			speeds.map((speed) => ({
				name: `${recording.name} × ${speed}`,
				recording: recording.name,
				lines: busiest(recording, { seconds, speed, senders: sendersMax }),
			})),
		);
		const busy = recordings
			.map(({ name }) => ({
				name,
				most: Math.max(...stretches.filter(({ recording }) => recording === name).map(({ lines }) => lines.length)),
			}))
			.sort((one, other) => other.most - one.most)
			.slice(0, recordingsMax);
		const subjects = stretches.filter(({ recording }) => busy.some(({ name }) => name === recording));
		const measured = await inTurn(subjects, options, ({ lines }) => measureReplay(lines, seconds, options));
		return {
			columns,
			rows: [...measured].map(([name, rounds]) => rowOf(name, rounds)),
			verdicts: [],
			notes: [
				`The busiest ${seconds} seconds' worth of the ${recordingsMax} recordings with most to say, by up to ${sendersMax} senders.`,
				"Audited: every viewer has seen each message once and in order, or was told that it was left out.",
			],
		};
	},
};

async function measureReplay(script: ReturnType<typeof busiest>, seconds: number, { scale }: PartOptions): Promise<Round> {
	const viewers = scaled(viewersFull, scale);
	// The budget is the server's own default here: leaving out is part of what is looked at.
	const settings = { HUBBUB_DELIVERY_BUDGET: "100" };
	return inRoom(hubbub, { viewers, script, settings }, async (room) => {
		room.senders.play();
		const stretch = await measureFor(room, seconds);
		const faults = await auditRoom(room, { timeoutMs: 30_000 });
		const { omitted } = await room.viewers.report();
		const { deliveries, latency } = stretch.viewers;
		return {
			figures: {
				said: script.length / seconds,
				p50: quantileMs(latency, 0.5),
				p99: quantileMs(latency, 0.99),
				omitted: (omitted / viewers / script.length) * 100,
				...cpuFigures(stretch),
				perCpu: deliveries / stretch.cpu,
			},
			faults,
		};
	});
}
