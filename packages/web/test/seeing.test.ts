import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { goOffline, type House, openBrowser, openHouse, operatorKey, pageWaitMs, sayAsOperator, testMs } from "./browser.ts";
import { controlsIn } from "./controls.ts";
import { Pixels } from "./pixels.ts";

setDefaultTimeout(testMs);

let house: House;
let browser: Browser;
let pixels: Pixels;
const pages: Page[] = [];

beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse(), openBrowser()]);
	pixels = await Pixels.open(browser);
});

afterEach(async () => {
	await Promise.all(pages.splice(0).map((page) => page.context().close()));
});

afterAll(async () => {
	await browser.close();
	await house.stop();
});

async function open(address: string, options: BrowserContextOptions): Promise<Page> {
	const context = await browser.newContext({ locale: "en", reducedMotion: "reduce", ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(pageWaitMs);
	pages.push(page);
	await page.goto(`${house.url}${address}`);
	return page;
}

async function enter(room: string, options: BrowserContextOptions): Promise<Page> {
	const page = await open(`/rooms/${room}`, options);
	await page.locator("hubbub-composer textarea").waitFor();
	await page.locator("hubbub-composer textarea").fill("see https://example.com/first");
	await page.keyboard.press("Enter");
	await page.locator(".message.mine:not(.sending) a").first().waitFor();
	return page;
}

/** Each card and dialog that a guest can open: how, and what is open then. */
const panels = [
	{ name: "menu", open: (page: Page) => page.getByRole("button", { name: "Menu", exact: true }).press("Enter"), card: "hubbub-menu" },
	{
		name: "danmaku settings",
		open: (page: Page) => page.getByRole("button", { name: "Danmaku settings" }).press("Enter"),
		card: "hubbub-danmaku-panel",
	},
	{ name: "style", open: (page: Page) => page.getByRole("button", { name: "How it flies" }).press("Enter"), card: "hubbub-danmaku-style" },
	{ name: "keys", open: (page: Page) => page.keyboard.press("?"), card: "hubbub-shortcuts dialog[open]" },
	{
		name: "signing in",
		open: async (page: Page) => {
			await page.getByRole("button", { name: "Menu", exact: true }).press("Enter");
			await page.getByRole("button", { name: "Sign in" }).press("Enter");
		},
		card: "hubbub-sign-in dialog[open]",
	},
] as const;

/** Opens each in turn and looks at it. */
async function withEach(page: Page, look: (name: string, card: string) => Promise<void>): Promise<void> {
	for (const { name, open, card } of panels) {
		await page.locator("hubbub-composer textarea").evaluate((box: HTMLElement) => box.blur());
		await open(page);
		await page.locator(card).waitFor();
		await look(name, card);
		await page.keyboard.press("Escape");
		await page.locator(card).waitFor({ state: "detached" });
	}
}

describe("the focus", () => {
	const looks = {
		light: { colorScheme: "light" },
		dark: { colorScheme: "dark" },
		"forced colours": { forcedColors: "active" },
	} as const satisfies Record<string, BrowserContextOptions>;

	test.each(Object.keys(looks) as (keyof typeof looks)[])("is seen on every control of the room and its cards, %s", async (name) => {
		const page = await enter(`focus-${name.replace(" ", "-")}`, { viewport: { width: 1_280, height: 800 }, ...looks[name] });
		const unseen: string[] = [];
		/** Until it comes round, or out of what is open. */
		const walk = async (where: string, card = "hubbub-room") => {
			const seen = new Set<string>();
			for (let step = 0; step < 40; step++) {
				await page.keyboard.press("Tab");
				const stop = await pixels.focusStop(page);
				// Past the last control the browser itself has the focus.
				if (!stop) continue;
				if ((await page.locator(card).count()) === 0) break;
				if (seen.has(stop.name)) break;
				seen.add(stop.name);
				const { changed, needed } = await pixels.changeByFocus(page, stop);
				if (changed < needed) unseen.push(`${where}: ${stop.name}: ${changed} of ${needed} pixels`);
			}
			return seen.size;
		};
		expect(await walk("room")).toBeGreaterThan(8);
		await withEach(page, async (panel, card) => {
			await walk(panel, card);
		});
		expect(unseen).toEqual([]);
	});
});

/** Each state of the discussion that has controls of its own: how it comes about, and where they are. */
const states = [
	{ name: "the room", root: "hubbub-room", reach: () => Promise.resolve() },
	{ name: "a message's tools", root: "hubbub-messages", reach: (page: Page) => page.locator(".message").last().focus() },
	{
		name: "answering",
		root: "hubbub-composer",
		reach: async (page: Page) => {
			await page.locator(".message:not(.mine)").last().focus();
			await page.keyboard.press("r");
			await page.locator(".answering .tool").waitFor();
		},
	},
	{
		name: "an answer, and a long text",
		root: "hubbub-messages",
		reach: async (page: Page) => {
			await page.locator("hubbub-composer textarea").fill("a long story, ".repeat(34));
			await page.keyboard.press("Enter");
			await page.locator(".message.mine:not(.sending) button.quote").waitFor();
			await page.locator(".message.mine .fold").waitFor();
		},
	},
	{
		name: "older messages that did not come",
		root: "hubbub-messages .edge",
		reach: async (page: Page) => {
			await page.route("**/messages?*", (route) => route.abort());
			await page.locator("hubbub-messages .scroller").evaluate((scroller) => {
				scroller.scrollTop = 0;
			});
			await page.locator("hubbub-messages .edge button").waitFor();
		},
	},
	{
		name: "another name",
		root: "hubbub-composer",
		reach: (page: Page) => page.locator("hubbub-composer .rename").press("Enter"),
	},
] as const;

describe("what is touched or pointed at", () => {
	test.each([
		["by a finger on a phone", 44, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
		["by a finger on a narrow phone", 44, { viewport: { width: 280, height: 653 }, hasTouch: true, isMobile: true }],
		["by a finger on a tablet", 44, { viewport: { width: 1_180, height: 820 }, hasTouch: true, isMobile: true }],
		["by a mouse", 24, { viewport: { width: 1_280, height: 800 } }],
	] as const)("%s is %d pixels wide and high in every state, but for links among words", async (name, least, options) => {
		const room = `touched-${name.replaceAll(" ", "-")}`;
		// More than a page is given as it comes in.
		for (let at = 0; at < 60; at++) await sayAsOperator(house, room, `line ${at}`);
		const page = await enter(room, options);
		const small: string[] = [];
		const look = async (where: string, root: string) => {
			for (const { name, width, height, isInline } of await controlsIn(page, root))
				if (!isInline && (width < least || height < least)) small.push(`${where}: ${name}: ${width}×${height}`);
		};
		for (const { name, root, reach } of states) {
			await reach(page);
			await look(name, root);
		}
		await page.keyboard.press("Escape");
		await withEach(page, look);
		expect(small).toEqual([]);
	});
});

describe("at 200 %", () => {
	const windows = { "1440×900": [720, 450], "1280×720": [640, 360], "a phone of 780×1688": [390, 844] } as const;

	test.each(Object.keys(windows) as (keyof typeof windows)[])("of %s nothing is cut or covered", async (name) => {
		const [width, height] = windows[name];
		const page = await enter(`zoomed-${width}`, { viewport: { width, height } });
		const lost: string[] = [];
		const look = async (where: string, root: string) => {
			for (const control of await controlsIn(page, root))
				if (control.cut || control.covered !== "")
					lost.push(`${where}: ${control.name}: ${control.cut ? "cut" : `under ${control.covered}`}`);
		};
		await look("room", "hubbub-room");
		await withEach(page, look);
		expect(lost).toEqual([]);
	});
});

describe("in forced colours", () => {
	test("what is chosen differs from what is not, and every button has an edge", async () => {
		const page = await enter("forced", { viewport: { width: 1_280, height: 800 }, forcedColors: "active" });
		const alike: string[] = [];
		const edgeless: string[] = [];
		await withEach(page, async (where, card) => {
			const found = await page.locator(card).evaluate((within) => {
				const all: Element[] = [];
				const gather = (node: Element | ShadowRoot) => {
					for (const child of node.children) {
						all.push(child);
						if (child.shadowRoot) gather(child.shadowRoot);
						gather(child);
					}
				};
				if (within.shadowRoot) gather(within.shadowRoot);
				gather(within);
				const look = (element: Element) => {
					const { backgroundColor, color, borderColor, boxShadow, outlineStyle } = getComputedStyle(element);
					return [backgroundColor, color, borderColor, boxShadow, outlineStyle].join();
				};
				const pressed = all.filter((element) => element.matches("[aria-pressed]"));
				const chosen = pressed.filter((element) => element.getAttribute("aria-pressed") === "true").map(look);
				const others = pressed.filter((element) => element.getAttribute("aria-pressed") === "false").map(look);
				const buttons = all.filter((element) => element.matches("button") && element.checkVisibility());
				return {
					alike: chosen.filter((one) => others.includes(one)),
					edgeless: buttons
						.filter((button) => getComputedStyle(button).borderTopStyle === "none")
						.map((button) => button.getAttribute("aria-label") ?? button.textContent?.trim() ?? ""),
				};
			});
			alike.push(...found.alike.map((one) => `${where}: ${one}`));
			edgeless.push(...found.edgeless.map((one) => `${where}: ${one}`));
		});
		expect({ alike, edgeless }).toEqual({ alike: [], edgeless: [] });
		// A message's colour and the picture of its way are what is chosen there: they are not the system's to change.
		await page.getByRole("button", { name: "How it flies" }).press("Enter");
		const picker = page.locator("hubbub-danmaku-style");
		await picker.waitFor();
		const ways = await picker.locator(".way span").evaluateAll((spans) => spans.map((span) => getComputedStyle(span).backgroundColor));
		expect(new Set(ways).size).toBe(2);
		const dot = page.locator("hubbub-connection .dot");
		const [dotColor, behind] = await dot.evaluate((shape) => [
			getComputedStyle(shape).backgroundColor,
			getComputedStyle(shape.parentElement as Element).backgroundColor,
		]);
		expect(dotColor).not.toBe(behind);
	});
});

describe("with less motion", () => {
	test("nothing flies, turns or fades, neither in a quiet room nor while it waits for the network", async () => {
		const page = await enter("calm", { viewport: { width: 1_280, height: 800 } });
		const moving = () =>
			page.evaluate(() => {
				const all: string[] = [];
				const gather = (root: Document | ShadowRoot) => {
					for (const animation of root.getAnimations()) {
						const effect = animation.effect as KeyframeEffect | null;
						if (animation.playState === "running") all.push(`${effect?.target?.className || effect?.target?.localName}`);
					}
					for (const element of root.querySelectorAll("*")) if (element.shadowRoot) gather(element.shadowRoot);
				};
				gather(document);
				return all;
			});
		expect(await page.locator("hubbub-stage .line").count()).toBe(0);
		expect(await moving()).toEqual([]);
		await page.keyboard.press("l");
		expect(await moving()).toEqual([]);
		await goOffline(page);
		await page.locator("hubbub-connection .pill.bad").waitFor();
		expect(await moving()).toEqual([]);
	});
});

describe("the poster on the empty stage", () => {
	test.each([
		[1_440, 900],
		[390, 844],
	])("is read at 4.5:1, its heading at 3:1, over the brightest pixel behind it, at %d×%d", async (width, height) => {
		const response = await fetch(`${house.url}/api/v1/rooms/poster`, {
			method: "PUT",
			headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
			body: JSON.stringify({ title: "An evening of old songs and a title that is long enough for two lines" }),
		});
		expect(response.status).toBe(200);
		const page = await enter("poster", { viewport: { width, height } });
		for (const [selector, least] of [
			["hubbub-stage h2", 3],
			["hubbub-stage .poster p", 4.5],
		] as const) {
			const line = page.locator(selector).first();
			const color = await line.evaluate((element) => getComputedStyle(element).color);
			expect(await pixels.worstContrast(page, line, color)).toBeGreaterThanOrEqual(least);
		}
	});
});
