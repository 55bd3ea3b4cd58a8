import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "@hubbub/client";
import { discussionLimits } from "@hubbub/room-model/discussion.ts";
import type { BrowserContextOptions, CDPSession } from "playwright-core";
import { comesToBe, operatorKey, shareHouse, testMs, until, type Viewer } from "./browser.ts";
import { lookAtList } from "./list-view.ts";

setDefaultTimeout(testMs);

/** What a busy minute moves at most, as browsers measure it: web.dev calls up to 0.1 in a page's whole life good. */
const shiftMax = 0.02;
/** Twenty a second, for a minute. However fast a test plays them, each can move what stands there once. */
const busyMinute = 1_200;

const { house, enter } = shareHouse();

/** A crowd's mixture: short and long, the same again, answers, and each its number, so that it can be told apart. */
function textOf(at: number): string {
	const long = "Is the sound okay for you? It crackles a little on my side, and I cannot tell whether it is my headphones. ";
	const kinds = [
		"666",
		`前排 ${at}`,
		`hello ${at}`,
		`${long.repeat(1 + (at % 4))}${at}`,
		`这个价格能再便宜点吗？我昨天看的时候还不是这个价 ${at}`,
		"哈哈哈哈",
		`line ${at}`,
	];
	return kinds[at % kinds.length] as string;
}

/** Says so many messages in order, at most `ahead` of them on their way at a time, and a last one to know when all are there. */
async function sayMany(room: string, count: number, ahead: number): Promise<string> {
	const speaker = connect(house.url, { token: operatorKey });
	const there = speaker.room(room);
	let answering: string | undefined;
	for (let at = 0; at < count; at += ahead) {
		const said = await Promise.all(
			Array.from({ length: Math.min(ahead, count - at) }, (_, index) =>
				there.say(textOf(at + index), answering && (at + index) % 50 === 0 ? { replyTo: answering } : {}),
			),
		);
		answering = said.at(-1)?.id;
	}
	const last = `that was all ${crypto.randomUUID()}`;
	await there.say(last);
	speaker.close();
	return last;
}

async function shows(viewer: Viewer, last: string): Promise<void> {
	await until(async () => (await lookAtList(viewer.page)).last === last);
}

describe("in a busy minute", () => {
	const screens: Record<string, BrowserContextOptions> = {
		"a desktop": { viewport: { width: 1_440, height: 900 } },
		"a phone upright": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
		"a low window": { viewport: { width: 844, height: 390 } },
	};
	test.each(Object.keys(screens))("nothing moves on %s but by scrolling, from the first message to rows that leave above", async (name) => {
		const room = `still-${Object.keys(screens).indexOf(name)}`;
		const one = await enter(room, screens[name] as BrowserContextOptions);
		await one.page.evaluate(() => {
			const shifts: { value: number; what: string[] }[] = [];
			Object.assign(window, { shifts });
			const place = ({ x, y, width, height }: DOMRectReadOnly) => [x, y, width, height].map(Math.round).join(" ");
			new PerformanceObserver((list) => {
				for (const entry of list.getEntries() as (PerformanceEntry & LayoutShift)[])
					if (!entry.hadRecentInput)
						shifts.push({
							value: entry.value,
							what: entry.sources.map(({ previousRect, currentRect }) => `${place(previousRect)} → ${place(currentRect)}`),
						});
			}).observe({ type: "layout-shift" });
		});
		await shows(one, await sayMany(room, busyMinute, 3));
		const shifts = await one.page.evaluate(() => (window as unknown as { shifts: { value: number; what: string[] }[] }).shifts);
		const sum = shifts.reduce((total, { value }) => total + value, 0);
		expect({ sum: sum <= shiftMax ? "held" : sum, shifts: sum <= shiftMax ? [] : shifts }).toEqual({ sum: "held", shifts: [] });
		// Rows that are to leave above do so a frame or two after the last has come in below.
		const { tailRowsMax, tailRowsSpare } = discussionLimits;
		await until(async () => (await lookAtList(one.page)).rows <= tailRowsMax + tailRowsSpare);
		expect((await lookAtList(one.page)).rows).toBeGreaterThan(tailRowsMax / 2);
	});
});

describe("over twenty thousand messages", () => {
	test("the page keeps no more elements, listeners or memory than after two thousand", async () => {
		const one = await enter("flat", { viewport: { width: 1_280, height: 800 } });
		const cdp = await one.context.newCDPSession(one.page);
		await shows(one, await sayMany("flat", 2_000, 40));
		const before = await weigh(cdp);
		await shows(one, await sayMany("flat", 18_000, 40));
		// What flies is freed once it has landed, and what a busy browser frees late is freed in the end; what is kept never is.
		const excess = async () => {
			const after = await weigh(cdp);
			const parts = ["nodes", "listeners", "heapBytes"] as const;
			return parts.flatMap((part) =>
				after[part] - before[part] < growthMax[part] ? [] : [`${part}: ${before[part]}, then ${after[part]}`],
			);
		};
		await comesToBe(excess, []);
	});
});

/** What may differ by the rows and flying lines that happen to be there. One comment left behind for each row, or each text kept, would be many times as much. */
const growthMax = { nodes: 3_600, listeners: 100, heapBytes: 1_800_000 } as const;

/** What the page holds once all that can be freed is freed. */
async function weigh(cdp: CDPSession): Promise<{ nodes: number; listeners: number; heapBytes: number }> {
	// Freed wrappers of elements let go of the elements in a second round.
	for (let round = 0; round < 3; round++) await cdp.send("HeapProfiler.collectGarbage");
	const { nodes, jsEventListeners } = await cdp.send("Memory.getDOMCounters");
	const { usedSize } = await cdp.send("Runtime.getHeapUsage");
	return { nodes, listeners: jsEventListeners, heapBytes: usedSize };
}

/** Of the browser's own record of a shift, what is looked at here. */
interface LayoutShift {
	readonly value: number;
	readonly hadRecentInput: boolean;
	readonly sources: readonly { readonly previousRect: DOMRectReadOnly; readonly currentRect: DOMRectReadOnly }[];
}
