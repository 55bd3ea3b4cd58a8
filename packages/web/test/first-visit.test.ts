import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type House, openBrowser, openHouse, testMs } from "./browser.ts";

setDefaultTimeout(testMs);

/** What a first visit may take on the wire: what `bundle-size.test.ts` allows, the page itself, and the heads of some fifteen answers. */
const bytesMax = { discussion: 54 * 1_024, room: 64 * 1_024 };
/** What a second visit may take: the page itself is asked for again, and has not changed. */
const againBytesMax = 1_024;

let house: House;
let browser: Browser;
beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse({ HUBBUB_DATA: "memory" }), openBrowser()]);
});
afterAll(async () => {
	await browser.close();
	await house.stop();
});

interface Fetched {
	readonly path: string;
	readonly status: number;
	readonly encoding: string;
	/** As they came over the wire, the answer's head included. */
	bytes: number;
	isFromCache: boolean;
}

/** Opens an address and waits until the discussion and, where there is one, the stage are drawn; answers everything that was fetched for it. */
async function load(context: BrowserContext, address: string, hasStage: boolean): Promise<Fetched[]> {
	const page: Page = await context.newPage();
	const wire = await context.newCDPSession(page);
	const fetched = new Map<string, Fetched>();
	let last = 0;
	wire.on("Network.responseReceived", ({ requestId, response }) => {
		const head = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]));
		const { pathname } = new URL(response.url);
		const isFromCache = response.fromDiskCache === true || response.fromPrefetchCache === true;
		fetched.set(requestId, { path: pathname, status: response.status, encoding: head["content-encoding"] ?? "", bytes: 0, isFromCache });
	});
	wire.on("Network.requestServedFromCache", ({ requestId }) => {
		const found = fetched.get(requestId);
		if (found) found.isFromCache = true;
	});
	wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
		const found = fetched.get(requestId);
		if (found) found.bytes = encodedDataLength;
		last++;
	});
	await wire.send("Network.enable");
	await page.goto(address, { waitUntil: "networkidle" });
	await page.locator("hubbub-composer textarea").waitFor();
	if (hasStage) await page.locator("hubbub-stage:defined").waitFor({ state: "attached" });
	expect(last).toBeGreaterThan(0);
	await page.close();
	return [...fetched.values()];
}

const sum = (fetched: readonly Fetched[]) => fetched.reduce((bytes, one) => bytes + one.bytes, 0);

for (const [what, query, hasStage] of [
	["discussion", "?embed=chat&lang=ja", false],
	["room", "?lang=ja", true],
] as const)
	test(`[FILE-2] a first visit to the ${what}, in its longest language, is ${bytesMax[what] / 1_024} KiB on the wire, and a second one is next to nothing`, async () => {
		const context = await browser.newContext({ viewport: { width: 1_280, height: 800 } });
		const first = await load(context, `${house.url}/rooms/first${query}`, hasStage);
		const scripts = first.filter(({ path }) => path.endsWith(".js"));
		expect(scripts.length).toBeGreaterThan(4);
		for (const { path, status, encoding, bytes } of first) {
			expect({ path, status }).toEqual({ path, status: 200 });
			// What is smaller than a packet was left as it is.
			if (bytes > 1_200) expect({ path, encoding }).toEqual({ path, encoding: "br" });
		}
		expect(sum(first)).toBeGreaterThan(20 * 1_024);
		expect(sum(first)).toBeLessThanOrEqual(bytesMax[what]);

		const again = await load(context, `${house.url}/rooms/first${query}`, hasStage);
		const asked = again.filter(({ isFromCache }) => !isFromCache);
		for (const { path } of again.filter(({ path }) => path.startsWith("/assets/")))
			expect(asked.map((one) => one.path)).not.toContain(path);
		expect(sum(asked)).toBeLessThanOrEqual(againBytesMax);
		await context.close();
	});
