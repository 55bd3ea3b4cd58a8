import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { FaultyProxy } from "../../client/test/proxy.ts";
import { comesToBe, type House, openBrowser, openHouse, pageWaitMs, testMs, until, words } from "./browser.ts";

setDefaultTimeout(testMs);

let house: House;
let browser: Browser;
let proxy: FaultyProxy;
let context: BrowserContext;
beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse({ HUBBUB_DATA: "memory" }), openBrowser()]);
	// HTTP/1.1, over which a browser keeps six connections to a server, and no WebSocket.
	proxy = new FaultyProxy(house.url, { upgrade: "refused" });
	context = await browser.newContext({ viewport: { width: 640, height: 480 }, locale: "en" });
	context.setDefaultTimeout(pageWaitMs);
});
afterAll(async () => {
	await browser.close();
	proxy.stop();
	await house.stop();
});

const box = (page: Page) => page.locator("hubbub-composer textarea");
const pill = (page: Page) => words(page.locator("hubbub-connection .pill").first());
const texts = (page: Page) => page.locator("hubbub-messages .message .text").allTextContents();

async function openTab(): Promise<Page> {
	const page = await context.newPage();
	await page.goto(`${proxy.url}/rooms/tabs?embed=chat`);
	await box(page).waitFor();
	await until(async () => /^on /.test(await pill(page)));
	return page;
}

/** How many tabs go by each way. */
async function ways(tabs: readonly Page[]): Promise<Record<string, number>> {
	const counted: Record<string, number> = {};
	for (const word of await Promise.all(tabs.map(pill))) counted[word] = (counted[word] ?? 0) + 1;
	return counted;
}

test("[POLL-4] without WebSockets seven tabs of one site all read and all write, and who waits for a connection gets the next that is free", async () => {
	const tabs: Page[] = [];
	for (let number = 1; number <= 7; number++) tabs.push(await openTab());
	await comesToBe(() => ways(tabs), { "on event stream": 3, "on polling": 4 });

	for (const [number, tab] of tabs.entries()) {
		await box(tab).fill(`from tab ${number + 1}`);
		await box(tab).press("Enter");
	}
	const said = tabs.map((_, number) => `from tab ${number + 1}`);
	for (const tab of tabs) await until(async () => (await texts(tab)).length === said.length);
	for (const tab of tabs) expect((await texts(tab)).sort()).toEqual(said);

	// One of those who hold a connection goes; one of the others has it now.
	const holder = (await Promise.all(tabs.map(pill))).indexOf("on event stream");
	await tabs.splice(holder, 1)[0]?.close();
	await comesToBe(() => ways(tabs), { "on event stream": 3, "on polling": 3 });

	// What other tabs hold is nothing to remember of this network.
	const kept = await tabs[0]?.evaluate(() => Object.entries(localStorage).find(([key]) => key.startsWith("hubbub.transport."))?.[1]);
	expect(JSON.parse(kept ?? "{}").transport).toBe("event-stream");
});
