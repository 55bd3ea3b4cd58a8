import { join } from "node:path";
import type { Engine, RunningEngine, StartOptions } from "../engines/engine.ts";
import { Generator, type Report } from "../load/generator.ts";
import { type Line, writeScript } from "../load/script.ts";
import { removeFolder, temporaryFolder } from "../machine/folder.ts";
import { coreTime, othersShare } from "../machine/machine.ts";
import { cpuSeconds } from "../machine/usage.ts";

export interface RoomOptions extends StartOptions {
	readonly viewers: number;
	/** Connections viewers may have on their way at once. */
	readonly openingMax?: number;
	/** Percent of the viewers who stop reading at `viewers.stall()`. */
	readonly stallPercent?: number;
	readonly fromStart?: boolean;
	/** What the senders say at `senders.play()`. */
	readonly script: readonly Line[];
	/** Unanswered messages a sender may have; 0 keeps to the script's times. */
	readonly window?: number;
}

/** A fresh server with viewers in its room, and senders who have not said anything yet. */
export interface FilledRoom {
	readonly server: RunningEngine;
	readonly viewers: Generator;
	readonly senders: Generator;
	/** Generators of the suite's own beside these. */
	readonly besides?: readonly Generator[];
	/** Seconds it took to let the viewers in. */
	readonly openedSeconds: number;
}

/** Runs `work` in a room of its own, and puts everything away afterwards. */
export async function inRoom<Answer>(engine: Engine, options: RoomOptions, work: (room: FilledRoom) => Promise<Answer>): Promise<Answer> {
	const folder = temporaryFolder("script");
	const stops: (() => Promise<void>)[] = [];
	try {
		const server = await engine.start(options);
		stops.unshift(() => server.stop());
		const path = join(folder, "script");
		await writeScript(path, options.script);
		const sendersCount = Math.max(...options.script.map(({ sender }) => sender)) + 1;
		const viewers = await Generator.start({
			...{ port: server.port, dialect: server.viewer, connections: options.viewers, senders: sendersCount },
			...{ openingMax: options.openingMax, stallPercent: options.stallPercent, fromStart: options.fromStart },
		});
		stops.unshift(() => viewers.stop());
		const openedSeconds = await viewers.open();
		const senders = await Generator.start({
			...{ port: server.port, dialect: server.sender, connections: sendersCount },
			script: { path, say: server.sender.say, window: options.window ?? 0 },
		});
		stops.unshift(() => senders.stop());
		await senders.open();
		return await work({ server, viewers, senders, openedSeconds });
	} finally {
		for (const stop of stops) await stop();
		removeFolder(folder);
	}
}

/** What a stretch of time cost and brought. */
export interface Stretch {
	readonly seconds: number;
	/** CPU seconds of the server. */
	readonly cpu: number;
	/** CPU seconds of the viewers' generator: near `seconds` the load is the bottleneck, and delays are its own. */
	readonly loadCpu: number;
	/** The share of the machine, 0 to 1, that others had meanwhile. */
	readonly others: number;
	readonly viewers: Report;
	readonly senders: Report;
}

/** Measures for a while. */
export async function measureFor({ server, viewers, senders, besides = [] }: FilledRoom, seconds: number): Promise<Stretch> {
	await Promise.all([viewers.begin(), senders.begin()]);
	const own = [senders.pid, process.pid, ...besides.map(({ pid }) => pid)];
	const used = () => [cpuSeconds(server.pids), cpuSeconds([viewers.pid]), cpuSeconds(own)] as const;
	const before = { used: used(), cores: coreTime(), ms: performance.now() };
	await Bun.sleep(seconds * 1_000);
	const after = { used: used(), cores: coreTime(), ms: performance.now() };
	const [cpu, loadCpu, rest] = after.used.map((used, index) => used - (before.used[index] ?? 0)) as [number, number, number];
	const others = othersShare(before.cores, after.cores, cpu + loadCpu + rest);
	return {
		...{ seconds: (after.ms - before.ms) / 1_000, cpu, loadCpu, others },
		...{ viewers: await viewers.report(), senders: await senders.report() },
	};
}

/** Figures every table of a stretch has: CPU of the server, of the viewers, and of others, in percent. */
export function cpuFigures({ seconds, cpu, loadCpu, others }: Stretch): Record<"cpu" | "load" | "others", number> {
	return { cpu: (cpu / seconds) * 100, load: (loadCpu / seconds) * 100, others: others * 100 };
}

/**
 * Waits until the script is over and everybody has everything; answers what is wrong, in sentences. Every message that was accepted, at every
 * viewer exactly once, in the order of its sender and in one order for all, or told to be left out.
 */
export async function auditRoom(
	{ viewers, senders }: Pick<FilledRoom, "viewers" | "senders">,
	options: { timeoutMs: number },
): Promise<string[]> {
	const deadlineMs = performance.now() + options.timeoutMs;
	let spoken = await senders.report();
	while ((!spoken.over || isWaiting(spoken)) && performance.now() < deadlineMs) {
		await Bun.sleep(50);
		spoken = await senders.report();
	}
	const accepted = spoken.acknowledged > 0 ? spoken.acknowledged : spoken.sent - spoken.rejected;
	await viewers.whole(accepted, Math.max(1_000, deadlineMs - performance.now()));
	const { behind, orders, doubled, disordered, omitted, gaps, restarts, garbled, closes, refused, failed, ...seen } =
		await viewers.report();
	const wrong: [number, string][] = [
		[spoken.over ? 0 : 1, "the script was not said to its end"],
		[spoken.sent - accepted, "messages were not accepted"],
		[behind, "viewers have not everything"],
		[lostInSilence({ omitted, gaps, restarts, ...seen }, spoken.sent - accepted), "messages were passed over in silence"],
		[doubled, "messages came twice"],
		[disordered, "messages came out of order"],
		[omitted > 0 || gaps > 0 || restarts > 0 || orders <= 1 ? 0 : orders, "different orders were seen"],
		[garbled, "frames could not be read"],
		[refused + failed, "connections could not be made"],
		[Object.values(closes).reduce((sum, count) => sum + count, 0), `connections were ended: ${codesOf(closes)}`],
	];
	return wrong.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : []));
}

/** Whether an engine that acknowledges has still to answer for a message. */
function isWaiting({ sent, acknowledged, rejected }: Report): boolean {
	return acknowledged > 0 && acknowledged + rejected < sent;
}

/**
 * Messages that viewers were neither given nor told of. `refused` messages were never accepted, and so miss at every viewer; those who were
 * told to start over cannot be counted.
 */
export function lostInSilence(
	{ missing, omitted, gaps, restarts, joined }: Pick<Report, "missing" | "omitted" | "gaps" | "restarts" | "joined">,
	refused: number,
): number {
	return restarts > 0 ? 0 : Math.max(0, missing - omitted - gaps - joined * refused);
}

function codesOf(closes: Report["closes"]): string {
	return Object.entries(closes)
		.map(([code, count]) => `${count} ${code === "0" ? "without a close frame" : `with ${code}`}`)
		.join(", ");
}
