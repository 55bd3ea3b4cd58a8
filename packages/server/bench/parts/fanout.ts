import type { Engine } from "../engines/engine.ts";
import { quantileMs } from "../load/histogram.ts";
import { steady } from "../load/script.ts";
import { memory } from "../machine/usage.ts";
import { type Column, type Findings, judge, medianOf, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";
import { auditRoom, cpuFigures, inRoom, measureFor } from "./room.ts";

const viewersFull = 4_000;
const senders = 8;
const warmUpSeconds = 2;
/** Messages a second in the busy room. */
const busyRate = 200;
/**
 * What engines that write every message to every viewer get of it: at the full rate 800,000 writes a second would be due, six cores of
 * them. Their CPU per delivery does not depend on the rate.
 */
const busyShare = 1 / 16;
const quietRate = 1 / 0.3;

const columns: readonly Column[] = [
	{ key: "rate", title: "messages", unit: "/s" },
	{ key: "perCpu", title: "deliveries per CPU-second", unit: "/s" },
	{ key: "cpu", title: "CPU", unit: "%" },
	{ key: "load", title: "of the viewers", unit: "%" },
	{ key: "others", title: "of others", unit: "%" },
	{ key: "p50", title: "p50", unit: "ms" },
	{ key: "p99", title: "p99", unit: "ms" },
	{ key: "writes", title: "frames a viewer", unit: "/s" },
	{ key: "memory", title: "memory", unit: "MiB" },
];

/** A busy room: deliveries per CPU second, beside what peers need as they are used and batched by hand. */
export const fanoutBusy: Part = {
	name: "fanout-busy",
	title: "Busy room: 4,000 viewers, 200 messages a second",
	when: "always",
	async run(options) {
		const rateOf = (engine: Engine) => (engine.habit === "batches" ? busyRate : busyRate * busyShare);
		const findings = await measureRooms(options, rateOf);
		const { rows } = findings;
		const ours = medianOf(rows, "hubbub", "perCpu");
		const times = (name: string, least: number) =>
			judge(`≥ ${least} × ${name}`, ours / medianOf(rows, name, "perCpu"), (ratio) => ratio >= least, inTimes);
		return {
			...findings,
			verdicts: [
				judge(
					"≥ 1.8 M deliveries per CPU-second",
					ours,
					(value) => value >= 1.8e6,
					(value) => `${(value / 1e6).toFixed(2)} M`,
				),
				judge("p99 ≤ 200 ms", medianOf(rows, "hubbub", "p99"), (value) => value <= 200, inMs),
				times("bun-publish", 12),
				times("nchan", 15),
				times("ws", 20),
				times("socket.io", 22),
				judge("CPU ≤ 1.15 × bun-batched", medianOf(rows, "bun-batched", "perCpu") / ours, (ratio) => ratio <= 1.15, inTimes),
			],
			notes: [
				"Batched by hand is 16 messages a frame, or what came within 80 ms. Ours alone keeps the messages (SQLite, synced) and answers each sender.",
				`Engines that write each message to each viewer get ${busyRate * busyShare} messages a second: at 200 they would need six cores. CPU per delivery does not depend on the rate.`,
				"Peers send the bare text of 128–160 bytes; ours sends the whole event, about twice that.",
			],
		};
	},
};

/** A quiet room: one message at a time, told at once. */
export const fanoutQuiet: Part = {
	name: "fanout-quiet",
	title: "Quiet room: 4,000 viewers, one message every 300 ms",
	when: "always",
	async run(options) {
		const findings = await measureRooms(
			{ ...options, engines: options.engines.filter(({ habit, name }) => habit !== "batches" || name === "hubbub") },
			() => quietRate,
		);
		const { rows } = findings;
		const against = (key: string) => medianOf(rows, "hubbub", key) / medianOf(rows, "bun-publish", key);
		const perCpu = medianOf(rows, "bun-publish", "perCpu") / medianOf(rows, "hubbub", "perCpu");
		return {
			...findings,
			verdicts: [
				judge("CPU ≤ 1.25 × bun-publish", perCpu, (ratio) => ratio <= 1.25, inTimes),
				judge("p50 ≤ 1.2 × bun-publish", against("p50"), (ratio) => ratio <= 1.2, inTimes),
				judge("p99 ≤ 1.2 × bun-publish", against("p99"), (ratio) => ratio <= 1.2, inTimes),
			],
			notes: ["Ours alone waits for the disk before anybody sees a message; that is part of its latency."],
		};
	},
};

const inTimes = (value: number) => `${value.toFixed(2)} ×`;
const inMs = (value: number) => `${value.toFixed(0)} ms`;

async function measureRooms(options: PartOptions, rateOf: (engine: Engine) => number): Promise<Omit<Findings, "verdicts" | "notes">> {
	const measured = await inTurn(options.engines, options, (engine) => measureRoom(engine, rateOf(engine), options));
	return { columns, rows: [...measured].map(([name, rounds]) => rowOf(name, rounds)) };
}

async function measureRoom(engine: Engine, rate: number, { scale, seconds }: PartOptions): Promise<Round> {
	const viewers = scaled(viewersFull, scale);
	const script = steady({ rate, seconds: warmUpSeconds + seconds + 1, senders });
	return inRoom(engine, { viewers, script }, async (room) => {
		room.senders.play();
		await Bun.sleep(warmUpSeconds * 1_000);
		const stretch = await measureFor(room, seconds);
		const { residentKib } = memory(room.server.pids);
		const faults = await auditRoom(room, { timeoutMs: 20_000 });
		const { deliveries, frames, latency } = stretch.viewers;
		return {
			figures: {
				rate: deliveries / viewers / stretch.seconds,
				perCpu: deliveries / stretch.cpu,
				...cpuFigures(stretch),
				p50: quantileMs(latency, 0.5),
				p99: quantileMs(latency, 0.99),
				writes: frames / viewers / stretch.seconds,
				memory: residentKib / 1_024,
			},
			faults,
		};
	});
}
