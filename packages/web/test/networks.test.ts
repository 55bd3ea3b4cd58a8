import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { FaultyProxy, type ProxyFaults } from "../../client/test/proxy.ts";
import { type House, openBrowser, openHouse, testMs, until, type Viewer, visit, words } from "./browser.ts";

setDefaultTimeout(testMs);

let house: House;
let browser: Browser;
beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse(), openBrowser()]);
});
afterAll(async () => {
	await browser.close();
	await house.stop();
});

/** Somebody at home and somebody behind a proxy, in one room; ends with both, and the proxy, gone. */
async function meet(room: string, faults: ProxyFaults, talk: (behind: Viewer, home: Viewer) => Promise<void>): Promise<void> {
	const proxy = new FaultyProxy(house.url, faults);
	const home = await visit(browser, `${house.url}/rooms/${room}`);
	const behind = await visit(browser, `${proxy.url}/rooms/${room}`);
	try {
		await talk(behind, home);
		expect(behind.complaints).toEqual([]);
	} finally {
		await Promise.all([home.context.close(), behind.context.close()]);
		proxy.stop();
	}
}

/** Both write, in turn, and both see all of it once and in one order. */
async function converse(behind: Viewer, home: Viewer, rounds: number, pauseMs: number): Promise<void> {
	const said: string[] = [];
	for (let round = 1; round <= rounds; round++) {
		for (const [name, viewer] of Object.entries({ behind, home })) {
			const text = `${name} ${round}`;
			await viewer.say(text);
			said.push(text);
			for (const reader of [behind, home]) await until(async () => (await reader.texts()).includes(text));
		}
		await Bun.sleep(pauseMs);
	}
	expect(await home.texts()).toEqual(said);
	expect(await behind.texts()).toEqual(said);
}

const pillOf = (viewer: Viewer) => words(viewer.page.locator("hubbub-connection .pill"));

test("[SSE-1] behind a proxy that refuses upgrades the room works, and says that it is on an event stream", async () => {
	await meet("refused", { upgrade: "refused" }, async (behind, home) => {
		await until(async () => /event stream/.test(await pillOf(behind)));
		await converse(behind, home, 3, 0);
		await behind.page.locator("hubbub-connection .pill").click();
		await until(async () => (await words(behind.page.locator("hubbub-connection-card p").first())).includes("no WebSocket gets through"));
	});
});

test("[POLL-3] behind one that also gathers streams the room works, and says that it is on long polling", async () => {
	await meet("gathered", { upgrade: "refused", buffers: "text/event-stream" }, async (behind, home) => {
		await until(async () => /long polling/.test(await pillOf(behind)));
		await converse(behind, home, 3, 0);
	});
});

test("[LOG-6] behind one that cuts what is quiet for five seconds nothing is lost or doubled, and the page says by what it goes", async () => {
	await meet("cut", { idleCutMs: 5_000 }, async (behind, home) => {
		await converse(behind, home, 3, 6_000);
		await until(async () => /^(live|on (event stream|long polling|polling))$/.test(await pillOf(behind)));
	});
});
