import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { freePort } from "../../server/bench/machine/port.ts";
import { comesToBe, openBrowser, openHouse, sayAsOperator, testMs, until, visit, words } from "./browser.ts";

setDefaultTimeout(testMs);

let browser: Browser;
let folder: string;
beforeAll(async () => {
	browser = await openBrowser();
	folder = await mkdtemp(join(tmpdir(), "hubbub-restart-"));
});
afterAll(async () => {
	await browser.close();
	await rm(folder, { recursive: true, force: true });
});

test("[LOG-9] a restart of eight seconds under an open page: it is live again by itself, by WebSocket, and never says anything else of its network", async () => {
	const variables = { HUBBUB_PORT: String(freePort()), HUBBUB_DATA: join(folder, "data") };
	const before = await openHouse(variables);
	const viewer = await visit(browser, `${before.url}/rooms/restart`);
	await viewer.say("before");
	await until(async () => (await viewer.texts()).length === 1);
	// Every word that the pill ever shows.
	await viewer.page.evaluate(() => {
		const page = document.querySelector("hubbub-room")?.shadowRoot;
		const seen: string[] = [];
		Object.assign(window, { seen });
		const look = () => {
			const word = page?.querySelector("hubbub-connection")?.shadowRoot?.querySelector(".pill")?.textContent?.trim() ?? "";
			if (word !== seen.at(-1)) seen.push(word);
			requestAnimationFrame(look);
		};
		look();
	});
	await before.stop();
	await until(async () => /^(back|connecting)/.test(await words(viewer.page.locator("hubbub-connection .pill"))));
	await viewer.say("while it is away");
	await Bun.sleep(8_000);
	const after = await openHouse(variables);
	await until(async () => (await words(viewer.page.locator("hubbub-connection .pill"))) === "live");
	await until(async () => (await viewer.page.locator("hubbub-messages .message:not(.sending)").count()) === 2);
	await comesToBe(() => viewer.texts(), ["before", "while it is away"]);
	const seen = () => viewer.page.evaluate(() => (window as unknown as { seen: string[] }).seen);
	await until(async () => (await seen()).at(-1) === "live");
	expect((await seen()).filter((word) => !/^(live|connecting…?|back in \d+ s)$/.test(word))).toEqual([]);
	expect(viewer.complaints).toEqual([]);
	await viewer.context.close();
	await after.stop();
});

test("[LOG-9] older messages that were asked for while the server was away come by themselves once it is back", async () => {
	const variables = { HUBBUB_PORT: String(freePort()), HUBBUB_DATA: join(folder, "older") };
	const before = await openHouse(variables);
	for (let number = 1; number <= 80; number++) await sayAsOperator(before, "older", `line ${number}`);
	const viewer = await visit(browser, `${before.url}/rooms/older`);
	await until(async () => (await viewer.texts()).at(-1) === "line 80");
	await comesToBe(async () => (await viewer.texts()).length, 50);
	await before.stop();
	await viewer.page.locator("hubbub-messages .scroller").hover();
	await viewer.page.mouse.wheel(0, -10_000);
	await viewer.page.locator("hubbub-messages .edge button").waitFor();
	const after = await openHouse(variables);
	await until(async () => (await viewer.texts())[0] === "line 1");
	expect(viewer.complaints).toEqual([]);
	await viewer.context.close();
	await after.stop();
});
