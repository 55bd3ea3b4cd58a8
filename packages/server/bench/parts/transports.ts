import { join } from "node:path";
import { room, startHubbub } from "../engines/hubbub.ts";
import { Generator } from "../load/generator.ts";
import { busiest, type Line, readRecordings, steady, writeScript } from "../load/script.ts";
import { removeFolder, temporaryFolder } from "../machine/folder.ts";
import { coreTime, othersShare } from "../machine/machine.ts";
import { cpuSeconds, memory } from "../machine/usage.ts";
import type { CrowdReport } from "../readers/crowd.ts";
import { Reader } from "../readers/reader.ts";
import type { WayName } from "../readers/ways.ts";
import { type Column, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";

const viewersFull = 1_000;
const senders = 4;
const rate = 10;
const busySeconds = 600;
/** Longer than the two seconds that short polls may take: they are asked once a second, and answered as of the last whole one. */
const warmUpSeconds = 2.5;
const settleMsMax = 15_000;

const subjects: readonly { readonly name: string; readonly way: WayName }[] = [
	{ name: "WebSocket", way: "websocket" },
	{ name: "WebSocket, deflate", way: "deflate" },
	{ name: "event stream", way: "stream" },
	{ name: "long polling", way: "long-poll" },
	{ name: "short polling", way: "short-poll" },
];

const columns: readonly Column[] = [
	{ key: "said", title: "messages", unit: "/s" },
	{ key: "cpu", title: "CPU", unit: "%" },
	{ key: "each", title: "CPU µs a message delivered", unit: "" },
	{ key: "down", title: "bytes down", unit: "B" },
	{ key: "up", title: "bytes up", unit: "B" },
	{ key: "requests", title: "requests", unit: "/s" },
	{ key: "p50", title: "p50", unit: "ms" },
	{ key: "p99", title: "p99", unit: "ms" },
	{ key: "missing", title: "missing", unit: "" },
	{ key: "doubled", title: "doubled", unit: "" },
	{ key: "memory", title: "memory", unit: "MiB" },
	{ key: "load", title: "of the viewers", unit: "%" },
	{ key: "others", title: "of others", unit: "%" },
];

/** One conversation to the same crowd over each transport: what each costs, on both sides of the wire. */
export const transports: Part = {
	name: "transports",
	title: "Four transports: one conversation to 1,000 viewers, about 10 messages a second",
	when: "always",
	async run(options) {
		const { script, source } = conversation(options);
		const measured = await inTurn(subjects, options, ({ way }) => measure(way, script, options));
		return {
			columns,
			rows: [...measured].map(([name, rounds]) => rowOf(name, rounds)),
			verdicts: [],
			notes: [
				source,
				"Bytes are TCP payload by each message a viewer was given: heads, frames and chunks with all they are wrapped in, after everybody has entered. Requests' heads hold what the protocol needs; browsers add some hundred bytes to each, which is not in it.",
				"Polls ask straight at the server, over kept connections, without a cache and without gzip. Short pollers ask once a second each, evenly spread; their answers are as of the last whole second.",
				"Delay is from sending to seeing, and holds the viewers' own reading. Audited: every offset once and in order at each viewer. The CPU holds the four senders, who hear the room too.",
			],
		};
	},
};

async function measure(way: WayName, script: readonly Line[], { scale, seconds }: PartOptions): Promise<Round> {
	const viewers = scaled(viewersFull, scale);
	const folder = temporaryFolder("script");
	const stops: (() => Promise<void>)[] = [];
	try {
		const path = join(folder, "script");
		await writeScript(path, script);
		const server = await startHubbub({ settings: { HUBBUB_RATE_LIMIT: "off" } });
		stops.unshift(() => server.stop());
		const speaking = { path, say: server.sender.say, window: 0 };
		const speakers = await Generator.start({ port: server.port, dialect: server.sender, connections: senders, script: speaking });
		stops.unshift(() => speakers.stop());
		// The speakers come first, and say nothing yet: the crowd finds the room there.
		await speakers.open();
		const reader = Reader.start({ port: server.port, room, way, viewers });
		stops.unshift(() => reader.stop());
		await reader.enter();
		speakers.play();
		await Bun.sleep(warmUpSeconds * 1_000);
		await reader.begin();
		const used = () => [cpuSeconds(server.pids), cpuSeconds([reader.pid]), cpuSeconds([speakers.pid, process.pid])] as const;
		const before = { used: used(), cores: coreTime(), ms: performance.now() };
		await Bun.sleep(seconds * 1_000);
		const after = { used: used(), cores: coreTime(), ms: performance.now() };
		const stretch = await reader.report(0);
		const { residentKib } = memory(server.pids);
		const [cpu, load, rest] = after.used.map((used, index) => used - (before.used[index] ?? 0)) as [number, number, number];
		const elapsed = (after.ms - before.ms) / 1_000;
		const { accepted, wrong } = await listenToTheEnd(speakers);
		await reader.whole(accepted, settleMsMax);
		const end = await reader.report(accepted);
		return {
			figures: {
				said: stretch.deliveries / viewers / elapsed,
				cpu: (cpu / elapsed) * 100,
				each: (cpu * 1e6) / stretch.deliveries,
				down: stretch.bytesDown / stretch.deliveries,
				up: stretch.bytesUp / stretch.deliveries,
				requests: stretch.requests / elapsed,
				p50: stretch.p50Ms ?? Number.NaN,
				p99: stretch.p99Ms ?? Number.NaN,
				missing: end.missing,
				doubled: end.doubled,
				memory: residentKib / 1_024,
				load: (load / elapsed) * 100,
				others: othersShare(before.cores, after.cores, cpu + load + rest) * 100,
			},
			faults: [...wrong, ...faultsOf(end)],
		};
	} finally {
		for (const stop of stops) await stop();
		removeFolder(folder);
	}
}

/** Waits until the script has been said and answered for; how many messages the room took, and what went wrong. */
async function listenToTheEnd(speakers: Generator): Promise<{ accepted: number; wrong: string[] }> {
	const deadlineMs = performance.now() + settleMsMax;
	let spoken = await speakers.report();
	while ((!spoken.over || spoken.acknowledged + spoken.rejected < spoken.sent) && performance.now() < deadlineMs) {
		await Bun.sleep(50);
		spoken = await speakers.report();
	}
	const { over, sent, acknowledged } = spoken;
	const refused = sent > acknowledged ? [`${sent - acknowledged} messages were not accepted`] : [];
	return { accepted: acknowledged, wrong: over ? refused : [...refused, "the script was not said to its end"] };
}

function faultsOf({ missing, doubled, omitted, restarts, unmarked, failed, why }: CrowdReport): string[] {
	const wrong: [number, string][] = [
		[missing, "messages were passed over"],
		[doubled, "messages came twice or out of order"],
		[omitted, "messages were left out, and told so, though nothing limits them"],
		[restarts, "times viewers had to start over"],
		[unmarked, "messages were none of the senders'"],
		[failed, `viewers were put out (${why})`],
	];
	return wrong.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : []));
}

interface Conversation {
	readonly script: readonly Line[];
	readonly source: string;
}

/** The beginning of the busiest ten minutes of the recording with most to say, at the speed that brings `rate` messages a second; made-up chat where there is none. */
function conversation({ recordings, seconds }: PartOptions): Conversation {
	const span = warmUpSeconds + seconds + 0.5;
	const stretches = (recordings === null ? [] : readRecordings(recordings))
		.map((recording) => ({ name: recording.name, lines: busiest(recording, { seconds: busySeconds, speed: 1, senders }) }))
		.sort((one, other) => other.lines.length - one.lines.length);
	const [most] = stretches;
	if (!most || most.lines.length === 0) {
		const texts = ["草", "哈哈哈哈哈", "前方高能", "6666", "lol", "来了来了", "主播好", "gg", "这个好听", "真的假的？"];
		return { script: steady({ rate, seconds: span, senders, texts }), source: "Texts: made up, since no recordings were found." };
	}
	const lines = most.lines.slice(0, Math.round(rate * span));
	const speed = Math.max(1, (lines.at(-1) as Line).atUs) / (span * 1e6);
	return {
		script: lines.map((line) => ({ ...line, atUs: Math.round(line.atUs / speed) })),
		source: `Texts and their rhythm: out of the busiest ten minutes of ${most.name}, × ${speed.toFixed(2)}.`,
	};
}
