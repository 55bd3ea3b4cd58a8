import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type House, openBrowser, openHouse, operatorKey, pageWaitMs, sayAsOperator, testMs } from "./browser.ts";
import { controlsIn } from "./controls.ts";

setDefaultTimeout(testMs);

let house: House;
let browser: Browser;
const contexts: BrowserContext[] = [];

const titles = {
	en: "An evening of old songs and a title that is long enough for two lines",
	"zh-CN": "周六夜晚的老歌，与一个写得下两行的标题",
} as const;
type Language = keyof typeof titles;

beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse(), openBrowser()]);
	for (const [language, title] of Object.entries(titles)) {
		const answer = await fetch(`${house.url}/api/v1/rooms/${language.toLowerCase()}`, {
			method: "PUT",
			headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
			body: JSON.stringify({ title }),
		});
		expect(answer.ok).toBe(true);
		await sayAsOperator(house, language.toLowerCase(), "good evening to everybody who has come");
	}
});

afterEach(async () => {
	await Promise.all(contexts.splice(0).map((context) => context.close()));
});

afterAll(async () => {
	await browser.close();
	await house.stop();
});

interface Window {
	readonly width: number;
	readonly height: number;
	readonly pointer: "finger" | "mouse";
	readonly language: Language;
	readonly theme: "light" | "dark";
}

/** Opens a room as its operator, whose menu is the longest, with the discussion in sight. */
async function enter(frame: string, { width, height, pointer, language, theme }: Window): Promise<Page> {
	const isTouched = pointer === "finger";
	const context = await browser.newContext({
		viewport: { width, height },
		reducedMotion: "reduce",
		hasTouch: isTouched,
		isMobile: isTouched,
	});
	contexts.push(context);
	const page = await context.newPage();
	page.setDefaultTimeout(pageWaitMs);
	const embed = frame === "page" ? "" : `&embed=${frame}`;
	await page.goto(`${house.url}/rooms/${language.toLowerCase()}?lang=${language}&theme=${theme}${embed}#token=${operatorKey}`);
	if (frame !== "chat") await page.locator("hubbub-stage .idle.open .poster h2").waitFor({ state: "attached" });
	if (frame === "stage") return page;
	await page.locator("hubbub-messages .message").first().waitFor({ state: "attached" });
	if (!(await page.locator("aside").isVisible())) await page.keyboard.press("h");
	await page.locator("aside textarea").waitFor();
	return page;
}

/** What can be opened from a button: the button, and what is open then. */
const panels = [
	{ name: "menu", button: ".anchor > .tool", card: "hubbub-menu" },
	{ name: "settings", button: "hubbub-menu .item", card: "hubbub-room-settings dialog[open]" },
	{ name: "style", button: "hubbub-composer .style", card: "hubbub-danmaku-style" },
	{ name: "danmaku settings", button: "hubbub-stage .bar > .tool[aria-expanded]", card: "hubbub-danmaku-panel" },
] as const;

/** Controls that are cut or covered, by name. */
async function lostIn(page: Page, root: string): Promise<string[]> {
	const lost = (await controlsIn(page, root)).filter(({ cut, covered }) => cut || covered !== "");
	return lost.map(({ name, covered }) => `${name}: ${covered === "" ? "cut" : `under ${covered}`}`);
}

/** Parts that are wider than what holds them, or, where nothing scrolls, higher: what is beyond cannot be reached. */
function spilt(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const all: Element[] = [document.documentElement];
		const gather = (node: Document | ShadowRoot | Element) => {
			for (const child of node.children) {
				all.push(child);
				if (child.shadowRoot) gather(child.shadowRoot);
				gather(child);
			}
		};
		gather(document);
		const holds =
			"html, .room, main, aside, .head, hubbub-composer, hubbub-menu, hubbub-danmaku-style, hubbub-danmaku-panel, dialog, .scroller";
		return all.flatMap((part) => {
			if (!part.matches(holds) || !part.checkVisibility({ visibilityProperty: true })) return [];
			const name = part.className || part.localName;
			const scrolls = /auto|scroll/.test(getComputedStyle(part).overflowY);
			return [
				...(part.scrollWidth > part.clientWidth + 1 ? [`${name} is ${part.scrollWidth} wide in ${part.clientWidth}`] : []),
				...(!scrolls && part.clientHeight > 0 && part.scrollHeight > part.clientHeight + 1
					? [`${name} is ${part.scrollHeight} high in ${part.clientHeight}`]
					: []),
			];
		});
	});
}

/** What is wrong with the headline on the empty stage: the whole of it stands in sight, beside the discussion. */
function headlineFaults(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const room = document.querySelector("hubbub-room")?.shadowRoot;
		const line = room?.querySelector("hubbub-stage")?.shadowRoot?.querySelector(".poster h2");
		if (!line?.checkVisibility({ visibilityProperty: true })) return [];
		const { left, right, top, bottom } = line.getBoundingClientRect();
		const stage = room?.querySelector("hubbub-stage")?.getBoundingClientRect() as DOMRect;
		const talk = room?.querySelector("aside:not([hidden])")?.getBoundingClientRect();
		const isUnderTalk = talk && left < talk.right && right > talk.left + 1 && top < talk.bottom && bottom > talk.top + 1;
		return [
			...(line.scrollHeight > line.clientHeight + 1 ? [`the headline is ${line.scrollHeight} high in ${line.clientHeight}`] : []),
			...(left < stage.left || right > stage.right + 1 || top < stage.top || bottom > stage.bottom
				? ["the headline leaves the stage"]
				: []),
			...(isUnderTalk ? ["the headline is under the discussion"] : []),
		];
	});
}

const windows = [
	{ width: 280, height: 653, pointer: "finger", language: "en", theme: "dark" },
	{ width: 280, height: 653, pointer: "mouse", language: "zh-CN", theme: "light" },
	{ width: 360, height: 225, pointer: "mouse", language: "en", theme: "light" },
	{ width: 360, height: 225, pointer: "finger", language: "zh-CN", theme: "dark" },
	{ width: 300, height: 200, pointer: "mouse", language: "zh-CN", theme: "light" },
	{ width: 300, height: 200, pointer: "finger", language: "en", theme: "dark" },
	{ width: 320, height: 480, pointer: "finger", language: "en", theme: "light" },
	{ width: 568, height: 320, pointer: "finger", language: "en", theme: "light" },
	{ width: 390, height: 844, pointer: "finger", language: "zh-CN", theme: "dark" },
	{ width: 820, height: 1_180, pointer: "finger", language: "en", theme: "light" },
	{ width: 1_440, height: 900, pointer: "mouse", language: "en", theme: "dark" },
] as const satisfies readonly Window[];

describe.each(windows.map((window) => [`${window.width}×${window.height} with a ${window.pointer}, ${window.language}`, window] as const))(
	"in %s",
	(_, window) => {
		test.each(["page", "chat", "stage", "both"])("%s: nothing is cut, covered or scrolls sideways, whatever is open", async (frame) => {
			const page = await enter(frame, window);
			const faults: string[] = [];
			const look = async (where: string, root: string) => {
				faults.push(...(await lostIn(page, root)).map((fault) => `${where}: ${fault}`));
				faults.push(...(await spilt(page)).map((fault) => `${where}: ${fault}`));
			};
			await look("room", "hubbub-room");
			faults.push(...(await headlineFaults(page)));
			const opened: string[] = [];
			for (const { name, button, card } of panels) {
				const opener = page.locator(button).first();
				if (!(await opener.isVisible())) continue;
				await opener.press("Enter");
				await page.locator(card).waitFor();
				opened.push(name);
				await look(name, card);
				// The settings are opened from the menu.
				if (name === "menu") continue;
				await page.keyboard.press("Escape");
				await page.locator(card).waitFor({ state: "detached" });
			}
			expect(faults).toEqual([]);
			if (frame !== "stage") expect(opened).toEqual(expect.arrayContaining(["menu", "settings", "style"]));
			if (
				frame === "stage" ||
				(await page
					.locator("hubbub-stage")
					.first()
					.isVisible()
					.catch(() => false))
			)
				expect(opened).toContain("danmaku settings");
		});
	},
);

test("a frame too narrow for stage and discussion beside each other has the discussion as a drawer, and the whole stage once it is shut", async () => {
	const page = await enter("both", { width: 360, height: 225, pointer: "mouse", language: "en", theme: "light" });
	expect(await page.locator("aside").boundingBox()).toEqual({ x: 0, y: 0, width: 360, height: 225 });
	await page.locator("aside .talk-head > .tool").press("Enter");
	await page.locator("aside").waitFor({ state: "hidden" });
	expect(await page.locator("hubbub-stage").boundingBox()).toEqual({ x: 0, y: 0, width: 360, height: 225 });
	expect(await headlineFaults(page)).toEqual([]);
	expect(await lostIn(page, "hubbub-room")).toEqual([]);
	// Turned wider, both stand beside each other.
	await page.setViewportSize({ width: 700, height: 300 });
	await page.locator('[data-layout="wide"] aside').waitFor();
	expect((await page.locator("hubbub-stage").boundingBox())?.width).toBe(400);
});
