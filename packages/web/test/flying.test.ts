import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import type { Line } from "../src/danmaku/line.ts";
import type { Stage } from "../src/stage/stage.ts";
import { comesToBe, operatorKey, shareHouse, testMs, until, type Viewer } from "./browser.ts";

setDefaultTimeout(testMs);

const { house, enter: comeIn } = shareHouse();

async function enter(room: string, script?: () => void): Promise<Viewer> {
	const viewer = await comeIn(room, {}, "", script);
	await viewer.page.locator("hubbub-stage .danmaku").waitFor({ state: "attached" });
	return viewer;
}

/** Enters a room where every line stays in the middle of its way: there is time to look at it, however long a busy machine takes to. */
async function enterStill(room: string, script?: () => void): Promise<Viewer> {
	const viewer = await enter(room, script);
	await viewer.page.evaluate(() => {
		const animate = Element.prototype.animate;
		Element.prototype.animate = function (this: Element, ...how: Parameters<typeof animate>) {
			const animation = animate.apply(this, how);
			if (!this.matches(".line")) return animation;
			animation.pause();
			animation.currentTime = Number(animation.effect?.getComputedTiming().endTime) / 2;
			return animation;
		};
	});
	return viewer;
}

const headers = { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" };

/** Says something as the operator; answers the message's id. */
async function say(room: string, text: string, style?: { mode?: number; color?: number }): Promise<string> {
	const body = JSON.stringify({ key: crypto.randomUUID(), text, ...(style && { style }) });
	const response = await fetch(`${house.url}/rooms/${room}/messages`, { method: "POST", headers, body });
	if (response.status !== 201) throw new Error(`It could not be said: ${response.status} ${await response.text()}`);
	return ((await response.json()) as { id: string }).id;
}

async function takeBack(room: string, target: string): Promise<void> {
	const response = await fetch(`${house.url}/api/v1/rooms/${room}/messages/${target}`, { method: "DELETE", headers });
	if (!response.ok) throw new Error(`It could not be taken back: ${response.status} ${await response.text()}`);
}

const line = (page: Page, text: string) => page.locator("hubbub-stage .line", { hasText: text });

describe("what a crowd says at once", () => {
	test("flies once, and its number rises while it flies", async () => {
		const { page } = await enterStill("crowd");
		await say("crowd", "here we go");
		await line(page, "here we go").waitFor();
		// All at once: what is said ten seconds later is another line.
		await Promise.all(Array.from({ length: 20 }, (_, more) => say("crowd", more % 2 ? "Here we go!" : "here we go")));
		await until(async () => (await line(page, "here we go").textContent()) === "here we go×21");
		await Promise.all(Array.from({ length: 19 }, () => say("crowd", "here we go")));
		await until(async () => (await line(page, "here we go").textContent()) === "here we go×40");
		expect(await page.locator("hubbub-stage .line").count()).toBe(1);
	});

	test("counts down as it is taken back, and goes with the last of them", async () => {
		const { page } = await enterStill("crowd-back");
		const ids = [await say("crowd-back", "666"), await say("crowd-back", "6666"), await say("crowd-back", "666")];
		await until(async () => (await line(page, "666").textContent()) === "666×3");
		await takeBack("crowd-back", ids[0] as string);
		await until(async () => (await line(page, "666").textContent()) === "666×2");
		await takeBack("crowd-back", ids[1] as string);
		await until(async () => (await line(page, "666").textContent()) === "666");
		await takeBack("crowd-back", ids[2] as string);
		await until(async () => (await line(page, "666").count()) === 0);
	});
});

describe("the reader's own line", () => {
	/** Keeps account of how lines of one's own come and go. */
	async function watch(page: Page): Promise<() => Promise<string[]>> {
		await page.locator("hubbub-stage .danmaku").evaluate((layer) => {
			const seen: string[] = [];
			Object.assign(window, { seen });
			new MutationObserver((changes) => {
				for (const { addedNodes, removedNodes, target, type } of changes) {
					if (type === "attributes") seen.push(`now ${(target as Element).classList.contains("sending") ? "faint" : "clear"}`);
					for (const node of addedNodes)
						if (node instanceof Element && node.matches(".mine")) seen.push(node.matches(".sending") ? "came faint" : "came clear");
					for (const node of removedNodes) if (node instanceof Element && node.matches(".mine")) seen.push("went");
				}
			}).observe(layer, { childList: true, subtree: true, attributeFilter: ["class"] });
		});
		return () => page.evaluate(() => (window as unknown as { seen: string[] }).seen);
	}

	test("flies at once, faint until the server has it, and not a second time when it comes back with the others", async () => {
		const one = await enterStill("own");
		const seen = await watch(one.page);
		await one.say("mine, all mine");
		await until(async () => (await seen()).includes("now clear"));
		const other = await enter("own");
		await one.say("and again");
		await until(async () => (await other.texts()).includes("and again"));
		await until(async () => (await line(one.page, "and again").count()) === 1);
		expect((await seen()).filter((what) => what.startsWith("came"))).toEqual(["came faint", "came faint"]);
		expect(await line(one.page, "mine, all mine").count()).toBeLessThanOrEqual(1);
	});

	test("goes when the server refuses it", async () => {
		const one = await enterStill("own-refused");
		const seen = await watch(one.page);
		// To the page it is a text; the server finds nothing in it to read.
		const told = one.page.getByText("There is nothing to read in that message.").first().waitFor();
		await Promise.all([told, one.say("\u200b\u200b")]);
		await until(async () => (await seen()).includes("went"));
		expect(await seen()).toEqual(["came faint", "went"]);
	});

	test("goes when it is taken back, and one said elsewhere by the same person flies here too", async () => {
		// The page's reader is the operator, who also speaks by a program.
		const one = await enterStill("own-back", () => sessionStorage.setItem("hubbub.token", "the-operators-own-key"));
		await say("own-back", "by a program");
		await line(one.page, "by a program").waitFor();
		expect(await line(one.page, "by a program").getAttribute("class")).toContain("mine");
		await one.say("said too soon");
		await until(async () => (await line(one.page, "said too soon").getAttribute("class"))?.includes("sending") === false);
		const history = await fetch(`${house.url}/rooms/own-back/messages`, { headers });
		const { events } = (await history.json()) as { events: { id: string; text: string }[] };
		await takeBack("own-back", events.find(({ text }) => text === "said too soon")?.id as string);
		await until(async () => (await line(one.page, "said too soon").count()) === 0);
		expect(await line(one.page, "by a program").count()).toBe(1);
	});
});

describe("a line is legible over any picture", () => {
	test.each([
		["dark blue over black", 0x000080, "#000000"],
		["dark blue over white", 0x000080, "#ffffff"],
		["black over black", 0x000000, "#000000"],
		["white over white", 0xffffff, "#ffffff"],
		["grey over grey", 0x808080, "#808080"],
	] as const)("%s", async (name, color, ground) => {
		const room = `legible-${name.replaceAll(" ", "-")}`;
		const { page } = await enterStill(room);
		await page.locator("hubbub-stage").evaluate((stage, background) => {
			const sheet = new CSSStyleSheet();
			sheet.replaceSync(`.idle > * { display: none } .idle { background: ${background} !important } .bar { display: none !important }`);
			stage.shadowRoot?.adoptedStyleSheets.push(sheet);
		}, ground);
		await say(room, "HHHHHHHHHH", { mode: 5, color });
		await line(page, "HHH").waitFor();
		await until(async () => (await line(page, "HHH").evaluate((element) => getComputedStyle(element).opacity)) === "1");
		const picture = await line(page, "HHH").screenshot();
		const lightness = await luminances(page, picture);
		const fill = luminance(color);
		// Of its own colour there is much to be seen, and right beside it something that stands out from it.
		const near = lightness.filter((value) => Math.abs(value - fill) < 0.06).length / lightness.length;
		const apart =
			lightness.filter((value) => (Math.max(value, fill) + 0.05) / (Math.min(value, fill) + 0.05) >= 3).length / lightness.length;
		expect(near).toBeGreaterThan(0.08);
		expect(apart).toBeGreaterThan(0.08);
	});

	function luminance(color: number): number {
		const [red, green, blue] = [color >> 16, (color >> 8) & 255, color & 255].map((part) => ((part / 255 + 0.055) / 1.055) ** 2.4);
		return 0.2126 * (red as number) + 0.7152 * (green as number) + 0.0722 * (blue as number);
	}

	/** Of every pixel of a picture. */
	async function luminances(page: Page, picture: Buffer): Promise<number[]> {
		return await page.evaluate(
			async (bytes) => {
				const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
				const brush = new OffscreenCanvas(image.width, image.height).getContext("2d") as OffscreenCanvasRenderingContext2D;
				brush.drawImage(image, 0, 0);
				const { data } = brush.getImageData(0, 0, image.width, image.height);
				const linear = (part: number) => ((part / 255 + 0.055) / 1.055) ** 2.4;
				return Array.from({ length: data.length / 4 }, (_, at) => {
					const [red, green, blue] = data.slice(at * 4, at * 4 + 3);
					return 0.2126 * linear(red as number) + 0.7152 * linear(green as number) + 0.0722 * linear(blue as number);
				});
			},
			[...picture],
		);
	}
});

describe("however much is said", () => {
	test("nothing is left behind by thousands of lines", async () => {
		const { page, context } = await enter("thousands");
		const session = await context.newCDPSession(page);
		const counters = async () => {
			// Freed wrappers of elements let go of the elements in a second round.
			for (let round = 0; round < 3; round++) await session.send("HeapProfiler.collectGarbage");
			const { nodes, jsEventListeners } = await session.send("Memory.getDOMCounters");
			return { nodes, jsEventListeners };
		};
		const flyAll = (round: number) =>
			page.locator("hubbub-stage").evaluate(async (element, number) => {
				const stage = element as unknown as Stage;
				const lines = Array.from({ length: 250 }, (_, index): Line => {
					const mode = index % 9 === 0 ? "top" : index % 10 === 0 ? "bottom" : "scroll";
					return { id: `${number}-${index}`, text: `line ${number * 1_000 + (index % 200)}`, mode, color: 0xffffff, mine: false };
				});
				stage.fly(lines, 1);
				const layer = stage.shadowRoot?.querySelector(".danmaku") as HTMLElement;
				const most = await new Promise<number>((resolve) => requestAnimationFrame(() => resolve(layer.childElementCount)));
				// The whole flight at once, until nobody waits any more.
				while (layer.childElementCount > 0) {
					for (const animation of layer.getAnimations({ subtree: true })) animation.finish();
					await new Promise((resolve) => setTimeout(resolve));
				}
				return most;
			}, round);
		let most = 0;
		for (let round = 0; round < 4; round++) most = Math.max(most, await flyAll(round));
		const before = await counters();
		for (let round = 4; round < 24; round++) most = Math.max(most, await flyAll(round));
		expect(most).toBeGreaterThan(0);
		expect(most).toBeLessThanOrEqual(60);
		// What a busy browser frees late is freed in the end; what is left behind never is.
		const excess = async () => {
			const after = await counters();
			const nodes = after.nodes - before.nodes;
			const listeners = after.jsEventListeners - before.jsEventListeners;
			return { nodes: nodes < 50 ? "held" : nodes, listeners: listeners < 10 ? "held" : listeners };
		};
		await comesToBe<object>(excess, { nodes: "held", listeners: "held" });
	});

	test("a page out of sight flies nothing and saves nothing up for later", async () => {
		const one = await enterStill("hidden");
		const setHidden = (isHidden: boolean) =>
			one.page.evaluate((hidden) => {
				Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
				document.dispatchEvent(new Event("visibilitychange"));
			}, isHidden);
		await setHidden(true);
		for (let index = 0; index < 60; index++) await say("hidden", `unseen ${index}`);
		await until(async () => (await one.texts()).includes("unseen 59"));
		expect(await one.page.locator("hubbub-stage .line").count()).toBe(0);
		await setHidden(false);
		await say("hidden", "seen");
		await line(one.page, "seen").first().waitFor();
		expect(await line(one.page, "unseen").count()).toBe(0);
	});
});
