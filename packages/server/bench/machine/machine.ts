import { readFileSync } from "node:fs";
import { availableParallelism, release, totalmem } from "node:os";
import { run } from "./program.ts";

/** What the figures were measured on. */
export interface Machine {
	readonly processor: string;
	readonly cores: number;
	readonly memoryGib: number;
	readonly kernel: string;
}

export function describeMachine(): Machine {
	const model = /^model name\s*: (.*)$/m.exec(readFileSync("/proc/cpuinfo", "latin1"))?.[1] ?? "unknown";
	return {
		processor: model.trim(),
		cores: availableParallelism(),
		memoryGib: Math.round(totalmem() / 2 ** 30),
		kernel: `Linux ${release().split("-")[0]}`,
	};
}

/** Versions of what is measured and of what measures. */
export async function describeVersions(installed: Record<string, string>): Promise<Record<string, string>> {
	const node = await run(["node", "--version"]).catch(() => "none");
	return { bun: Bun.version, node: node.trim().replace(/^v/, ""), ...installed };
}

/** Moments of the whole machine, in seconds of its cores: how much there was, and how much was at work, stolen time of a virtual machine included. */
export interface CoreTime {
	readonly busy: number;
	readonly all: number;
}

const ticksPerSecond = 100;

export function coreTime(): CoreTime {
	return readCoreTime(readFileSync("/proc/stat", "latin1"));
}

/** Out of the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal; what guests use stands in user already. */
export function readCoreTime(stat: string): CoreTime {
	const ticks = stat.split("\n", 1)[0]?.split(/\s+/).slice(1, 9).map(Number) ?? [];
	const all = ticks.reduce((sum, tick) => sum + tick, 0);
	return { all: all / ticksPerSecond, busy: (all - (ticks[3] ?? 0) - (ticks[4] ?? 0)) / ticksPerSecond };
}

/** The share of the machine, 0 to 1, that was in others' hands between two moments, while ours took `ours` seconds of its cores. */
export function othersShare(before: CoreTime, after: CoreTime, ours: number): number {
	return Math.max(0, after.busy - before.busy - ours) / Math.max(0.01, after.all - before.all);
}

/** The same now, looked at for half a second: figures that are to be believed want it near 0. */
export async function busyShare(): Promise<number> {
	const before = coreTime();
	await Bun.sleep(500);
	return othersShare(before, coreTime(), 0);
}
