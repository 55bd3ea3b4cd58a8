import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { type ProxyName, proxyLines } from "../../server/src/proxies/proxy-lines.ts";
import { bareProxies, startNginx } from "../../server/test/bare-proxies.ts";
import type { RunningProxy } from "../../server/test/proxy.ts";
import { type House, openBrowser, openHouse, operatorKey, pageWaitMs, testMs, until, visit } from "./browser.ts";

// The pages behind each proxy with the one line that passes requests on, and time-outs of 5 s.

setDefaultTimeout(testMs);

const waitSeconds = 5;
const quietMs = 6_000;

let browser: Browser;
let house: House;
const proxies = new Map<string, RunningProxy>();
beforeAll(async () => {
	[browser, house] = await Promise.all([openBrowser(), openHouse({ HUBBUB_DATA: "memory" })]);
	const port = Number(new URL(house.url).port);
	for (const [name, start] of Object.entries(bareProxies)) proxies.set(name, await start(port, { waitSeconds }));
	const headers = { authorization: `Bearer ${operatorKey}` };
	await fetch(`${house.url}/api/v1/rooms/lobby`, { method: "PUT", headers, body: "{}" });
});
afterAll(async () => {
	for (const proxy of proxies.values()) await proxy.stop();
	await browser.close();
	await house.stop();
});

let opened: Promise<unknown> = Promise.resolve();

/**
 * Opens pages one after the other: fifteen at once keep a small machine busy for longer than the proxies wait. Where one file of a page was
 * cut off even so, it is opened again, as a person would.
 */
function inTurn<Opened>(open: () => Promise<Opened>): Promise<Opened> {
	const mine = opened.then(open).catch(open).catch(open);
	opened = mine.catch(() => {});
	return mine;
}

/** The set-up page at an address, with the key. */
async function setUp(address: string): Promise<Page> {
	const page = await inTurn(async () => {
		const context = await browser.newContext({ locale: "en" });
		const page = await context.newPage();
		page.setDefaultTimeout(pageWaitMs);
		await page.goto(`${address}/setup`);
		await page.locator("hubbub-sign-in-form input").fill(operatorKey);
		return page;
	});
	const button = page.locator("hubbub-sign-in-form .button");
	await until(async () => {
		if (await page.locator("hubbub-setup-checks").isVisible()) return true;
		// Where a machine is so busy that an answer takes longer than the proxy waits, one presses it again.
		await button.click({ timeout: 2_000 }).catch(() => {});
		await Bun.sleep(500);
		return false;
	});
	return page;
}

const enter = (address: string) => inTurn(() => visit(browser, address));

/** What the page says of one check: its state, and the lines that mend it. */
async function told(page: Page, id: string): Promise<{ state: string | null; lines: string[] }> {
	const row = page.locator(`hubbub-setup-checks [data-check=${id}]`);
	return { state: await row.getAttribute("class"), lines: await row.locator("dd pre").allTextContents() };
}

async function untilTold(page: Page, id: string, lines: readonly { readonly line: string }[]): Promise<void> {
	const expected = { state: "open", lines: lines.map(({ line }) => line) };
	await until(async () => Bun.deepEquals(await told(page, id), expected));
}

/**
 * A machine that is busy with others may be too slow for the page's patience: then it is asked to look again. Not before it has looked for its
 * 28 s: what the server saw cut when it was quiet is settled by that alone.
 */
async function untilSettled(page: Page, id: string): Promise<void> {
	const rounds = 160;
	for (;;) {
		for (let round = 0; round < rounds; round++) {
			if ((await told(page, id)).state === "settled") return;
			await Bun.sleep(250);
		}
		await page.getByRole("button", { name: "Look again" }).click();
	}
}

const linesOf = (id: "websocket" | "streams" | "quiet", proxy: string) => {
	const own = proxyLines[id].filter((line) => line.proxy === proxy);
	// HAProxy does not give its name: whoever is behind it is shown every proxy's lines.
	return proxy === "HAProxy" ? proxyLines[id] : own;
};

for (const name of Object.keys(bareProxies) as ProxyName[])
	describe.concurrent(`behind ${name} with one line`, () => {
		test(`[LOG-6] behind ${name} the room is entered, and people talk with pauses longer than it waits`, async () => {
			const proxy = proxies.get(name) as RunningProxy;
			const room = `bare-${name.toLowerCase()}`;
			const [behind, beside] = [await enter(`${proxy.http}/rooms/${room}`), await enter(`${house.url}/rooms/${room}`)];
			const said: string[] = [];
			for (let round = 0; round < 2; round++) {
				for (const [who, viewer] of Object.entries({ behind, beside })) {
					const text = `${who} ${round}`;
					await viewer.say(text);
					said.push(text);
					for (const reader of [behind, beside]) await until(async () => (await reader.texts()).includes(text));
				}
				await Bun.sleep(quietMs);
			}
			for (const reader of [behind, beside]) {
				expect(await reader.texts()).toEqual(said);
				expect(reader.complaints).toEqual([]);
				await reader.context.close();
			}
		});

		test(`[OPS-11] behind ${name} the set-up page names the lines to change, and no others`, async () => {
			const page = await setUp((proxies.get(name) as RunningProxy).http);
			await untilTold(page, "quiet", linesOf("quiet", name));
			if (proxyLines.websocket.some(({ proxy }) => proxy === name)) await untilTold(page, "websocket", linesOf("websocket", name));
			else await untilSettled(page, "websocket");
			await untilSettled(page, "streams");
			await page.context().close();
		});
	});

test("[OPS-11] behind nginx that gathers event streams the set-up page names its line", async () => {
	const proxy = await startNginx(Number(new URL(house.url).port), { line: "proxy_ignore_headers X-Accel-Buffering;" });
	const page = await setUp(proxy.http);
	await untilTold(page, "streams", linesOf("streams", "nginx"));
	await page.context().close();
	await proxy.stop();
});

test("[OPS-11] without a proxy the set-up page finds nothing in the way, whatever was seen of others", async () => {
	await fetch(`${house.url}/ws`, { headers: { "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" } });
	const answer = await fetch(`${house.url}/api/v1/checklist`, { headers: { authorization: `Bearer ${operatorKey}` } });
	const { checks } = (await answer.json()) as { checks: { id: string; state: string }[] };
	expect(checks.find(({ id }) => id === "websocket")?.state).toBe("open");
	const page = await setUp(house.url);
	for (const id of ["websocket", "streams", "quiet"]) await untilSettled(page, id);
	await page.context().close();
});
