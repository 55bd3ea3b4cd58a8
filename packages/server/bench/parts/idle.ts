import type { Engine } from "../engines/engine.ts";
import { Generator } from "../load/generator.ts";
import { cpuSeconds, memory, socketMemoryKib } from "../machine/usage.ts";
import { type Column, judge, medianOf, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, scaled } from "./part.ts";

const viewersFull = 15_000;
/** Long enough for what joining left behind to be collected. */
const settleSeconds = 8;
const idleSeconds = 5;

const columns: readonly Column[] = [
	{ key: "viewers", title: "viewers", unit: "" },
	{ key: "each", title: "process memory each", unit: "KiB" },
	{ key: "empty", title: "empty process", unit: "MiB" },
	{ key: "full", title: "with viewers", unit: "MiB" },
	{ key: "peak", title: "peak while joining", unit: "MiB" },
	{ key: "joins", title: "joins", unit: "/s" },
	{ key: "cpu", title: "CPU while idle", unit: "%" },
];

/** Memory of a viewer who has joined and does nothing. */
export const idle: Part = {
	name: "idle",
	title: "Idle: 15,000 joined viewers in one process",
	when: "always",
	async run(options) {
		const subjects = options.engines.flatMap((engine) => subjectsOf(engine));
		const measured = await inTurn(subjects, options, ({ engine, viewers }) => measureEngine(engine, scaled(viewers, options.scale)));
		const rows = [...measured].map(([name, rounds]) => rowOf(name, rounds));
		return {
			columns,
			rows,
			verdicts: [
				judge(
					"≤ 4 KiB of process memory a viewer",
					medianOf(rows, "hubbub", "each"),
					(value) => value <= 4,
					(value) => `${value.toFixed(1)} KiB`,
				),
			],
			notes: [
				`VmRSS ${settleSeconds} s after the last one joined, less that of the empty process, divided by the viewers. Memory of sockets is the kernel's and not in it.`,
				"Ours knows a name, a guest's identity, a place in the room and a heartbeat of each; the peers' viewers are bare sockets.",
			],
		};
	},
};

/** Batching changes nothing for those who are told nothing. Ours is looked at with fewer viewers, too: does each cost the same? */
function subjectsOf(engine: Engine): { name: string; engine: Engine; viewers: number }[] {
	if (engine.name.endsWith("-batched") || engine.name === "send-loop") return [];
	const full = { name: engine.name, engine, viewers: viewersFull };
	return engine.name === "hubbub" ? [full, { name: "hubbub, 5,000", engine, viewers: 5_000 }] : [full];
}

async function measureEngine(engine: Engine, viewers: number): Promise<Round> {
	const server = await engine.start({});
	let generator: Generator | null = null;
	try {
		await Bun.sleep(1_000);
		const empty = memory(server.pids);
		generator = await Generator.start({ port: server.port, dialect: server.viewer, connections: viewers });
		const seconds = await generator.open();
		await Bun.sleep(settleSeconds * 1_000);
		const cpuBefore = cpuSeconds(server.pids);
		await Bun.sleep(idleSeconds * 1_000);
		const cpu = cpuSeconds(server.pids) - cpuBefore;
		const full = memory(server.pids);
		const { joined } = await generator.report();
		return {
			figures: {
				viewers: joined,
				each: (full.residentKib - empty.residentKib) / joined,
				empty: empty.residentKib / 1_024,
				full: full.residentKib / 1_024,
				peak: full.peakKib / 1_024,
				joins: joined / seconds,
				cpu: (cpu / idleSeconds) * 100,
				sockets: socketMemoryKib() / 1_024,
			},
			faults: joined === viewers ? [] : [`${viewers - joined} of ${viewers} viewers are not in`],
		};
	} finally {
		await generator?.stop();
		await server.stop();
	}
}
