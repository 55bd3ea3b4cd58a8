import { deflateRawSync } from "node:zlib";
import type { Engine } from "../engines/engine.ts";
import { hubbub } from "../engines/hubbub.ts";
import { bunBatched, bunPublish } from "../engines/peers.ts";
import { quantileMs } from "../load/histogram.ts";
import { listenTo } from "../load/listener.ts";
import { busiest, readRecordings, steady } from "../load/script.ts";
import { type Column, judge, medianOf, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";
import { auditRoom, cpuFigures, inRoom, measureFor } from "./room.ts";

const viewersFull = 4_000;
const senders = 64;
const rate = 200;
/** Deflating for every viewer by itself takes a core at a tenth of our rate already. */
const deflateEachShare = 1 / 32;
const warmUpSeconds = 2;

const columns: readonly Column[] = [
	{ key: "rate", title: "messages", unit: "/s" },
	{ key: "share", title: "of the JSON on the wire", unit: "%" },
	{ key: "bare", title: "without the marker", unit: "%" },
	{ key: "bytes", title: "on the wire a message", unit: "B" },
	{ key: "raw", title: "JSON a message", unit: "B" },
	{ key: "perCpu", title: "deliveries per CPU-second", unit: "/s" },
	{ key: "cpu", title: "CPU", unit: "%" },
	{ key: "load", title: "of the viewers", unit: "%" },
	{ key: "others", title: "of others", unit: "%" },
	{ key: "p99", title: "p99", unit: "ms" },
];

/** Real chat, compressed: bytes on the wire, and CPU beside Bun's permessage-deflate, which deflates once for every viewer. */
export const compressed: Part = {
	name: "compressed",
	title: "Compressed busy room: 4,000 viewers, 200 messages a second of real chat",
	when: "always",
	async run(options) {
		const texts = chatTexts(options);
		const subjects = [
			{ name: "hubbub, deflate", engine: hubbub, compressed: true, rate },
			{ name: "hubbub, plain", engine: hubbub, compressed: false, rate },
			{ name: "bun-publish, permessage-deflate", engine: bunPublish, compressed: true, rate: rate * deflateEachShare },
			{ name: "bun-batched, permessage-deflate", engine: bunBatched, compressed: true, rate },
		];
		const measured = await inTurn(subjects, options, (subject) => measureRoom(subject, texts, options));
		const rows = [...measured].map(([name, rounds]) => rowOf(name, rounds));
		const ours = medianOf(rows, "hubbub, deflate", "perCpu");
		const lessThan = (name: string, least: number) =>
			judge(
				`≥ ${least} × less CPU than ${name}`,
				ours / medianOf(rows, name, "perCpu"),
				(ratio) => ratio >= least,
				(ratio) => `${ratio.toFixed(2)} ×`,
			);
		return {
			columns,
			rows,
			verdicts: [
				judge(
					"≤ 25 % of the JSON on the wire, without the marker",
					medianOf(rows, "hubbub, deflate", "bare"),
					(value) => value <= 25,
					(value) => `${value.toFixed(1)} %`,
				),
				lessThan("bun-publish, permessage-deflate", 6),
				lessThan("bun-batched, permessage-deflate", 6),
			],
			notes: [
				texts.source,
				"In every text stands the marker by which its delivery is audited, 12–16 bytes that hardly deflate. “Without the marker” is the same batches, as one more viewer heard them, with the markers taken out and deflated again.",
				"Peers send JSON with the same fields, so that like is compressed with like.",
			],
		};
	},
};

interface Subject {
	readonly name: string;
	readonly engine: Engine;
	readonly compressed: boolean;
	readonly rate: number;
}

async function measureRoom(subject: Subject, { texts }: ChatTexts, { scale, seconds }: PartOptions): Promise<Round> {
	const viewers = scaled(viewersFull, scale);
	const script = steady({ rate: subject.rate, seconds: warmUpSeconds + seconds + 1, senders, texts });
	return inRoom(subject.engine, { viewers, script, compressed: subject.compressed }, async (room) => {
		room.senders.play();
		await Bun.sleep(warmUpSeconds * 1_000);
		const own = subject.engine === hubbub && subject.compressed;
		const listening = own ? listenTo(room.server.port, room.server.viewer, seconds / 2) : Promise.resolve([]);
		const stretch = await measureFor(room, seconds);
		const batches = await listening;
		const faults = await auditRoom(room, { timeoutMs: 20_000 });
		const { deliveries, wire_bytes, raw_bytes, latency } = stretch.viewers;
		return {
			figures: {
				rate: deliveries / viewers / stretch.seconds,
				share: (wire_bytes / raw_bytes) * 100,
				bare: shareWithoutMarkers(batches),
				bytes: wire_bytes / deliveries,
				raw: raw_bytes / deliveries,
				perCpu: deliveries / stretch.cpu,
				...cpuFigures(stretch),
				p99: quantileMs(latency, 0.99),
			},
			faults,
		};
	});
}

/** What the batches deflate to in percent, had nobody marked them: one deflate a batch at zlib's default level. NaN of none. */
function shareWithoutMarkers(batches: readonly string[]): number {
	const bare = batches.map((batch) => Buffer.from(batch.replaceAll(/~\w+:\w+:\w+~/g, "")));
	const sum = (buffers: readonly Buffer[]) => buffers.reduce((bytes, { length }) => bytes + length, 0);
	return (sum(bare.map((batch) => deflateRawSync(batch, { level: 6 }))) / sum(bare)) * 100;
}

interface ChatTexts {
	readonly texts: readonly string[];
	readonly source: string;
}

/** The busiest minutes of the recordings; made-up chat where there are none. */
function chatTexts({ recordings }: PartOptions): ChatTexts {
	const recorded = recordings === null ? [] : readRecordings(recordings);
	const texts = recorded.flatMap((recording) => busiest(recording, { seconds: 600, speed: 1, senders }).map(({ text }) => text));
	if (texts.length > 0) return { texts, source: `Texts: the busiest ten minutes of ${recorded.length} recorded chats.` };
	const madeUp = ["草", "哈哈哈哈哈", "前方高能", "6666", "lol", "来了来了", "主播好", "gg", "这个好听", "Kappa", "真的假的？", "awsl"];
	return { texts: madeUp, source: "Texts: made up, since no recordings were found; real chat compresses differently." };
}
