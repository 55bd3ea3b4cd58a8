import type { Engine } from "../engines/engine.ts";
import { hubbub } from "../engines/hubbub.ts";
import { Generator } from "../load/generator.ts";
import { steady } from "../load/script.ts";
import { cpuSeconds } from "../machine/usage.ts";
import { type Column, judge, medianOf, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";
import { inRoom } from "./room.ts";

const viewersFull = 3_000;
/** Everybody comes and goes so often, after some times that do not count, until most of the code is compiled. */
const waves = 4;
const wavesBefore = 2;
const history = 50;
const senders = 5;

const columns: readonly Column[] = [
	{ key: "joins", title: "joins", unit: "" },
	{ key: "each", title: "CPU µs a join", unit: "" },
	{ key: "rate", title: "joins a CPU-second", unit: "" },
	{ key: "leaving", title: "CPU µs a leave", unit: "" },
];

/** What coming in costs: the handshake, the hello of a guest without a token, and the room's latest messages. */
export const joins: Part = {
	name: "joins",
	title: `Joins: 3,000 guests come and go, the room's last ${history} messages for each`,
	when: "always",
	async run(options) {
		const subjects = options.engines.filter(({ name }) => name === "hubbub" || name === "bun-publish" || name === "ws");
		const measured = await inTurn(subjects, options, (engine) => (engine === hubbub ? measureOurs(options) : measurePeer(engine, options)));
		const rows = [...measured].map(([name, rounds]) => rowOf(name, rounds));
		return {
			columns,
			rows,
			verdicts: [
				judge(
					"≥ 9,000 joins a CPU-second",
					medianOf(rows, "hubbub", "rate"),
					(value) => value >= 9_000,
					(value) => Math.round(value).toLocaleString("en"),
				),
			],
			notes: [
				`${waves} waves, after ${wavesBefore} that do not count. A join is the connection, the handshake, hello, welcome with a token, and joined with ${history} messages; the peers' joins are the connection and the handshake alone.`,
			],
		};
	},
};

async function measureOurs({ scale }: PartOptions): Promise<Round> {
	const viewers = scaled(viewersFull, scale);
	const script = steady({ rate: 500, seconds: history / 500, senders });
	return inRoom(hubbub, { viewers, script, fromStart: false }, async (room) => {
		await room.viewers.drop();
		room.senders.play();
		while ((await room.senders.report()).acknowledged < history) await Bun.sleep(20);
		await room.viewers.begin();
		const figures = await measureWaves(room.viewers, room.server.pids, viewers);
		const { deliveries } = await room.viewers.report();
		const missing = viewers * (waves + wavesBefore - 1) * history - deliveries;
		return { figures, faults: missing === 0 ? [] : [`${missing} messages of the history did not come`] };
	});
}

async function measurePeer(engine: Engine, { scale }: PartOptions): Promise<Round> {
	const server = await engine.start({});
	const viewers = scaled(viewersFull, scale);
	let generator: Generator | null = null;
	try {
		generator = await Generator.start({ port: server.port, dialect: server.viewer, connections: viewers, fromStart: false });
		await generator.open();
		await generator.drop();
		return { figures: await measureWaves(generator, server.pids, viewers), faults: [] };
	} finally {
		await generator?.stop();
		await server.stop();
	}
}

async function measureWaves(generator: Generator, pids: readonly number[], viewers: number): Promise<Record<string, number>> {
	let [coming, leaving] = [0, 0];
	for (let wave = 1 - wavesBefore; wave < waves; wave++) {
		// The server notices that all sockets are gone, and collects what they left.
		await Bun.sleep(1_500);
		const before = cpuSeconds(pids);
		await generator.open();
		const joined = cpuSeconds(pids);
		await generator.drop();
		await Bun.sleep(1_500);
		if (wave < 0) continue;
		coming += joined - before;
		leaving += cpuSeconds(pids) - joined;
	}
	const count = viewers * waves;
	return { joins: count, each: (coming / count) * 1e6, rate: count / coming, leaving: (leaving / count) * 1e6 };
}
