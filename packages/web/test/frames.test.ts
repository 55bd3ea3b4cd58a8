import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, FrameLocator, Page } from "playwright-core";
import { type House, openBrowser, openHouse, operatorKey, sayAsOperator, testMs, until, words } from "./browser.ts";

// Hubbub in frames of a page of another site, signed in as docs/embedding.md says.

setDefaultTimeout(testMs);

const secret = "a-secret-of-at-least-thirty-two-characters";
/** The page of docs/embedding.md that hands a token to every frame that asks. */
const documented = /### Signing people in through the iframe[\s\S]*?```html\n([\s\S]*?)```/.exec(
	readFileSync(join(import.meta.dir, "../../../docs/embedding.md"), "utf8"),
)?.[1] as string;

let house: House;
let browser: Browser;
let site: ReturnType<typeof Bun.serve>;
/** Pages of the site by path, and what it answers to `/hubbub-token`. */
const pages = new Map<string, string>();
let tokenOfViewer: () => string = () => "";
const contexts: BrowserContext[] = [];
let complaints: string[] = [];

beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse({ HUBBUB_JWT_SECRET: secret }), openBrowser()]);
	site = Bun.serve({
		port: 0,
		// Another site than the server's `localhost`, so that the frames are a third party's.
		hostname: "127.0.0.1",
		fetch(request) {
			const { pathname } = new URL(request.url);
			if (pathname === "/hubbub-token") return new Response(tokenOfViewer());
			const page = pages.get(pathname);
			return page === undefined ? new Response(null, { status: 404 }) : new Response(page, { headers: { "content-type": "text/html" } });
		},
	});
});

afterEach(async () => {
	await Promise.all(contexts.splice(0).map((context) => context.close()));
	const seen = complaints;
	complaints = [];
	expect(seen).toEqual([]);
});

afterAll(async () => {
	await browser.close();
	await site.stop(true);
	await house.stop();
});

function tokenOf(claims: object, seconds = 600): string {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const exp = Math.floor(Date.now() / 1_000) + seconds;
	const body = `${part({ alg: "HS256" })}.${part({ exp, ...claims })}`;
	return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

/** Opens a page of the site, and notes what its frames say to it. */
async function open(path: string, html: string): Promise<Page> {
	const note = `<script>heard = []; addEventListener("message", ({ data }) => heard.push(data));</script>`;
	pages.set(path, `<!doctype html><title>A site</title>${note}${html}`);
	const context = await browser.newContext({ viewport: { width: 900, height: 700 }, locale: "en" });
	contexts.push(context);
	const page = await context.newPage();
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type()) && !/WebSocket|ERR_|Failed to load resource/.test(message.text()))
			complaints.push(message.text());
	});
	await page.goto(`http://127.0.0.1:${site.port}${path}`);
	return page;
}

function asDocumented(room: string): string {
	return documented.replaceAll("https://chat.example.com", house.url).replaceAll("/rooms/maths", `/rooms/${room}`);
}

function frame(room: string, query: string): string {
	return `<iframe title="${query}" src="${house.url}/rooms/${room}?${query}" style="width: 400px; height: 600px; border: 0"></iframe>`;
}

function heard(page: Page, type: string): Promise<{ type: string; [field: string]: unknown }[]> {
	return page.evaluate((type) => (globalThis as unknown as { heard: { type: string }[] }).heard.filter((said) => said.type === type), type);
}

function speaksAs(within: FrameLocator, name: string): Promise<void> {
	return until(async () => {
		const shown = within.locator("hubbub-composer .identity .name");
		return (await shown.count()) === 1 && (await words(shown)) === name;
	});
}

async function say(within: FrameLocator, text: string): Promise<void> {
	await within.locator("hubbub-composer textarea").fill(text);
	await within.locator("hubbub-composer textarea").press("Enter");
	await within.locator(".message:not(.sending) .text", { hasText: text }).waitFor();
}

async function roomNow(room: string): Promise<{ viewers: number }> {
	return (await fetch(`${house.url}/api/v1/rooms/${room}`, { headers: { authorization: `Bearer ${operatorKey}` } })).json();
}

async function closeToGuests(room: string): Promise<void> {
	const headers = { authorization: `Bearer ${operatorKey}` };
	await fetch(`${house.url}/api/v1/rooms/${room}`, { method: "PUT", headers, body: '{"guests":false}' });
}

describe("a frame that the page around it signs in", () => {
	test("[AUTH-1] as documented comes in as whoever the site says, into a room without guests, and was never anybody else", async () => {
		await closeToGuests("members");
		tokenOfViewer = () => tokenOf({ sub: "u-1", name: "Ana" });
		const page = await open("/documented", asDocumented("members"));
		const chat = page.frameLocator("iframe");
		await speaksAs(chat, "Ana");
		await say(chat, "by the front door");
		await until(async () => (await heard(page, "hubbub:signed-in")).length > 0);
		expect(await heard(page, "hubbub:ready")).toEqual([{ type: "hubbub:ready", room: "members" }]);
		expect(await heard(page, "hubbub:signed-in")).toMatchObject([{ user: { id: "u-1", name: "Ana", roles: ["member"] } }]);
		expect(await heard(page, "hubbub:token-wanted")).toEqual([]);
		const storage = await page.frames()[1]?.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage), location.href]);
		expect(JSON.stringify(storage)).not.toMatch(/guest|hubbub\.token|eyJ/);
	});

	test("is told why a token was not taken, and stays who the reader was, with the discussion", async () => {
		await sayAsOperator(house, "refused", "here before");
		tokenOfViewer = () => tokenOf({ sub: "u-1", name: "Ana", exp: 1 });
		const page = await open("/refused", asDocumented("refused"));
		const chat = page.frameLocator("iframe");
		await chat.locator(".message", { hasText: "here before" }).waitFor();
		// The page around the frame is another process, and hears of it when it comes to it.
		await until(async () => (await heard(page, "hubbub:refused")).length > 0);
		const [refused] = await heard(page, "hubbub:refused");
		expect(refused).toMatchObject({ code: "unauthorized", message: expect.stringContaining("exp") });
		await say(chat, "as a guest");
		const send = (message: object) =>
			page.evaluate(([message, origin]) => frames[0]?.postMessage(message, origin as string), [message, house.url] as const);
		await send({ type: "hubbub:sign-in", token: tokenOf({ sub: "u-2", name: "阿明", roles: { refused: ["moderator"] } }) });
		await speaksAs(chat, "阿明");
		await chat.locator(".message", { hasText: "as a guest" }).waitFor();
		await send({ type: "hubbub:sign-out" });
		await until(async () => (await heard(page, "hubbub:signed-out")).length === 1);
		await until(async () => (await chat.locator("hubbub-composer .rename").count()) === 1);
		expect(await chat.locator(".message", { hasText: "here before" }).count()).toBe(1);
	});

	test("asks for another token before one runs out, and goes on under it: what is being written and said stays", async () => {
		let issued = 0;
		tokenOfViewer = () => tokenOf({ sub: "u-1", name: "Ana" }, issued++ === 0 ? 20 : 600);
		const page = await open("/renewed", asDocumented("renewed"));
		const chat = page.frameLocator("iframe");
		await speaksAs(chat, "Ana");
		await chat.locator("hubbub-composer textarea").fill("half a sentence");
		await until(async () => (await heard(page, "hubbub:signed-in")).length === 2);
		expect((await heard(page, "hubbub:token-wanted")).map(({ reason }) => reason)).toEqual(["expiring"]);
		// The server ends what the first token began, and the frame comes back with the second.
		await until(async () => /hubbub_closes_total\{code="unauthorized"\} [1-9]/.test(await (await fetch(`${house.url}/metrics`)).text()));
		await until(async () => (await roomNow("renewed")).viewers === 1);
		expect(await chat.locator("hubbub-composer textarea").inputValue()).toBe("half a sentence");
		await say(chat, "still Ana");
		expect(await words(chat.locator(".message .name").last())).toBe("Ana");
		expect(issued).toBe(2);
	});

	test("listens to that page alone, not to a frame beside it", async () => {
		tokenOfViewer = () => "";
		const intruder = `<iframe title="intruder" srcdoc="<script>setInterval(() => parent.frames[0].postMessage({ type: 'hubbub:sign-in', token: '${tokenOf({ sub: "evil", name: "Evil" })}' }, '*'), 20)</script>"></iframe>`;
		const page = await open("/intruder", `${frame("alone", "embed=chat")}${intruder}`);
		const chat = page.frameLocator("iframe").first();
		await say(chat, "one");
		await say(chat, "two");
		expect(await heard(page, "hubbub:signed-in")).toEqual([]);
		expect(await chat.locator("hubbub-composer .rename").count()).toBe(1);
	});
});

describe("a frame with a token in its address", () => {
	test("takes it out of the address before anything is drawn, is signed in by it, and still is after a reload", async () => {
		await closeToGuests("by-address");
		const token = tokenOf({ sub: "u-3", name: "はな" });
		const page = await open("/by-address", frame("by-address", `embed=chat#token=${token}&other=1`));
		const chat = page.frameLocator("iframe");
		await speaksAs(chat, "はな");
		const inside = page.frames()[1] as NonNullable<ReturnType<Page["frames"]>[number]>;
		expect(await inside.evaluate(() => location.href)).toBe(`${house.url}/rooms/by-address?embed=chat#other=1`);
		const named = await inside.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
		expect(named.filter((name) => name.includes(token))).toEqual([]);
		// Not within what is evaluated, which the new page would cut off; and the old page is not to be taken for the new one.
		await inside.evaluate(() => {
			Object.assign(globalThis, { isOld: true });
			setTimeout(() => location.reload());
		});
		await until(() => inside.evaluate(() => !("isOld" in globalThis)).catch(() => false));
		await speaksAs(chat, "はな");
		await say(chat, "again");
		await page.goto(`${house.url}/rooms/by-address`);
		await page.locator("hubbub-room .closed", { hasText: "signed in" }).waitFor();
	});
});

describe("a chat and a stage frame on one page", () => {
	const both = (room: string, more = "") => `${frame(room, `embed=chat${more}`)}${frame(room, `embed=stage${more}`)}`;

	test("[FAN-11] are one guest at their very first visit", async () => {
		const page = await open("/two", both("two"));
		await page.frameLocator("iframe").first().locator("hubbub-composer textarea").waitFor();
		await page.frameLocator("iframe").last().locator("hubbub-stage .idle.open").waitFor();
		expect(await roomNow("two")).toMatchObject({ viewers: 1 });
		await page.reload();
		await page.frameLocator("iframe").last().locator("hubbub-stage .idle.open").waitFor();
		await until(async () => (await roomNow("two")).viewers === 1);
	});

	test("[FAN-11] are one person when the page signs both in, and when somebody signs in by hand in one of them", async () => {
		tokenOfViewer = () => tokenOf({ sub: "u-4", name: "Ana" });
		const script = asDocumented("pair").replace(/<iframe[\s\S]*/, "");
		const page = await open("/pair", script + both("pair", "&sign-in=host"));
		const chat = page.frameLocator("iframe").first();
		await speaksAs(chat, "Ana");
		await until(async () => (await heard(page, "hubbub:signed-in")).length === 2);
		await page.frameLocator("iframe").last().locator("hubbub-stage .idle.open").waitFor();
		expect(await roomNow("pair")).toMatchObject({ viewers: 1 });

		const plain = await open("/by-hand", both("by-hand"));
		const own = plain.frameLocator("iframe").first();
		await own.locator("hubbub-composer textarea").waitFor();
		await own.getByRole("button", { name: "Menu" }).click();
		await own.getByRole("button", { name: "Sign in" }).click();
		await own.getByLabel("Key or token").fill(tokenOf({ sub: "u-5", name: "Eva" }));
		await own.locator("hubbub-sign-in-form .button").click();
		await speaksAs(own, "Eva");
		await until(async () => (await roomNow("by-hand")).viewers === 1);
	});
});
