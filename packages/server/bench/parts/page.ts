import type { Browser } from "playwright-core";
import { room, startHubbub } from "../engines/hubbub.ts";
import { coreTime, othersShare } from "../machine/machine.ts";
import { familyCpuSeconds } from "../machine/usage.ts";
import { rateMax, Speakers } from "../page/speakers.ts";
import { longTaskMs, readFrames, readTasks } from "../page/trace.ts";
import { openBrowser, ReaderWindow, type screens } from "../page/window.ts";
import { type Column, figuresOf, judge, type Round, type Row, rowsWithin, type Verdict } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";

const rate = 20;
const slowness = 4;
/** Half of the minute with danmaku, half without. */
const halfSeconds = 30;
/** Said before, so that the list is as long as it gets and rows leave above. */
const beforeFull = 450;
const shiftMax = 0.02;

type Screen = keyof typeof screens;
const layouts: readonly { readonly name: Screen }[] = [{ name: "desktop" }, { name: "phone" }];
const halves = [
	{ words: "danmaku", danmaku: true },
	{ words: "no danmaku", danmaku: false },
] as const;

const columns: readonly Column[] = [
	{ key: "long", title: "tasks over 50 ms", unit: "" },
	{ key: "longOwn", title: "of their own", unit: "" },
	{ key: "longest", title: "longest task", unit: "ms" },
	{ key: "own", title: "longest on a core", unit: "ms" },
	{ key: "busy", title: "main thread busy", unit: "%" },
	{ key: "frames", title: "frames", unit: "/s" },
	{ key: "dropped", title: "frames dropped", unit: "%" },
	{ key: "shift", title: "layout shift", unit: "" },
	{ key: "others", title: "of others", unit: "%" },
];

/** The room's page on a slow device while much is said. */
export const page: Part = {
	name: "page",
	title: "The page in a busy minute: 20 messages a second, the processor 4 × slower",
	when: "always",
	roundsUsual: 1,
	async run(options) {
		const browser = await openBrowser();
		try {
			const measured = await inTurn(layouts, options, ({ name }) => measureMinute(browser, name, options));
			const rows = [...measured].flatMap(([name, rounds]) =>
				rowsWithin(
					halves.map(({ words }) => `${name}, ${words}`),
					columns,
					rounds,
				),
			);
			return {
				columns,
				rows,
				verdicts: verdictsOf(rows),
				notes: [
					`A minute a layout: ${halfSeconds} s with danmaku, then ${halfSeconds} s without, on one page whose list is full from the start. Short and long texts, Chinese and English, emoji, links, answers and likes, by eight people.`,
					"Tasks are those of the page's main thread in the browser's own trace, rendering and garbage collection among them: a `longtask` observer rounds and tells nothing below 50 ms. “Of their own” and “on a core” go by the same tasks' CPU time, the slowdown in it: where the clock's is much more, others had the core.",
					`Chromium ${browser.version()} draws without a graphics card, on the cores that the rest of this runs on.`,
				],
			};
		} finally {
			await browser.close();
		}
	},
};

async function measureMinute(browser: Browser, screen: Screen, { scale, say }: PartOptions): Promise<Round> {
	const server = await startHubbub();
	let speakers: Speakers | null = null;
	let reader: ReaderWindow | null = null;
	try {
		speakers = await Speakers.enter(server.port, room);
		reader = await ReaderWindow.open(browser, `http://127.0.0.1:${server.port}/rooms/${room}`, screen);
		await speakers.talk(beforeFull, rateMax);
		await speakers.say("that was before");
		await reader.shows("that was before");
		const figures: Record<string, number> = {};
		for (const { words, danmaku } of halves) {
			const name = `${screen}, ${words}`;
			await reader.turnDanmaku(danmaku);
			await reader.slowDown(slowness);
			Object.assign(figures, figuresOf(name, await measureHalf(name, reader, speakers, scaled(halfSeconds * rate, scale))));
			await reader.slowDown(1);
			say(`${screen}, ${words}: done`);
		}
		return { figures, faults: [] };
	} finally {
		await reader?.close();
		speakers?.leave();
		await server.stop();
	}
}

async function measureHalf(name: string, reader: ReaderWindow, speakers: Speakers, messages: number): Promise<Record<string, number>> {
	const shiftBefore = await reader.shift();
	const before = { cpu: familyCpuSeconds(process.pid), cores: coreTime(), ms: performance.now() };
	let after = before;
	const events = await reader.trace(name, async () => {
		await speakers.talk(messages, rate);
		after = { cpu: familyCpuSeconds(process.pid), cores: coreTime(), ms: performance.now() };
	});
	const seconds = (after.ms - before.ms) / 1_000;
	const tasks = readTasks(events);
	const frames = readFrames(events);
	// A page that fell behind would look calm: what was said last must be there.
	const last = `that was all ${messages} ${Math.round(after.ms)}`;
	await speakers.say(last);
	await reader.shows(last);
	return {
		long: tasks.long,
		longest: tasks.longestMs,
		longOwn: tasks.longOwn,
		own: tasks.longestOwnMs,
		busy: tasks.busyOwnMs / seconds / 10,
		frames: frames.shown / seconds,
		dropped: (frames.dropped / Math.max(1, frames.shown + frames.dropped)) * 100,
		shift: (await reader.shift()) - shiftBefore,
		others: othersShare(before.cores, after.cores, after.cpu - before.cpu) * 100,
	};
}

/** The targets, each held against the worst round of the worst layout. Where a half was not measured, nothing is judged. */
export function verdictsOf(rows: readonly Row[]): Verdict[] {
	const roundsOf = (row: Row | undefined, key: string) => row?.figures[key]?.rounds ?? [];
	const worst = (key: string) =>
		rows.some((row) => roundsOf(row, key).length === 0) ? Number.NaN : Math.max(...rows.flatMap((row) => roundsOf(row, key)));
	const shifts = layouts.flatMap(({ name }) => {
		const [one, other] = halves.map(({ words }) =>
			roundsOf(
				rows.find((row) => row.name === `${name}, ${words}`),
				"shift",
			),
		);
		return one?.length ? one.map((value, round) => value + (other?.[round] ?? Number.NaN)) : [Number.NaN];
	});
	return [
		judge(
			"no task over 50 ms",
			worst("longest"),
			(value) => value <= longTaskMs,
			(value) => `the longest ${value.toFixed(0)} ms, up to ${worst("long")} over in a row`,
		),
		judge(
			"no task over 50 ms of the thread's own time",
			worst("own"),
			(value) => value <= longTaskMs,
			(value) => `the longest ${value.toFixed(0)} ms, up to ${worst("longOwn")} over in a row`,
		),
		judge(
			`layout shift ≤ ${shiftMax} in the minute`,
			Math.max(...shifts),
			(value) => value <= shiftMax,
			(value) => value.toFixed(4),
		),
	];
}
