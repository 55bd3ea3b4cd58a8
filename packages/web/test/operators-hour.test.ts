import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { Check } from "../../server/src/api/checklist.ts";
import { addressOfSetUp } from "../../server/src/settings/banner.ts";
import { en } from "../src/setup/words/setup-en.ts";
import { ja } from "../src/setup/words/setup-ja.ts";
import { zhCN } from "../src/setup/words/setup-zh-cn.ts";
import { zhTW } from "../src/setup/words/setup-zh-tw.ts";
import { type House, openBrowser, openHouse, pageWaitMs, testMs, until, words } from "./browser.ts";

// The first hour of an operator, on one page: from the address that the server printed to the line in their own site.

setDefaultTimeout(testMs);

const jwtSecret = "a-secret-of-at-least-thirty-two-characters";
let browser: Browser;
let house: House;
let complaints: string[] = [];
const pages: Page[] = [];
const servers: { stop(force: boolean): Promise<void> }[] = [];

beforeAll(async () => {
	browser = await openBrowser();
});

/** Each test claims a server of its own. */
beforeEach(async () => {
	house = await openHouse({ HUBBUB_ADMIN_KEY: "", HUBBUB_DATA: "memory", HUBBUB_JWT_SECRET: jwtSecret });
});

afterEach(async () => {
	await Promise.all(pages.splice(0).map((page) => page.context().close()));
	await Promise.all(servers.splice(0).map((server) => server.stop(true)));
	await house.stop();
	const seen = complaints;
	complaints = [];
	expect(seen).toEqual([]);
});

afterAll(() => browser.close());

async function open(address: string, options: BrowserContextOptions = {}): Promise<Page> {
	const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, locale: "en", ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(pageWaitMs);
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()) && !/WebSocket|ERR_|Failed to load resource|CORS/.test(message.text()))
			complaints.push(message.text());
	});
	pages.push(page);
	await page.goto(address);
	return page;
}

/** The address as the server prints it. */
const printed = () => addressOfSetUp(house.url, house.running.setUpToken as string);

/** Opens the printed address and becomes the operator; answers the key. */
async function claim(page: Page): Promise<string> {
	await page.getByRole("button", { name: "Make me the operator" }).click();
	return words(page.locator("#key pre"));
}

async function setTheRoomUp(page: Page, room: string): Promise<void> {
	const section = page.locator("hubbub-setup-room");
	await section.getByLabel("Room", { exact: true }).fill(room);
	await section.getByLabel("Room", { exact: true }).press("Tab");
	await until(async () => /no such room yet|there already/.test(await words(section.locator("#about-room"))));
}

async function save(page: Page): Promise<void> {
	const section = page.locator("hubbub-setup-room");
	await section.getByRole("button", { name: /^(Make the room|Save)$/ }).click();
	await section.getByText("It holds for everybody at once.").waitFor();
}

describe("the first hour", () => {
	test("leads from the printed address to a room with its stream and the line in another site, and back", async () => {
		const page = await open(printed());
		const key = await claim(page);
		expect(key).toMatch(/^[a-z0-9]{32}$/);
		expect(page.url()).toBe(`${house.url}/setup`);
		expect(await page.evaluate(() => [JSON.stringify(localStorage), JSON.stringify(history.state)].join())).not.toContain(key);

		await page.getByLabel("What you are called in every room").fill("Ms. Chen");
		await page.locator("hubbub-setup-you").getByRole("button", { name: "Save" }).click();
		await page.locator("hubbub-setup-you .good").waitFor();

		await setTheRoomUp(page, "Maths, Monday");
		const room = page.locator("hubbub-setup-room");
		expect(await room.getByLabel("Room", { exact: true }).inputValue()).toBe("maths-monday");
		await room.getByLabel("Title").fill("Maths on Monday");
		await room.getByRole("button", { name: "Take the sample stream" }).click();
		await room.getByText("It plays.").waitFor();
		await save(page);

		const line = await words(page.locator("#frame pre"));
		expect(line).toContain(`src="${house.url}/rooms/maths-monday?embed=chat"`);
		const site = Bun.serve({
			port: 0,
			hostname: "127.0.0.1",
			fetch: () => new Response(`<!doctype html><title>A site</title>${line}`, { headers: { "content-type": "text/html" } }),
		});
		servers.push(site);
		const visitor = await open(`http://127.0.0.1:${site.port}`);
		const framed = visitor.frameLocator("iframe");
		await framed.locator("hubbub-composer textarea").fill("from the site");
		await framed.locator("hubbub-composer textarea").press("Enter");

		await page.getByRole("link", { name: "Open the room" }).click();
		await page.getByRole("heading", { name: "Maths on Monday" }).first().waitFor();
		await page.locator(".message", { hasText: "from the site" }).waitFor();
		await until(() => page.locator("hubbub-stage video").evaluate((video: HTMLVideoElement) => video.currentTime > 0));
		await page.locator("hubbub-composer textarea").fill("welcome");
		await page.locator("hubbub-composer textarea").press("Enter");
		await framed.locator(".message", { hasText: "welcome" }).waitFor();
		expect(await words(framed.locator(".message", { hasText: "welcome" }).locator(".name"))).toBe("Ms. Chen");

		await page.getByRole("button", { name: "Menu" }).click();
		await page.getByRole("link", { name: "Your server" }).click();
		await page.getByLabel("Title").waitFor();
		expect(await page.getByLabel("Title").inputValue()).toBe("Maths on Monday");
		expect(await page.getByLabel("What you are called in every room").inputValue()).toBe("Ms. Chen");
		expect(await page.locator("#key").count()).toBe(0);
	});

	test("shows every setting of the room, and what they leave open", async () => {
		const page = await open(printed());
		await claim(page);
		const guests = page.locator('[data-check="guests"]');
		await page.locator('[data-check="https"].open').waitFor();
		expect(await guests.count()).toBe(0);
		await setTheRoomUp(page, "closed");
		await save(page);
		await page.locator('[data-check="guests"].open').waitFor();
		await page.getByText("All settings of this room").click();
		await page.getByLabel("Let guests in").uncheck();
		await page.getByLabel("Slow mode").fill("7");
		await save(page);
		await page.locator('[data-check="guests"].settled').waitFor();
		const told = page.locator("hubbub-setup-room details");
		expect(await told.getByLabel("Slow mode").inputValue()).toBe("7");
		const stranger = await open(`${house.url}/rooms/closed`);
		await stranger.locator("hubbub-room .closed", { hasText: "signed in" }).waitFor();
	});

	test("makes a moderator by the command that it shows", async () => {
		const page = await open(printed());
		await claim(page);
		await setTheRoomUp(page, "moderated");
		await save(page);
		const command = await words(page.locator("hubbub-setup-people pre"));
		const { stdout } = spawnSync("sh", ["-c", command], {
			env: { PATH: process.env.PATH, HUBBUB_JWT_SECRET: jwtSecret },
			encoding: "utf8",
		});
		const token = stdout.trim();
		const room = await fetch(`${house.url}/api/v1/rooms/moderated`, { headers: { authorization: `Bearer ${token}` } });
		expect(room.status).toBe(200);
		const other = await fetch(`${house.url}/api/v1/rooms/lobby`, { headers: { authorization: `Bearer ${token}` } });
		expect(other.status).not.toBe(200);
	});

	test("copies where the browser lets it, and marks what is to be copied where it does not", async () => {
		const page = await open(printed(), { permissions: ["clipboard-read", "clipboard-write"] });
		const key = await claim(page);
		await page.getByRole("button", { name: "Copy: Your key" }).click();
		await page.locator("#key", { hasText: "Copied" }).waitFor();
		expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
		await page.evaluate(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
		await page.getByRole("button", { name: "Copy: In your page" }).click();
		await page.locator("#frame", { hasText: "press Ctrl+C" }).waitFor();
	});
});

describe("the address, opened again", () => {
	test("says that the server has been set up, and lets in with the key alone", async () => {
		const address = printed();
		const key = await claim(await open(address));
		const later = await open(address);
		await later.getByText("This server has been set up already.").waitFor();
		expect(later.url()).toBe(`${house.url}/setup`);
		const form = later.locator("hubbub-sign-in-form");
		const present = async (presented: string) => {
			await form.getByLabel("Key or token").fill(presented);
			await form.getByRole("button").click();
		};
		await present(`${key}x`);
		await until(async () => (await words(form.locator("#problem"))).includes("not this server's key"));
		await present(key);
		await later.locator("hubbub-setup-checks").waitFor();
		expect(await later.locator("#key").count()).toBe(0);
		await later.reload();
		await later.locator("hubbub-setup-checks").waitFor();
		await later.getByRole("button", { name: "Sign out" }).click();
		await later.getByText("This server has been set up already.").waitFor();
		await later.reload();
		await later.getByText("This server has been set up already.").waitFor();
	});

	test("by two who press at once makes one operator, and tells the other", async () => {
		const [one, other] = await Promise.all([open(printed()), open(printed())]);
		const press = (page: Page) => page.getByRole("button", { name: "Make me the operator" }).click();
		await Promise.all([one, other].map((page) => page.getByRole("button", { name: "Make me the operator" }).waitFor()));
		await Promise.all([press(one), press(other)]);
		const outcome = async (page: Page) => {
			await page.locator("#key, hubbub-sign-in-form").first().waitFor();
			return (await page.locator("#key").count()) === 1 ? "operator" : "told";
		};
		expect((await Promise.all([outcome(one), outcome(other)])).sort()).toEqual(["operator", "told"]);
	});

	test("without its token says where that is, and with a wrong one that it is wrong", async () => {
		const page = await open(`${house.url}/setup`);
		await page.getByText("This server waits for its operator.").waitFor();
		const wrong = await open(`${house.url}/setup#not-the-token`);
		await wrong.getByRole("button", { name: "Make me the operator" }).click();
		await wrong.getByText("That token is not the one this server printed.").waitFor();
		expect(wrong.url()).toBe(`${house.url}/setup`);
	});

	test("takes no moderator's token for the operator's key, and no key that has been replaced", async () => {
		const key = await claim(await open(printed()));
		const page = await open(`${house.url}/setup`);
		await page.getByLabel("Key or token").fill(memberToken());
		await page.locator("hubbub-sign-in-form .button").click();
		await page.getByText("That is Mira's token.").waitFor();
		await page.getByLabel("Key or token").fill(key);
		await page.locator("hubbub-sign-in-form .button").click();
		await page.locator("hubbub-setup-checks").waitFor();
		await page.route("**/api/v1/**", (route) =>
			route.fulfill({ status: 401, contentType: "application/problem+json", body: '{"code":"unauthorized"}' }),
		);
		await page.getByRole("button", { name: "Look again" }).click();
		await page.getByText("The server does not take the key any more.").waitFor();
	});

	test("says that the server does not answer, and goes on when it does", async () => {
		const page = await open(`${house.url}/favicon.svg`);
		await page.route("**/api/v1/setup", (route) => route.abort());
		await page.goto(printed());
		await page.getByText("The server does not answer.").waitFor();
		await page.unroute("**/api/v1/setup");
		await page.getByRole("button", { name: "Try again" }).click();
		await page.getByRole("button", { name: "Make me the operator" }).waitFor();
	});
});

function memberToken(): string {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const exp = Math.floor(Date.now() / 1_000) + 600;
	const body = `${part({ alg: "HS256" })}.${part({ sub: "mira", name: "Mira", roles: ["owner"], exp })}`;
	return `${body}.${createHmac("sha256", jwtSecret).update(body).digest("base64url")}`;
}

describe("a stream that cannot be played", () => {
	test("is told by its reason, with what to do about it, before anything is saved", async () => {
		const media = Bun.serve({
			port: 0,
			hostname: "127.0.0.1",
			fetch(request) {
				const open = { "access-control-allow-origin": "*" };
				switch (new URL(request.url).pathname) {
					case "/page":
						return new Response("<title>Watch</title>", { headers: { ...open, "content-type": "text/html" } });
					case "/closed.m3u8":
						return new Response("#EXTM3U\n");
					case "/noise.mp4":
						return new Response(new Uint8Array(5_000).fill(7), { headers: { ...open, "content-type": "video/mp4" } });
					case "/members.m3u8":
						return new Response(null, { status: 403, headers: open });
					default:
						return new Response(null, { status: 404, headers: open });
				}
			},
		});
		servers.push(media);
		const origin = `http://127.0.0.1:${media.port}`;
		const page = await open(printed());
		await claim(page);
		const field = page.getByLabel("Address of the stream");
		await field.waitFor();
		const verdict = page.locator("#verdict");
		const table: [string, string][] = [
			[`${origin}/nothing.m3u8`, en.advice["not-found"]],
			[`${origin}/nothing.mp4`, en.advice["not-found"]],
			[`${origin}/members.m3u8`, en.advice.forbidden],
			[`${origin}/page`, en.advice["not-a-stream"]],
			[`${origin}/closed.m3u8`, en.advice.cors],
			[`${origin}/noise.mp4`, en.advice.undecodable],
			["http://127.0.0.1:1/live.m3u8", en.advice.network],
			["rtmp://example.com/live", en.notWeb],
			["www.example.com", en.noAddress],
			["", en.streamNone],
			["/sample.webm#loop", en.streamPlays],
		];
		for (const [address, said] of table) {
			await field.fill(address);
			await until(async () => (await words(verdict)) === said);
		}
		expect((await fetch(`${house.url}/api/v1/rooms/lobby`)).status).toBe(404);
	});
});

const axe = readFileSync(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir), "utf8");

/** What axe finds wrong with a page as it stands, and where. */
async function violations(page: Page): Promise<string[]> {
	await page.evaluate(axe);
	const { violations } = await page.evaluate(
		(values) =>
			(globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({ runOnly: { type: "tag", values } }),
		["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
	);
	return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.flat().join(" ")}`));
}

describe("on every screen", () => {
	test("the words of every language say of each thing the server looks at whether it is open", () => {
		for (const words of [en, zhCN, zhTW, ja])
			expect(Object.keys(words.checkWords).sort() as string[]).toEqual([...Check.entries.id.options].sort());
	});

	test("fits, in each language, on a phone and a desktop, dark and light, before and after", async () => {
		const key = await claim(await open(printed()));
		for (const [locale, colorScheme, width, height] of [
			["en", "dark", 1_440, 900],
			["zh-CN", "light", 390, 844],
			["zh-TW", "dark", 844, 390],
			["ja", "light", 320, 568],
		] as const) {
			const page = await open(`${house.url}/setup`, { locale, colorScheme, viewport: { width, height } });
			await page.locator("hubbub-sign-in-form input").fill(key);
			const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
			await fits();
			await page.locator("hubbub-sign-in-form .button").click();
			await page.locator("hubbub-setup-checks").waitFor();
			await page.locator("hubbub-setup-room [name=title]").waitFor();
			await fits();
			expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale);
		}
	});

	test("has nothing that axe finds wrong: with the key, with a wrong one, with a stream that cannot be played, dark and light", async () => {
		const key = await claim(await open(printed()));
		for (const [colorScheme, width] of [
			["dark", 1_280],
			["light", 390],
		] as const) {
			const page = await open(`${house.url}/setup`, { colorScheme, viewport: { width, height: 844 } });
			await page.getByLabel("Key or token").fill("wrong");
			await page.locator("hubbub-sign-in-form .button").click();
			await page.getByText("not this server's key").waitFor();
			expect(await violations(page)).toEqual([]);
			await page.getByLabel("Key or token").fill(key);
			await page.locator("hubbub-sign-in-form .button").click();
			await page.locator("hubbub-setup-checks").waitFor();
			await setTheRoomUp(page, `seen-${width}`);
			await save(page);
			await page.getByText("All settings of this room").click();
			await page.getByText("Or build your own page").click();
			await page.getByLabel("Address of the stream").fill("rtmp://example.com/live");
			await until(async () => (await words(page.locator("#verdict"))) === en.notWeb);
			expect(await violations(page)).toEqual([]);
		}
	});

	test("changes its language where the reader stands, and keeps what was typed", async () => {
		const page = await open(printed());
		await claim(page);
		await setTheRoomUp(page, "spoken");
		await page.getByLabel("Title").fill("half a title");
		await page.getByLabel("Language").selectOption("ja");
		await page.getByRole("heading", { name: "あなたのサーバー" }).waitFor();
		expect(await page.locator("hubbub-setup-room [name=title]").inputValue()).toBe("half a title");
		expect(await page.locator("#key").count()).toBe(1);
	});
});
