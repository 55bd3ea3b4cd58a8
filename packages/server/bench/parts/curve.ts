import { centrifugo } from "../engines/centrifugo.ts";
import type { Engine } from "../engines/engine.ts";
import { quantileMs } from "../load/histogram.ts";
import { steady } from "../load/script.ts";
import { type Column, judge, medianOf, type Round, type Row, rowOf, type Verdict } from "../report/result.ts";
import { Unfinished } from "../report/unfinished.ts";
import { type Part, type PartOptions, scaled } from "./part.ts";
import { auditRoom, cpuFigures, inRoom, measureFor } from "./room.ts";

/** One load: so many viewers, so many messages a second. */
export interface Point {
	readonly viewers: number;
	readonly rate: number;
}

const rates = [1, 2, 5, 8, 10, 15, 20, 30, 50, 100, 200, 500, 1_000, 2_000];
const besides = [500, 15_000];
const ratesBesides = [2, 8, 20, 200];

/** Every load of the curve. */
export const points: readonly Point[] = [
	...rates.map((rate) => ({ viewers: 4_000, rate })),
	...besides.flatMap((viewers) => ratesBesides.map((rate) => ({ viewers, rate }))),
];

const senders = 8;
const warmUpSeconds = 1;
/** An engine whose core is as full as this, or that does not come after, is not asked for more. */
const fullPercent = 97;
/** Up to this share of the core at the floor, nobody has a reason to make people wait. */
const floorCpuMax = 40;
const floorName = "send-loop";
/** Engines that bring readers back to where they were and answer senders. */
const likeUs = [centrifugo.name, "centrifuge-delayed"];

const shown = ["hubbub", centrifugo.name, "bun-publish", floorName] as const;
const columns: readonly Column[] = shown.flatMap((name): Column[] => [
	{ key: `${name} p50`, title: `${name} p50`, unit: "ms" },
	{ key: `${name} p99`, title: "p99", unit: "ms" },
	{ key: `${name} cpu`, title: "CPU", unit: "%" },
]);

/** From quiet to busy: delay and CPU at each rate, beside the peers. A run that was ended goes on where it stopped. */
export const curve: Part = {
	name: "curve",
	title: "From quiet to busy: delay and CPU over the rate",
	when: "on demand",
	async run(options) {
		const engines = options.engines.filter(({ habit, name }) => habit !== "batches" || name === "hubbub" || likeUs.includes(name));
		const rows = await measurePoints(engines, options);
		return {
			columns,
			rows,
			verdicts: verdictsOf(rows),
			notes: [
				"The columns show four engines; `bench/results/curve.json` has all: ws, Socket.IO, Nchan, and Centrifugo's library with a write delay of 100 ms.",
				`An engine is asked for no more once its core is full (${fullPercent} %) or it does not come after: –.`,
				"Ours alone waits for the disk before anybody sees a message.",
			],
		};
	},
};

async function measurePoints(engines: readonly Engine[], options: PartOptions): Promise<Row[]> {
	const unfinished = new Unfinished<Round>("curve", { scale: options.scale, rounds: options.rounds, seconds: options.seconds });
	const rows: Row[] = [];
	for (const point of points) {
		const measured: Round[] = [];
		for (let round = 1; round <= options.rounds; round++) {
			const figures: Record<string, number> = {};
			const faults: string[] = [];
			for (const engine of engines) {
				if (isFull(engine.name, point, rows)) continue;
				const key = `${nameOf(point)}, ${engine.name}, round ${round}`;
				const result = await unfinished.once(key, () => measurePoint(engine, point, options));
				for (const [name, value] of Object.entries(result.figures)) figures[`${engine.name} ${name}`] = value;
				faults.push(...result.faults.map((fault) => `${engine.name}: ${fault}`));
				const said = Object.entries(result.figures).map(([name, value]) => `${name} ${Number(value.toPrecision(3))}`);
				options.say(`${key}: ${[...said, ...result.faults].join(", ")}`);
			}
			measured.push({ figures, faults });
		}
		rows.push(rowOf(nameOf(point), measured));
	}
	unfinished.done();
	return rows;
}

const nameOf = ({ viewers, rate }: Point) => `${viewers} × ${rate}/s`;

/** Whether the engine was full, or fell behind, at a lower rate before as many viewers. */
export function isFull(engine: string, { viewers, rate }: Point, rows: readonly Row[]): boolean {
	return points.some((point) => {
		if (point.viewers !== viewers || point.rate >= rate) return false;
		const row = rows.find(({ name }) => name === nameOf(point));
		if (!row) return false;
		const cpu = row.figures[`${engine} cpu`]?.median;
		return cpu === undefined || cpu >= fullPercent || row.faults.some((fault) => fault.startsWith(`${engine}: `));
	});
}

async function measurePoint(engine: Engine, { viewers, rate }: Point, { scale, seconds }: PartOptions): Promise<Round> {
	const count = scaled(viewers, scale);
	const script = steady({ rate, seconds: warmUpSeconds + seconds + 1, senders });
	const measuring = inRoom(engine, { viewers: count, script }, async (room) => {
		room.senders.play();
		await Bun.sleep(warmUpSeconds * 1_000);
		const stretch = await measureFor(room, seconds);
		const faults = await auditRoom(room, { timeoutMs: 10_000 });
		const { deliveries, latency } = stretch.viewers;
		const { cpu, others } = cpuFigures(stretch);
		return {
			figures: { cpu, others, perCpu: deliveries / stretch.cpu, p50: quantileMs(latency, 0.5), p99: quantileMs(latency, 0.99) },
			faults,
		};
	});
	return await measuring.catch((fault: Error): Round => ({ figures: {}, faults: [fault.message.trim()] }));
}

/** The targets of the curve, each judged by the point at which it is kept worst. */
function verdictsOf(rows: readonly Row[]): Verdict[] {
	const light = rows.filter((row) => (row.figures[`${floorName} cpu`]?.median ?? Number.NaN) <= floorCpuMax);
	const heavy = rows.filter((row) => !light.includes(row));
	const against = (peer: string, key: string, most: number) =>
		judgeWorst(`${key} ≤ ${most} × ${peer} where the floor takes ≤ ${floorCpuMax} %`, light, most, inTimes, (row) => ratio(row, peer, key));
	const busy = (key: string) => medianOf(rows, "4000 × 200/s", key);
	return [
		against(floorName, "p50", 1.35),
		against(floorName, "p99", 1.5),
		...[...likeUs, "socket.io", "ws"].flatMap((peer) => [against(peer, "p50", 1), against(peer, "p99", 1)]),
		...["bun-publish", "nchan"].flatMap((peer) => [against(peer, "p50", 1.2), against(peer, "p99", 1.2)]),
		judgeWorst("p99 ≤ 250 ms beyond", heavy, 250, inMs, (row) => row.figures["hubbub p99"]?.median ?? Number.NaN),
		judge("busy room: p50 ≤ 60 ms", busy("hubbub p50"), (value) => value <= 60, inMs),
		judge("busy room: p99 ≤ 110 ms", busy("hubbub p99"), (value) => value <= 110, inMs),
		judge(
			"busy room: ≥ 1.2 M deliveries per CPU-second",
			busy("hubbub perCpu"),
			(value) => value >= 1.2e6,
			(value) => `${(value / 1e6).toFixed(2)} M`,
		),
		...likeUs.map((peer) =>
			judgeWorst(`no point at which ${peer} has both less delay and less CPU`, rows, 1, inTimes, (row) =>
				Math.min(ratio(row, peer, "p50"), ratio(row, peer, "cpu")),
			),
		),
	];
}

/** What ours is of a peer's at a point. */
function ratio(row: Row, peer: string, key: string): number {
	return (row.figures[`hubbub ${key}`]?.median ?? Number.NaN) / (row.figures[`${peer} ${key}`]?.median ?? Number.NaN);
}

function judgeWorst(
	target: string,
	rows: readonly Row[],
	most: number,
	say: (value: number) => string,
	measured: (row: Row) => number,
): Verdict {
	const values = rows.map((row) => ({ name: row.name, value: measured(row) })).filter(({ value }) => Number.isFinite(value));
	const [first, ...others] = values;
	if (!first) return { target, measured: "–", outcome: "not measured" };
	const worst = others.reduce((one, other) => (other.value > one.value ? other : one), first);
	const kept = values.filter(({ value }) => value <= most).length;
	return judge(
		target,
		worst.value,
		(value) => value <= most,
		(value) => `at worst ${say(value)} (${worst.name}); kept at ${kept} of ${values.length}`,
	);
}

const inTimes = (value: number) => `${value.toFixed(2)} ×`;
const inMs = (value: number) => `${value.toFixed(0)} ms`;
