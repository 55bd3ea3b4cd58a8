/** How many times as long the longer text is. */
export const growth = 8;
/** What grows with the square of its input takes 64 times as long for 8 times the text, what is linear 8 times: between the two, far from both. */
export const growthMax = 24;

/** Measurements, of which the best counts: what interrupts one does not interrupt all. */
const measurements = 8;
/** Work is repeated until it takes so long: the clock of CPU time moves in steps of a fifth of a millisecond. */
const workMsMin = 4;

/** How many times as long `work` takes for `long` as for `short`, at best. For tests: it measures no further than it has to. */
export function growthOf(work: (text: string) => unknown, short: string, long: string): number {
	let best = Number.POSITIVE_INFINITY;
	for (let measurement = 0; measurement < measurements && best >= growthMax; measurement++)
		best = Math.min(best, msOf(() => work(long)) / msOf(() => work(short)));
	return best;
}

/** Milliseconds that `work` takes, on average over as many times as the clock needs. */
function msOf(work: () => unknown): number {
	for (let times = 1; ; times *= 2) {
		const startedMs = cpuMs();
		for (let time = 0; time < times; time++) work();
		const tookMs = cpuMs() - startedMs;
		if (tookMs >= workMsMin) return tookMs / times;
	}
}

/** CPU time of this thread: what else the machine does is not in it. */
function cpuMs(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1_000;
}
