import type { Browser } from "playwright-core";
import { room, startHubbub } from "../engines/hubbub.ts";
import { median } from "../load/histogram.ts";
import { rateMax, Speakers } from "../page/speakers.ts";
import { openBrowser, ReaderWindow } from "../page/window.ts";
import { type Column, figuresOf, judge, type Round, type Row, rowsWithin, type Verdict } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";

/** After how many messages the page is weighed. */
const points = [2_000, 5_000, 8_000, 11_000, 14_000, 17_000, 20_000];
const names = points.map((point) => `after ${point.toLocaleString("en")}`);
/** Said before, so that the list is as long as it gets and rows leave above. */
const beforeFull = 450;
const growthPercentMax = 10;
/** Rows come and go between two bounds; the page is weighed just after some have gone, when it holds as many each time. */
const untilCutMax = 200;

const columns: readonly Column[] = [
	{ key: "heap", title: "JavaScript heap", unit: "MiB" },
	{ key: "nodes", title: "nodes", unit: "" },
	{ key: "listeners", title: "listeners", unit: "" },
	{ key: "rows", title: "rows", unit: "" },
];

/** What the room's page holds while twenty thousand messages go by. */
export const pageMemory: Part = {
	name: "page-memory",
	title: "The page over 20,000 messages: memory, nodes and listeners",
	when: "always",
	roundsUsual: 1,
	async run(options) {
		const browser = await openBrowser();
		try {
			const measured = await inTurn([{ name: "desktop" }], options, () => measure(browser, options));
			const rows = [...measured.values()].flatMap((rounds) => rowsWithin(names, columns, rounds));
			return {
				columns,
				rows,
				verdicts: verdictsOf(rows),
				notes: [
					`Garbage is collected before each look, rows that leave above have just left, and danmaku, on meanwhile, has been turned off. ${rateMax} messages a second; the processor is not slowed down.`,
					`Growth is from the median of the first three looks to that of the last three. Chromium ${browser.version()}.`,
				],
			};
		} finally {
			await browser.close();
		}
	},
};

async function measure(browser: Browser, { scale, say }: PartOptions): Promise<Round> {
	const server = await startHubbub();
	let speakers: Speakers | null = null;
	let reader: ReaderWindow | null = null;
	try {
		speakers = await Speakers.enter(server.port, room);
		reader = await ReaderWindow.open(browser, `http://127.0.0.1:${server.port}/rooms/${room}`, "desktop");
		await speakers.talk(beforeFull, rateMax);
		const figures: Record<string, number> = {};
		let said = 0;
		for (const [index, point] of points.entries()) {
			await reader.turnDanmaku(true);
			await speakers.talk(scaled(point, scale) - said, rateMax);
			said = scaled(point, scale);
			await reader.turnDanmaku(false);
			const rows = await waitForCut(reader, speakers, point);
			const { heapBytes, nodes, listeners } = await reader.weigh();
			const name = names[index] as string;
			Object.assign(figures, figuresOf(name, { heap: heapBytes / 2 ** 20, nodes, listeners, rows }));
			say(`${name}: ${(heapBytes / 2 ** 20).toFixed(1)} MiB, ${nodes} nodes, ${listeners} listeners`);
		}
		return { figures, faults: [] };
	} finally {
		await reader?.close();
		speakers?.leave();
		await server.stop();
	}
}

/** Says one thing after the other until rows have left above; answers how many are left. Throws where none leave. */
async function waitForCut(reader: ReaderWindow, speakers: Speakers, point: number): Promise<number> {
	let before = 0;
	for (let number = 0; number < untilCutMax; number++) {
		const text = `until some leave, ${point}, ${number}`;
		await speakers.say(text);
		await reader.shows(text);
		const rows = await reader.rows();
		if (rows < before) return rows;
		before = rows;
	}
	throw new Error(`no row left the list within ${untilCutMax} messages`);
}

/** Each figure flat, judged by its worst round. Where a look is missing, nothing is judged. */
export function verdictsOf(rows: readonly Row[]): Verdict[] {
	return columns.slice(0, 3).map(({ key, title, unit }) => {
		const rounds = Math.max(0, ...rows.map(({ figures }) => figures[key]?.rounds.length ?? 0));
		const growths = Array.from({ length: rounds }, (_, round) =>
			growthOf(rows.map(({ figures }) => figures[key]?.rounds[round] ?? Number.NaN)),
		);
		return judge(
			`${title}${unit && ` in ${unit}`}: growth ≤ ${growthPercentMax} %`,
			rounds === 0 ? Number.NaN : Math.max(...growths),
			(value) => value <= growthPercentMax,
			(value) => `${value > 0 ? "+" : ""}${value.toFixed(1)} %`,
		);
	});
}

/** In percent, from the median of the first three to that of the last three; NaN where one is missing. */
function growthOf(values: readonly number[]): number {
	return values.every(Number.isFinite) ? (median(values.slice(-3)) / median(values.slice(0, 3)) - 1) * 100 : Number.NaN;
}
