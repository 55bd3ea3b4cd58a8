import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROTOCOL_VERSION } from "@hubbub/protocol/wire/version.ts";
import type { Browser, Page, WebSocketRoute } from "playwright-core";
import { FaultyProxy } from "../../client/test/proxy.ts";
import { freePort } from "../../server/bench/machine/port.ts";
import {
	built,
	comesToBe,
	type House,
	openBrowser,
	openHouse,
	pageWaitMs,
	sayAsOperator,
	testMs,
	until,
	type Viewer,
	visit,
	words,
} from "./browser.ts";
import { makeOtherBuild } from "./other-build.ts";

// A server that is upgraded under an open page.

setDefaultTimeout(testMs);

let browser: Browser;
let folder: string;
let next: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "hubbub-upgrade-"));
	next = join(folder, "next");
	[browser] = await Promise.all([openBrowser(), makeOtherBuild(built, next)]);
});
afterAll(async () => {
	await browser.close();
	await rm(folder, { recursive: true, force: true });
});

const pill = (viewer: Viewer) => words(viewer.page.locator("hubbub-connection .pill").first());
const outdated = (page: Page) => page.locator("hubbub-room .outdated");
const box = (page: Page) => page.locator("hubbub-composer textarea");

/** Addresses that were asked for and are not there. */
function losses(page: Page): string[] {
	const lost: string[] = [];
	page.on("response", (response) => response.status() === 404 && lost.push(new URL(response.url()).pathname));
	return lost;
}

/** Row that stands at the top of what is seen, and where. */
function place(page: Page): Promise<{ text: string; top: number } | null> {
	return page.evaluate(() => {
		const list = document.querySelector("hubbub-room")?.shadowRoot?.querySelector("hubbub-messages")?.shadowRoot;
		const scroller = list?.querySelector(".scroller")?.getBoundingClientRect();
		if (!list || !scroller) return null;
		for (const row of list.querySelectorAll<HTMLElement>("[data-key]")) {
			const { top, bottom } = row.getBoundingClientRect();
			if (bottom > scroller.top + 1) return { text: row.querySelector(".text")?.textContent ?? "", top: Math.round(top - scroller.top) };
		}
		return null;
	});
}

test("[FILE-3] a page that was opened before an upgrade goes on: draft and place stay, and whatever it had not loaded yet is there", async () => {
	const variables = { HUBBUB_PORT: String(freePort()), HUBBUB_DATA: join(folder, "data") };
	const before = await openHouse(variables);
	for (let number = 1; number <= 120; number++) await sayAsOperator(before, "upgrade", `line ${number}`);
	const proxy = new FaultyProxy(before.url, {});
	const viewer = await visit(browser, `${proxy.url}/rooms/upgrade`);
	const { page } = viewer;
	const lost = losses(page);
	await until(async () => (await viewer.texts()).at(-1) === "line 120");
	await box(page).fill("half a sentence");
	// Reading, a little above the newest.
	await page.locator("hubbub-messages .scroller").hover();
	await page.mouse.wheel(0, -400);
	await page.locator("hubbub-messages button.newest").waitFor();
	let settled = await place(page);
	await until(async () => {
		const was = settled;
		settled = await place(page);
		return was?.top === settled?.top && was?.text === settled?.text;
	});

	await before.stop();
	const after = await openHouse(variables, next);
	await until(async () => (await pill(viewer)) === "live");
	await sayAsOperator(after, "upgrade", "after the upgrade https://a.example/");
	await until(async () => /1 new/.test(await words(page.locator("hubbub-messages button.newest"))));
	expect(await box(page).inputValue()).toBe("half a sentence");
	await comesToBe(() => place(page), settled);

	// Parts of the earlier build that were never loaded before: the menu, older messages, another language, what links are found with.
	await page.getByRole("button", { name: "Menu" }).click();
	await page.locator("hubbub-menu").waitFor();
	await page.keyboard.press("Escape");
	await until(async () => {
		await page.locator("hubbub-messages .message").first().scrollIntoViewIfNeeded();
		return (await viewer.texts())[0] === "line 1";
	});
	await page.locator("hubbub-messages button.newest").click();
	await until(async () => (await page.locator('hubbub-messages a[href="https://a.example/"]').count()) === 1);

	// No WebSocket gets through any more: the other ways are in a file of the earlier build.
	proxy.faults = { upgrade: "refused", idleCutMs: 1 };
	await until(async () => (await pill(viewer)) !== "live");
	proxy.faults = { upgrade: "refused" };
	await until(async () => /event stream/.test(await pill(viewer)));
	await sayAsOperator(after, "upgrade", "over the stream");
	await until(async () => (await viewer.texts()).at(-1) === "over the stream");
	await box(page).press("Enter");
	await until(async () => (await viewer.texts()).at(-1) === "half a sentence");

	expect(await outdated(page).count()).toBe(0);
	expect(lost).toEqual([]);
	expect(viewer.complaints).toEqual([]);
	await viewer.context.close();

	// Who comes now gets the new build.
	const fresh = await visit(browser, `${after.url}/rooms/upgrade`);
	expect(await fresh.page.locator("script[type=module]").getAttribute("src")).toContain("-next.js");
	await fresh.context.close();
	proxy.stop();
	await after.stop();
});

describe("a page that is older than anything its server has", () => {
	let after: House;
	let viewer: Viewer;
	beforeAll(async () => {
		const variables = { HUBBUB_PORT: String(freePort()), HUBBUB_DATA: "memory" };
		const before = await openHouse(variables);
		viewer = await visit(browser, `${before.url}/rooms/old`);
		await viewer.page.locator("hubbub-connection-card, hubbub-stage:defined").first().waitFor({ state: "attached" });
		await before.stop();
		after = await openHouse(variables, next);
		await until(async () => (await pill(viewer)) === "live");
	});
	afterAll(async () => {
		await viewer.context.close();
		await after.stop();
	});

	test("[FILE-3] reads and writes, says that it is old once a part is missing, and by one button is new, with its draft", async () => {
		const { page } = viewer;
		await viewer.say("still works");
		// Acknowledged, so the page is in touch with the new server: a part that is missing while it is not says nothing of the page's age.
		await page.locator(".message:not(.sending) .text", { hasText: "still works" }).waitFor();
		expect(await outdated(page).count()).toBe(0);
		await box(page).fill("half a sentence");
		await page.getByRole("button", { name: "Menu" }).click();
		await outdated(page).waitFor();
		expect(await words(outdated(page))).toContain("older than the server");
		expect(await outdated(page).getByRole("button").count()).toBe(1);
		await outdated(page).getByRole("button").click();
		await page.locator('script[src*="-next.js"]').first().waitFor({ state: "attached" });
		await until(async () => (await box(page).inputValue()) === "half a sentence");
		await page.getByRole("button", { name: "Menu" }).click();
		await page.locator("hubbub-menu").waitFor();
		expect(await outdated(page).count()).toBe(0);
	});
});

describe("[DOWN-6] a page whose server speaks", () => {
	let house: House;
	beforeAll(async () => {
		house = await openHouse({ HUBBUB_DATA: "memory" });
	});
	afterAll(() => house.stop());

	/** Opens a room through a server whose welcome is changed on the way. */
	async function meet(change: (welcome: Record<string, unknown>) => void): Promise<Viewer> {
		const pass = (socket: WebSocketRoute) => {
			const server = socket.connectToServer();
			server.onMessage((message) => {
				const frame = typeof message === "string" ? JSON.parse(message) : null;
				if (frame?.type !== "welcome") return socket.send(message);
				change(frame);
				socket.send(JSON.stringify(frame));
			});
		};
		const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en" });
		context.setDefaultTimeout(pageWaitMs);
		await context.routeWebSocket(/\/ws$/, pass);
		const page = await context.newPage();
		await page.goto(`${house.url}/rooms/versions`);
		await box(page).waitFor();
		const viewer = { context, page, complaints: [], say: async () => {}, texts: async () => [] };
		await until(async () => (await pill(viewer)) === "live");
		return viewer;
	}

	test("a later version says so, goes on all the same, and offers one button that keeps the draft", async () => {
		const { page, context } = await meet((welcome) => {
			welcome.version = PROTOCOL_VERSION + 1;
		});
		await outdated(page).waitFor();
		await box(page).fill("on an old page");
		await box(page).press("Enter");
		await until(async () => (await page.locator("hubbub-messages .message .text").allTextContents()).includes("on an old page"));
		await box(page).fill("kept");
		const loaded = page.waitForEvent("load");
		await outdated(page).getByRole("button").click();
		await loaded;
		await until(async () => (await box(page).inputValue()) === "kept");
		await context.close();
	});

	test("an earlier version, or says none, is used as it is", async () => {
		for (const version of [undefined, PROTOCOL_VERSION - 1]) {
			const { page, context } = await meet((welcome) => {
				welcome.version = version;
				welcome.features = undefined;
			});
			await box(page).fill("on a new page");
			await box(page).press("Enter");
			await until(async () => (await page.locator("hubbub-messages .message .text").allTextContents()).includes("on a new page"));
			expect(await outdated(page).count()).toBe(0);
			await context.close();
		}
	});
});
