import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { freePort } from "../../server/bench/machine/port.ts";
import { type House, openBrowser, openHouse, operatorKey, until } from "./browser.ts";

let browser: Browser;
beforeAll(async () => {
	browser = await openBrowser();
});
afterAll(() => browser.close());

/** A page of the house that reads a room by the browser's own `EventSource`, and keeps what it was told. */
async function listen(house: House, room: string): Promise<Page> {
	const page = await (await browser.newContext()).newPage();
	await page.goto(`${house.url}/setup`);
	await read(page, room);
	return page;
}

/** Reads a room on a page, instead of the one it reads. */
async function read(page: Page, room: string): Promise<void> {
	await page.evaluate((path) => {
		(globalThis as unknown as { source?: EventSource }).source?.close();
		const source = new EventSource(path);
		const told: string[] = [];
		source.onmessage = ({ data }) => told.push(JSON.parse(data).type);
		Object.assign(globalThis, { source, told });
	}, `/rooms/${room}/events`);
}

const told = (page: Page) => page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
const state = (page: Page) => page.evaluate(() => (globalThis as unknown as { source: EventSource }).source.readyState);
const closed = 2;

async function configure(house: House, room: string, settings: object): Promise<void> {
	const headers = { authorization: `Bearer ${operatorKey}` };
	await fetch(`${house.url}/api/v1/rooms/${room}`, { method: "PUT", headers, body: JSON.stringify(settings) });
}

describe("the browser's own EventSource", () => {
	test("[SSE-5] ends for good where the room lets no guests in, or there is none", async () => {
		const house = await openHouse({ HUBBUB_AUTO_CREATE_ROOMS: "off" });
		await configure(house, "members", { guests: false });
		for (const room of ["members", "nowhere"]) {
			const page = await listen(house, room);
			await until(async () => (await state(page)) === closed);
			expect(await told(page)).toEqual([]);
			await page.context().close();
		}
		await house.stop();
	}, 300_000);

	test("[SSE-5] ends for good when the room stops letting guests in", async () => {
		const house = await openHouse();
		const page = await listen(house, "lobby");
		await until(async () => (await told(page)).includes("joined"));
		await configure(house, "lobby", { guests: false });
		await until(async () => (await state(page)) === closed);
		expect((await told(page)).filter((type) => type !== "batch")).toEqual(["welcome", "joined", "reject", "bye"]);
		await page.context().close();
		await house.stop();
	}, 300_000);

	test("[SSE-5] comes back where it was refused for a while only, and is let in", async () => {
		const house = await openHouse();
		const page = await listen(house, "lobby");
		// An address may make another room every few seconds: where that was just now, it is used up again, and another room asked for.
		let count = 0;
		await until(async () => {
			await Promise.all(Array.from({ length: 30 }, async () => (await fetch(`${house.url}/rooms/made-${count++}/events`)).body?.cancel()));
			await read(page, `one-too-many-${count}`);
			await until(async () => (await told(page)).length > 1);
			return (await told(page))[0] === "reject";
		});
		await until(async () => (await told(page)).includes("joined"));
		expect((await told(page)).slice(0, 2)).toEqual(["reject", "bye"]);
		await page.context().close();
		await house.stop();
	}, 300_000);

	test("[SSE-5] comes back when the server was started again", async () => {
		const variables = { HUBBUB_PORT: String(freePort()) };
		const first = await openHouse(variables);
		const page = await listen(first, "lobby");
		await until(async () => (await told(page)).includes("joined"));
		await first.stop();
		const second = await openHouse(variables);
		await until(async () => (await told(page)).filter((type) => type === "joined").length === 2);
		expect(await told(page)).toContain("bye");
		await page.context().close();
		await second.stop();
	}, 300_000);
});
