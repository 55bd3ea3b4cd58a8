import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHash } from "node:crypto";
import type { Browser, Locator, Page } from "playwright-core";
import { comesToBe, type House, openBrowser, openHouse, operatorKey, testMs, until } from "./browser.ts";

setDefaultTimeout(testMs);

const lanes = ["websocket", "event-stream", "long-poll", "short-poll"];
let house: House;
let browser: Browser;

beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse({ HUBBUB_DATA: "memory", HUBBUB_RATE_LIMIT: "5/5s" }), openBrowser()]);
});

afterAll(async () => {
	await browser.close();
	await house.stop();
});

/** Opens the lab in a context of its own, runs `look`, and expects that the page complained about nothing. */
async function inLab(query: string, look: (page: Page) => Promise<void>): Promise<void> {
	const context = await browser.newContext({ viewport: { width: 1_440, height: 900 }, locale: "en" });
	const complaints: string[] = [];
	try {
		const page = await context.newPage();
		page.on("pageerror", (error) => complaints.push(String(error)));
		page.on("console", (message) => {
			// A refusal with a status of its own is reported by the browser itself.
			if (["error", "warning"].includes(message.type()) && !/Failed to load resource/.test(message.text())) complaints.push(message.text());
		});
		await page.goto(`${house.url}/lab${query}`);
		await look(page);
	} finally {
		await context.close();
	}
	expect(complaints).toEqual([]);
}

describe("the wire", () => {
	const open = async (page: Page) => {
		await page.locator("hubbub-wire .button.open").click();
		await page.locator("hubbub-wire .group.send .button:enabled").waitFor();
		// The browser's own socket is slower to open than the bytes beside it.
		await page.locator("hubbub-wire .own .heard-open").waitFor();
	};

	test("shows how the accept follows from the key, and that the server gave it", () =>
		inLab("", async (page) => {
			await open(page);
			const facts = await page.locator("hubbub-wire .proof dd").allTextContents();
			const [key = "", guid = "", digest = "", expected = "", answered = ""] = facts;
			const sha1 = createHash("sha1").update(key + guid);
			expect(atob(key)).toHaveLength(16);
			expect(digest.replaceAll(" ", "")).toBe(sha1.copy().digest("hex"));
			expect(expected).toBe(sha1.digest("base64"));
			expect(answered).toBe(expected);
			expect(await page.locator("hubbub-wire .proof .verdict.yes").count()).toBe(1);
			// The key and the accept stand in the heads too, which can be opened.
			const heads = page.locator("hubbub-wire .rung.head");
			await heads.first().locator("summary").click();
			await heads.first().getByText(`Sec-WebSocket-Key: ${key}`).waitFor();
			await heads.last().locator("summary").click();
			await heads.last().getByText(expected).waitFor();
		}));

	test("frames of 5, 300 and 70,000 bytes have headers of 2, 4 and 10 bytes from the server, and 4 more from the client", () =>
		inLab("", async (page) => {
			await open(page);
			await page.locator("hubbub-wire .kind").nth(1).click();
			const frames = page.locator("hubbub-wire .rung.frame");
			for (const [index, bytes] of [5, 300, 70_000].entries()) {
				await page.locator("hubbub-wire .field.bytes").selectOption(String(bytes));
				await page.locator("hubbub-wire .group.send .button").click();
				await until(async () => (await frames.count()) === 2 * (index + 1));
			}
			const of = (side: string, part: string) => page.locator(`hubbub-wire .rung.frame.from-${side} .${part}`).allTextContents();
			expect(await of("client", "header-bytes")).toEqual(["6", "8", "14"]);
			expect(await of("server", "header-bytes")).toEqual(["2", "4", "10"]);
			expect(await of("client", "payload-bytes")).toEqual(["5", "300", "70,000"]);
			expect(await of("server", "payload-bytes")).toEqual(["5", "300", "70,000"]);
			// The browser's own socket had the same messages back, and says how much of the last had to wait.
			await page.locator("hubbub-wire .own .heard-message").nth(2).waitFor();
			await page.getByText("ArrayBuffer(70,000)").waitFor();
			expect(await page.locator("hubbub-wire .own .heard-sent").last().textContent()).toContain("bufferedAmount 70,000");
		}));

	test("a frame's bytes are coloured by field, and its mask comes off", () =>
		inLab("", async (page) => {
			await open(page);
			await page.locator("hubbub-wire .field.text").fill("Hello");
			await page.locator("hubbub-wire .group.send .button").click();
			await page.locator("hubbub-wire .rung.frame").nth(1).waitFor();
			const sent = page.locator("hubbub-wire .rung.frame.from-client");
			const bytes = (field: string) => sent.locator(`.under .hex .${field}`).allTextContents();
			expect(await bytes("flags")).toEqual(["81"]);
			expect(await bytes("length")).toEqual(["85"]);
			const mask = (await bytes("mask")).map((byte) => Number.parseInt(byte, 16));
			expect(mask).toHaveLength(4);
			const plain = (await bytes("payload")).map((byte, index) => Number.parseInt(byte, 16) ^ (mask[index % 4] as number));
			expect(String.fromCharCode(...plain)).toBe("Hello");
			await sent.locator("summary").click();
			expect((await sent.locator(".unmask .plain b").allTextContents()).map((byte) => Number.parseInt(byte, 16))).toEqual(plain);
			expect(await sent.locator(".bits .cells").allTextContents()).toEqual(["1", "000", "0001", "1", "0000101"]);
		}));

	test("a ping is answered by a pong that the page beside never hears of", () =>
		inLab("", async (page) => {
			await open(page);
			await page.locator("hubbub-wire .button.ping").click();
			await page.locator("hubbub-wire .rung.frame").nth(1).waitFor();
			expect(await page.locator("hubbub-wire .rung.frame .name").allTextContents()).toEqual(["ping", "pong"]);
			expect(await page.locator("hubbub-wire .rung.frame .header-bytes").allTextContents()).toEqual(["6", "2"]);
			expect(await page.locator("hubbub-wire .own .heard-message").count()).toBe(0);
		}));

	test("closing goes by a close frame each way to CLOSED, with the code and the reason", () =>
		inLab("", async (page) => {
			await open(page);
			await page.locator("hubbub-wire .field.reason").fill("good night");
			await page.locator("hubbub-wire .leave .button").click();
			await page.locator("hubbub-wire .wire-states.at-3").waitFor();
			const closers = page.locator("hubbub-wire .rung.frame", { has: page.locator(".name", { hasText: "close" }) });
			expect(await closers.locator(".words").allTextContents()).toEqual(["code 1000 · “good night”", "code 1000 · “good night”"]);
			const states = await page.locator("hubbub-wire .rung .state-mark").allTextContents();
			expect(states).toEqual(["CONNECTING", "OPEN", "CLOSING", "CLOSED"]);
			expect(await page.locator("hubbub-wire .wire-states [aria-current]").textContent()).toBe("CLOSED");
			await page.locator("hubbub-wire .own .heard-close").waitFor();
			expect(await page.locator("hubbub-wire .own .heard-close").textContent()).toContain("1000 “good night” · clean");
		}));

	test("a page may not close with every code, and a dropped connection ends without a close frame", () =>
		inLab("", async (page) => {
			await open(page);
			await page.locator("hubbub-wire .field.code").selectOption("1001");
			await page.locator("hubbub-wire .leave .button").click();
			await page.locator("hubbub-wire .own .heard-exception").waitFor();
			await page.locator("hubbub-wire .button.open:enabled").click();
			await page.locator("hubbub-wire .button.drop:enabled").click();
			await page.locator("hubbub-wire .wire-states.at-3").waitFor();
			expect(await page.locator("hubbub-wire .rung.frame").count()).toBe(0);
			await page.getByText("cut without a close frame").waitFor();
		}));
});

describe("four ways into one room", () => {
	const lane = (page: Page, name: string): Locator => page.locator(`hubbub-lanes [data-lane="${name}"]`);
	const count = async (page: Page, name: string, what: string) =>
		Number((await lane(page, name).locator(`.counts .${what} dd`).textContent())?.replaceAll(",", ""));
	const counts = (page: Page, what: string) => Promise.all(lanes.map((name) => count(page, name, what)));

	test("ten messages are seen once on each lane, and a lane that was cut comes back whole", () =>
		inLab("?room=four-ways", async (page) => {
			await page.locator("hubbub-lanes .button.ten:enabled").click();
			for (const name of lanes) await until(async () => (await count(page, name, "seen")) === 10);
			expect(await counts(page, "missed")).toEqual([0, 0, 0, 0]);
			expect(await counts(page, "doubled")).toEqual([0, 0, 0, 0]);
			expect(await lane(page, "websocket").locator(".strip .said").count()).toBe(10);

			for (const cut of lanes) {
				const before = await count(page, cut, "seen");
				await lane(page, cut).locator(".toggle").click();
				await lane(page, cut).locator('.toggle[aria-pressed="true"]').waitFor();
				await page.locator("hubbub-lanes .say .field").fill(`while ${cut} is cut`);
				await page.locator("hubbub-lanes .say .button").first().click();
				for (const name of lanes) if (name !== cut) await until(async () => (await count(page, name, "seen")) === before + 1);
				expect(await count(page, cut, "seen")).toBe(before);
				await lane(page, cut).locator(".toggle").click();
				await until(async () => (await count(page, cut, "seen")) === before + 1);
				await comesToBe(() => lane(page, cut).locator(".notes").textContent(), "1 made up for after the cut");
			}
			expect(await counts(page, "seen")).toEqual([14, 14, 14, 14]);
			expect(await counts(page, "missed")).toEqual([0, 0, 0, 0]);
			expect(await counts(page, "doubled")).toEqual([0, 0, 0, 0]);
		}));

	test("a WebSocket and a stream are one request, while polls are many and cost more", () =>
		inLab("?room=costs", async (page) => {
			await until(async () => (await count(page, "short-poll", "requests")) >= 3);
			for (const [index, text] of ["one", "two", "three"].entries()) {
				await page.locator("hubbub-lanes .say .field").fill(text);
				await page.locator("hubbub-lanes .say .button").first().click();
				for (const name of lanes) await until(async () => (await count(page, name, "seen")) === index + 1);
			}
			// The next long poll is on its way a moment after the last one has brought its message.
			await until(async () => (await count(page, "long-poll", "requests")) >= 4);
			const [websocket, stream, , shortPoll] = await counts(page, "requests");
			expect([websocket, stream]).toEqual([1, 1]);
			expect(shortPoll).toBeGreaterThan(4);
			const title = await lane(page, "long-poll").locator(".counts .up").getAttribute("title");
			expect(title).toContain("0 B in bodies and frames");
		}));

	test("a text is shown as text, a refused one stays in the box with its code", () =>
		inLab("?room=plain", async (page) => {
			const box = page.locator("hubbub-lanes .say .field");
			await box.fill("<img src=x onerror=alert(1)>");
			await page.locator("hubbub-lanes .say .button:enabled").first().click();
			await lane(page, "websocket").locator(".latest", { hasText: "<img src=x" }).waitFor();
			expect(await page.locator("hubbub-lanes img").count()).toBe(0);
			expect(await box.inputValue()).toBe("");

			const closed = await fetch(`${house.url}/api/v1/rooms/plain`, {
				method: "PUT",
				headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
				body: JSON.stringify({ write: "staff" }),
			});
			expect(closed.status).toBe(200);
			await box.fill("not for guests");
			await page.locator("hubbub-lanes .say .button:enabled").first().click();
			await page.getByText("The last one was refused: read_only").waitFor();
			expect(await box.inputValue()).toBe("not for guests");
		}));

	test("a room that cannot be is refused in words", async () => {
		const context = await browser.newContext({ locale: "zh-CN" });
		const page = await context.newPage();
		await page.goto(`${house.url}/lab?room=${encodeURIComponent("NOT A ROOM")}`);
		await page.getByText("进不了房间：room_not_found").waitFor();
		expect(await page.evaluate(() => document.documentElement.lang)).toBe("zh-CN");
		await context.close();
	});
});
