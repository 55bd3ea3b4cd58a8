/** One event of a browser's trace, as far as it is read here; times in microseconds. */
export interface TraceEvent {
	readonly name: string;
	readonly ph: string;
	readonly pid: number;
	readonly tid: number;
	readonly ts?: number;
	/** Time on the clock, and on a core. */
	readonly dur?: number;
	readonly tdur?: number;
	readonly args?: {
		/** Of a thread, where the event names one. */
		readonly name?: string;
		/** What became of a frame. `affects_smoothness`: something in it moved, so that its lack is seen. */
		readonly frame_reporter?: { readonly state?: string; readonly frame_sequence?: number; readonly affects_smoothness?: boolean };
	};
}

/** What has to be traced for `readTasks` and `readFrames`; `devtools.timeline` is for who opens the trace. */
export const traceCategories = [
	"-*",
	"devtools.timeline",
	"disabled-by-default-devtools.timeline",
	"disabled-by-default-devtools.timeline.frame",
];

/** What a main thread had to do. */
export interface Tasks {
	/** Tasks of more than 50 ms on the clock, and the longest of all, in ms. */
	readonly long: number;
	readonly longestMs: number;
	/** The same by their time on a core: what others took of the machine meanwhile is not in it. */
	readonly longOwn: number;
	readonly longestOwnMs: number;
	/** All tasks together by their time on a core, in ms. */
	readonly busyOwnMs: number;
}

export const longTaskMs = 50;

/** The tasks of the page's main thread: of all threads that are one, the one with most to do. */
export function readTasks(events: readonly TraceEvent[]): Tasks {
	const mains = new Set(events.filter(isMainThread).map(threadOf));
	const byThread = Map.groupBy(
		events.filter((event) => event.ph === "X" && event.name === "RunTask" && mains.has(threadOf(event))),
		threadOf,
	);
	const sum = (tasks: readonly TraceEvent[]) => tasks.reduce((total, { dur = 0 }) => total + dur, 0);
	const [tasks = []] = [...byThread.values()].sort((one, other) => sum(other) - sum(one));
	return {
		long: tasks.filter(({ dur = 0 }) => dur > longTaskMs * 1_000).length,
		longestMs: longest(tasks.map(({ dur = 0 }) => dur)) / 1_000,
		longOwn: tasks.filter(({ tdur = 0 }) => tdur > longTaskMs * 1_000).length,
		longestOwnMs: longest(tasks.map(({ tdur = 0 }) => tdur)) / 1_000,
		busyOwnMs: tasks.reduce((total, { tdur = 0 }) => total + tdur, 0) / 1_000,
	};
}

/**
 * Frames of pages that were shown, if only in part, and those in which something should have moved and nothing was shown. A frame of which the
 * main thread's share comes later is told of twice. A frame in which nothing was to be drawn counts as neither.
 */
export function readFrames(events: readonly TraceEvent[]): { shown: number; dropped: number } {
	const pages = new Set(events.filter(isMainThread).map(({ pid }) => pid));
	const shown = new Set<string>();
	const missed = new Set<string>();
	for (const { name, ph, pid, args } of events) {
		const frame = args?.frame_reporter;
		if (name !== "PipelineReporter" || ph !== "b" || !frame || !pages.has(pid)) continue;
		const key = `${pid} ${frame.frame_sequence}`;
		if (frame.state?.startsWith("STATE_PRESENTED")) shown.add(key);
		else if (frame.state === "STATE_DROPPED" && frame.affects_smoothness) missed.add(key);
	}
	return { shown: shown.size, dropped: [...missed].filter((key) => !shown.has(key)).length };
}

function isMainThread({ name, args }: TraceEvent): boolean {
	return name === "thread_name" && args?.name === "CrRendererMain";
}

function threadOf({ pid, tid }: TraceEvent): string {
	return `${pid} ${tid}`;
}

/** Not by `Math.max(…)`: a minute has more tasks than a call may have arguments. */
function longest(values: readonly number[]): number {
	return values.reduce((most, value) => Math.max(most, value), 0);
}
