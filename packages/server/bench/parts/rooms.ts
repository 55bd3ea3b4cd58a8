import { join } from "node:path";
import { startHubbub } from "../engines/hubbub.ts";
import { Generator } from "../load/generator.ts";
import { removeFolder, temporaryFolder } from "../machine/folder.ts";
import { root } from "../machine/install.ts";
import { run } from "../machine/program.ts";
import { cpuSeconds, memory } from "../machine/usage.ts";
import { type Column, judge, medianOf, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";

/** Long enough for what opening left behind to be collected. */
const settleSeconds = 35;
const idleSeconds = 20;
/** The last viewer's going is noticed within a second. */
const goneSeconds = 61;

interface Subject {
	readonly name: string;
	readonly connections: number;
	/** Rooms that each connection is in, all of them its own. */
	readonly roomsEach: number;
}

const atOnce: Subject = { name: "1,000 rooms at once", connections: 1_000, roomsEach: 1 };
const many: Subject = { name: "20,000 rooms", connections: 1_000, roomsEach: 20 };
const alone: Subject = { name: "5,000 rooms, a connection each", connections: 5_000, roomsEach: 1 };

const columns: readonly Column[] = [
	{ key: "rooms", title: "rooms", unit: "" },
	{ key: "seconds", title: "until all are open", unit: "s" },
	{ key: "opening", title: "CPU ms a room", unit: "" },
	{ key: "each", title: "held by a room", unit: "KiB" },
	{ key: "idle", title: "CPU while idle", unit: "%" },
	{ key: "left", title: "rooms left", unit: "" },
	{ key: "after", title: "above the empty process, after", unit: "MiB" },
];

/** What it takes to open a room, to keep it while nothing happens in it, and to put it away. */
export const rooms: Part = {
	name: "rooms",
	title: "Many rooms, one viewer in each",
	when: "always",
	async run(options) {
		const measured = await inTurn([atOnce, many, alone], options, (subject) => measureSubject(subject, options));
		const rows = [...measured].map(([name, rounds]) => rowOf(name, rounds));
		const of = ({ name }: Subject, key: string) => medianOf(rows, name, key);
		return {
			columns,
			rows,
			verdicts: [
				judge(
					"1,000 opened at once within 1 s",
					of(atOnce, "seconds"),
					(value) => value <= 1,
					(value) => `${value.toFixed(2)} s`,
				),
				judge(
					"≤ 0.4 ms of CPU to open a room",
					of(many, "opening"),
					(value) => value <= 0.4,
					(value) => `${value.toFixed(2)} ms`,
				),
				judge(
					"≤ 4 KiB held by a room and its viewer",
					of(many, "each"),
					(value) => value <= 4,
					(value) => `${value.toFixed(1)} KiB`,
				),
				judge(
					"20,000 rooms idle: ≤ 0.3 % of a core",
					of(many, "idle"),
					(value) => value <= 0.3,
					(value) => `${value.toFixed(2)} %`,
				),
				judge(
					"no room left 60 s after the last viewer has gone",
					of(many, "left"),
					(value) => value === 0,
					(value) => String(value),
				),
			],
			notes: [
				`VmRSS ${settleSeconds} s after the last room was opened, less that of the empty process; CPU over ${idleSeconds} s after that. The rooms were made before, and are empty.`,
				"Of 20,000 rooms each connection is in twenty, since a process may have no more connections here; in the last row a connection and its session are in the figure.",
			],
		};
	},
};

async function measureSubject({ connections: full, roomsEach }: Subject, { scale }: PartOptions): Promise<Round> {
	const connections = scaled(full, scale);
	const count = connections * roomsEach;
	const data = temporaryFolder("rooms");
	const names = Array.from({ length: roomsEach }, (_, index) => `r${index}-`);
	let generator: Generator | null = null;
	try {
		await run([
			process.execPath,
			join(root, "packages/server/bench/archive/rooms.ts"),
			data,
			...names.map((name) => `${name}:${connections}`),
		]);
		const server = await startHubbub({ data });
		try {
			await Bun.sleep(1_000);
			const empty = memory(server.pids).residentKib;
			const hello = `{"type":"hello","rooms":[${names.map((name) => `{"room":"${name}{n}"}`).join(",")}]}`;
			generator = await Generator.start({
				port: server.port,
				dialect: { ...server.viewer, hello },
				connections,
				fromStart: false,
				openingMax: 400,
			});
			const before = { cpu: cpuSeconds(server.pids), ms: performance.now() };
			await generator.open();
			const opened = await untilOpen(server.port, count);
			const seconds = (performance.now() - before.ms) / 1_000;
			const opening = ((cpuSeconds(server.pids) - before.cpu) * 1_000) / count;
			await Bun.sleep(settleSeconds * 1_000);
			const each = (memory(server.pids).residentKib - empty) / count;
			const idleBefore = cpuSeconds(server.pids);
			await Bun.sleep(idleSeconds * 1_000);
			const idle = ((cpuSeconds(server.pids) - idleBefore) / idleSeconds) * 100;
			await generator.drop();
			await Bun.sleep(goneSeconds * 1_000);
			const left = await roomsLive(server.port);
			const after = (memory(server.pids).residentKib - empty) / 1_024;
			const faults = opened === count ? [] : [`${count - opened} of ${count} rooms were not opened`];
			return { figures: { rooms: count, seconds, opening, each, idle, left, after }, faults };
		} finally {
			await server.stop();
		}
	} finally {
		await generator?.stop();
		removeFolder(data);
	}
}

async function untilOpen(port: number, count: number): Promise<number> {
	const deadlineMs = performance.now() + 60_000;
	let live = await roomsLive(port);
	while (live < count && performance.now() < deadlineMs) {
		await Bun.sleep(20);
		live = await roomsLive(port);
	}
	return live;
}

async function roomsLive(port: number): Promise<number> {
	const figures = await fetch(`http://127.0.0.1:${port}/metrics`).then((response) => response.text());
	return Number(/^hubbub_rooms_live (\d+)/m.exec(figures)?.[1] ?? 0);
}
