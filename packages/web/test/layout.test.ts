import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type Broadcast, openBroadcast } from "./broadcast.ts";
import { comesToBe, type House, openBrowser, openHouse, operatorKey, sayAsOperator, testMs, until, type Viewer, visit } from "./browser.ts";

setDefaultTimeout(testMs);

let house: House;
let browser: Browser;
let broadcast: Broadcast;
const viewers: Viewer[] = [];

const desktop = { viewport: { width: 1_440, height: 900 } };
const upright = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const onItsSide = { viewport: { width: 844, height: 390 }, hasTouch: true, isMobile: true };

beforeAll(async () => {
	[house, browser, broadcast] = await Promise.all([openHouse(), openBrowser(), openBroadcast()]);
});

afterEach(async () => {
	const complaints = viewers.flatMap((viewer) => viewer.complaints);
	await Promise.all(viewers.splice(0).map((viewer) => viewer.context.close()));
	expect(complaints).toEqual([]);
});

afterAll(async () => {
	await browser.close();
	await broadcast.stop();
	await house.stop();
});

async function set(room: string, settings: { streamUrl?: string; title?: string; guests?: boolean }): Promise<void> {
	const answer = await fetch(`${house.url}/api/v1/rooms/${room}`, {
		method: "PUT",
		headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
		body: JSON.stringify(settings),
	});
	if (!answer.ok) throw new Error(await answer.text());
}

async function enter(address: string, options: BrowserContextOptions, script?: () => void): Promise<Page> {
	const viewer = await visit(browser, `${house.url}/rooms/${address}`, options, script);
	viewers.push(viewer);
	await viewer.page.locator("hubbub-stage:defined").waitFor();
	return viewer.page;
}

interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** Where something stands; null where it is not to be seen. */
async function box(page: Page, selector: string): Promise<Box | null> {
	const place = page.locator(selector).first();
	return (await place.count()) > 0 && (await place.isVisible()) ? await place.boundingBox() : null;
}

const parts = ["hubbub-stage", "hubbub-messages", "hubbub-composer", "h1", "aside"];

async function boxes(page: Page): Promise<(Box | null)[]> {
	return await Promise.all(parts.map((part) => box(page, part)));
}

async function playing(page: Page): Promise<void> {
	await until(() =>
		page
			.locator("hubbub-stage video")
			.evaluate((video: HTMLVideoElement) => video.currentTime > 0)
			.catch(() => false),
	);
}

/** Does something after which the bar is in sight for a while, and waits until it is: each frame is looked at within the page, for a while is soon over. */
async function comesInSight(page: Page, act: () => Promise<void>): Promise<void> {
	await page.locator("hubbub-stage .bar").evaluate((bar) => {
		const isSeen = new Promise<void>((resolve) => {
			const look = () => (getComputedStyle(bar).opacity === "1" ? resolve() : requestAnimationFrame(look));
			look();
		});
		Object.assign(window, { isSeen });
	});
	await act();
	await page.evaluate(() => (window as unknown as { isSeen: Promise<void> }).isSeen);
}

/** Taps what is over the picture while it is in sight, and again where a busy machine was too late, until `isDone`. */
async function tapOver(page: Page, button: string, isDone: () => Promise<boolean>): Promise<void> {
	await until(async () => {
		await comesInSight(page, () => page.touchscreen.tap(420, 200));
		await page
			.getByRole("button", { name: button })
			.tap({ timeout: 2_000 })
			.catch(() => {});
		return await isDone();
	});
}

/** Whether what lies over the picture is in sight. */
async function isInSight(page: Page): Promise<boolean> {
	return await page.locator("hubbub-stage .bar").evaluate((bar) => getComputedStyle(bar).opacity === "1");
}

describe("nothing jumps when a stream comes, ends, breaks or goes", () => {
	test.each([
		["wide", "", desktop],
		["upright on a phone", "", upright],
		["on its side", "", onItsSide],
		["embedded with both", "?embed=both", desktop],
		["embedded alone", "?embed=stage", desktop],
	] as const)("%s", async (name, query, options) => {
		const room = `still-${name.replaceAll(/\W/g, "-")}`;
		await set(room, { streamUrl: "", title: "Saturday night" });
		await sayAsOperator(house, room, "good evening");
		const page = await enterAny(`${room}${query}`, options);
		await page.locator("hubbub-stage .idle.open").waitFor();
		const before = await boxes(page);
		await page.evaluate(() => {
			let shifted = 0;
			new PerformanceObserver((list) => {
				const talk = document.querySelector("hubbub-room")?.shadowRoot?.querySelector("hubbub-messages")?.getBoundingClientRect();
				type Shift = PerformanceEntry & { value: number; sources: { currentRect: DOMRect }[] };
				for (const { value, sources } of list.getEntries() as Shift[])
					if (sources.some(({ currentRect }) => !talk || currentRect.right <= talk.left || currentRect.bottom <= talk.top))
						shifted += value;
				document.body.dataset.shifted = String(shifted);
			}).observe({ type: "layout-shift" });
		});
		// What the room itself says of its stream is a row like any other, and moves those above it; all else stands still.
		await set(room, { streamUrl: broadcast.live });
		await playing(page);
		expect(await boxes(page)).toEqual(before);
		await set(room, { streamUrl: broadcast.live.replace("live", "nowhere") });
		await page.getByText("There is no stream here right now.").waitFor();
		expect(await boxes(page)).toEqual(before);
		await set(room, { streamUrl: "" });
		await page.locator("hubbub-stage .idle.open").waitFor();
		expect(await boxes(page)).toEqual(before);
		expect(await page.evaluate(() => Number(document.body.dataset.shifted ?? 0))).toBeLessThan(0.02);
	});

	/** As `enter`, also where there is no box to write in. */
	async function enterAny(address: string, options: BrowserContextOptions): Promise<Page> {
		if (!address.includes("embed=stage")) return await enter(address, options);
		const context = await browser.newContext({ locale: "en", ...options });
		const page = await context.newPage();
		viewers.push({ context, page, complaints: [], say: () => Promise.resolve(), texts: () => Promise.resolve([]) });
		await page.goto(`${house.url}/rooms/${address}`);
		return page;
	}
});

describe("on a desktop", () => {
	test("with a stream the picture is the biggest thing on the page, and nothing lies empty below the title", async () => {
		await set("big", { streamUrl: broadcast.live });
		for (const [width, height] of [
			[1_440, 900],
			[1_920, 1_080],
			[1_024, 768],
		] as const) {
			const page = await enter("big", { viewport: { width, height } });
			await playing(page);
			const [stage, title] = [(await box(page, "hubbub-stage")) as Box, (await box(page, "header.under")) as Box];
			const picture = Math.min(stage.width, (stage.height * 16) / 9);
			expect(picture).toBe(stage.width);
			expect(stage.width * stage.height).toBeGreaterThan((width * height) / 2);
			expect(height - (title.y + title.height)).toBeLessThan(height * 0.02);
		}
	});

	test("full screen the picture has the whole screen with danmaku over it, and the discussion is a drawer by key and by button", async () => {
		await set("full", { streamUrl: broadcast.live });
		const page = await enter("full", desktop);
		await playing(page);
		await page.keyboard.press("f");
		await until(() => page.evaluate(() => document.fullscreenElement?.localName === "hubbub-room"));
		const screen = await page.evaluate(() => ({ x: 0, y: 0, width: innerWidth, height: innerHeight }));
		await until(async () => JSON.stringify(await box(page, "hubbub-stage")) === JSON.stringify(screen));
		expect(await box(page, "aside")).toBeNull();
		// Looked for from before it is said: it is gone when it has crossed the stage.
		const flies = page.locator("hubbub-stage .line", { hasText: "over the whole screen" }).waitFor();
		await Promise.all([flies, sayAsOperator(house, "full", "over the whole screen")]);
		await page.keyboard.press("h");
		await until(async () => (await box(page, "aside")) !== null);
		const drawer = (await box(page, "aside")) as Box;
		expect(drawer.x + drawer.width).toBe(screen.width);
		expect(drawer.height).toBe(screen.height);
		// It lies over the picture, which stays as it is.
		expect(await box(page, "hubbub-stage")).toEqual(screen);
		await page.locator("aside").getByRole("button", { name: "Hide the discussion" }).click();
		await comesToBe(() => box(page, "aside"), null);
		await page.locator("hubbub-stage").hover();
		await page.locator("hubbub-stage").getByRole("button", { name: "Show the discussion" }).click();
		await until(async () => (await box(page, "aside")) !== null);
		await page.keyboard.press("c");
		await page.keyboard.type("from the drawer");
		await page.keyboard.press("Enter");
		await page.locator("hubbub-messages").getByText("from the drawer").waitFor();
		await page.locator("hubbub-stage").hover();
		await page.getByRole("button", { name: "Leave full screen" }).click();
		await until(async () => (await box(page, "header.under")) !== null);
		expect(await page.evaluate(() => document.fullscreenElement)).toBeNull();
	});

	test("where the browser gives no page the screen, the stage fills the window, and Escape leaves it", async () => {
		await set("no-full", { streamUrl: broadcast.live });
		for (const forbid of [
			() => {
				Reflect.deleteProperty(Element.prototype, "requestFullscreen");
				Reflect.deleteProperty(Element.prototype, "webkitRequestFullscreen");
			},
			() => {
				Element.prototype.requestFullscreen = () => Promise.reject(new TypeError("Disallowed by permissions policy"));
			},
		]) {
			const page = await enter("no-full", desktop, forbid);
			await page.keyboard.press("f");
			await until(async () => JSON.stringify(await box(page, "hubbub-stage")) === JSON.stringify({ x: 0, y: 0, ...desktop.viewport }));
			expect(await box(page, "aside")).toBeNull();
			await page.keyboard.press("Escape");
			await until(async () => (await box(page, "aside")) !== null);
		}
	});

	test("theatre mode and a discussion put away are chosen by key or button, and remembered", async () => {
		await set("theatre", { streamUrl: broadcast.live, title: "Saturday night" });
		const page = await enter("theatre", desktop);
		await page.keyboard.press("t");
		await comesToBe(() => box(page, "header.under"), null);
		const talk = (await box(page, "aside")) as Box;
		expect(await box(page, "hubbub-stage")).toEqual({ x: 0, y: 0, width: talk.x, height: 900 });
		// Title, applause and menu went to the head of the discussion.
		expect((await box(page, "h1"))?.x).toBeGreaterThan(talk.x);
		await page.reload();
		await page.locator("hubbub-stage:defined").waitFor();
		expect(await box(page, "header.under")).toBeNull();
		await page.keyboard.press("h");
		await comesToBe(() => box(page, "hubbub-stage"), { x: 0, y: 0, width: 1_440, height: 900 });
		await page.reload();
		await page.locator("hubbub-stage:defined").waitFor();
		// There is nothing to write in before the room is entered.
		await page.locator("hubbub-composer textarea").waitFor({ state: "attached" });
		expect(await box(page, "aside")).toBeNull();
		// Writing asks for it.
		await page.keyboard.press("c");
		await page.locator("hubbub-composer textarea:focus").waitFor();
		await page.locator("hubbub-stage").hover();
		await page.locator("hubbub-stage").getByRole("button", { name: "Theatre mode" }).click();
		await until(async () => (await box(page, "header.under")) !== null);
		expect(await page.evaluate(() => localStorage.getItem("hubbub.view"))).toBeNull();
	});

	test("what can be pressed goes from the picture while nobody stirs, and with it the cursor", async () => {
		await set("calm", { streamUrl: broadcast.live });
		const page = await enter("calm", desktop);
		await playing(page);
		await comesInSight(page, () => page.mouse.move(400, 400));
		await until(async () => !(await isInSight(page)));
		expect(await page.locator("hubbub-stage").evaluate((stage) => getComputedStyle(stage).cursor)).toBe("none");
		// Reached by keys it stays.
		await page.locator("hubbub-stage").getByRole("button", { name: "Pause" }).focus();
		await page.keyboard.press("Tab");
		await until(() => isInSight(page));
	});
});

describe("on a phone on its side", () => {
	test("the picture is whole and the discussion shut until it is asked for, by button, by a finger or by the key", async () => {
		await set("side", { streamUrl: broadcast.live, title: "Saturday night, song number 128" });
		const page = await enter("side", onItsSide);
		await playing(page);
		expect(await box(page, "aside")).toBeNull();
		expect(await box(page, "hubbub-stage")).toEqual({ x: 0, y: 0, width: 844, height: 390 });
		await tapOver(page, "Show the discussion", async () => (await box(page, "aside")) !== null);
		const drawer = (await box(page, "aside")) as Box;
		expect(drawer.width).toBeLessThan(844 / 2);
		expect(await box(page, "hubbub-stage")).toEqual({ x: 0, y: 0, width: 844, height: 390 });
		await swipe(page, [600, 200], [760, 210]);
		await until(async () => (await box(page, "aside")) === null);
		await swipe(page, [700, 200], [500, 190]);
		await until(async () => (await box(page, "aside")) !== null);
		await page.keyboard.press("h");
		await comesToBe(() => box(page, "aside"), null);
	});

	test("the title stands whole over the picture, and goes with the rest", async () => {
		await set("side-title", { streamUrl: broadcast.live, title: "Saturday night, song number 128" });
		const page = await enter("side-title", onItsSide);
		await playing(page);
		await until(async () => !(await isInSight(page)));
		await comesInSight(page, () => page.touchscreen.tap(420, 200));
		const title = page.locator("h1");
		expect(await title.textContent()).toBe("Saturday night, song number 128");
		expect(await title.evaluate((heading) => heading.scrollWidth <= heading.clientWidth)).toBe(true);
		await page.touchscreen.tap(420, 200);
		await until(async () => !(await isInSight(page)));
	});

	test("nothing to press or to read lies under a notch or the bar of the system", async () => {
		await set("notch", { streamUrl: broadcast.live, title: "Saturday night" });
		const page = await enter("notch", onItsSide);
		const insets = { left: 47, right: 47, bottom: 21 };
		const session = await page.context().newCDPSession(page);
		await session.send("Emulation.setSafeAreaInsetsOverride" as never, { insets } as never);
		await playing(page);
		await page.touchscreen.tap(420, 200);
		const inside = async (selector: string) => {
			for (const part of await page.locator(selector).all()) {
				const place = (await part.boundingBox()) as Box;
				expect({ selector, left: place.x >= insets.left, right: place.x + place.width <= 844 - insets.right }).toEqual({
					selector,
					left: true,
					right: true,
				});
				expect({ selector, bottom: place.y + place.height <= 390 - insets.bottom }).toEqual({ selector, bottom: true });
			}
		};
		await inside("hubbub-stage button:visible");
		await inside("h1");
		await page.keyboard.press("h");
		await page.locator("aside textarea").waitFor();
		await inside("aside button:visible, aside textarea");
	});

	test("a reader who is not let in is told so, though the discussion is shut at first", async () => {
		await set("side-closed", { guests: false });
		const context = await browser.newContext({ locale: "en", ...onItsSide });
		const page = await context.newPage();
		await page.goto(`${house.url}/rooms/side-closed`);
		await page.getByText("This room is for people who are signed in").waitFor();
		await context.close();
	});
});

/** One finger from one place to another. */
async function swipe(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
	const session = await page.context().newCDPSession(page);
	const at = ([x, y]: readonly [number, number]) => ({ touchPoints: [{ x, y }] });
	await session.send("Input.dispatchTouchEvent", { type: "touchStart", ...at(from) });
	await session.send("Input.dispatchTouchEvent", { type: "touchMove", ...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]) });
	await session.send("Input.dispatchTouchEvent", { type: "touchMove", ...at(to) });
	await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
	await session.detach();
}
