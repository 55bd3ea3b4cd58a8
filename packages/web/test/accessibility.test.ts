import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { argued, audit, type Remark } from "./axe.ts";
import { goOffline, type House, openBrowser, openHouse, operatorKey, sayAsOperator, testMs, until } from "./browser.ts";

setDefaultTimeout(testMs);

let house: House;
let browser: Browser;
const pages: Page[] = [];
/** What axe said since the test began, with the state in which it did. */
const wrong: string[] = [];
const unargued: string[] = [];

beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse({ HUBBUB_LAB: "on" }), openBrowser()]);
});

afterEach(async () => {
	await Promise.all(pages.splice(0).map((page) => page.context().close()));
	const said = { wrong: wrong.splice(0), unargued: unargued.splice(0) };
	expect(said).toEqual({ wrong: [], unargued: [] });
});

afterAll(async () => {
	await browser.close();
	await house.stop();
});

const devices = {
	desktop: { viewport: { width: 1_440, height: 900 }, locale: "en" },
	"a phone upright": { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: "zh-CN" },
	"a phone on its side": { viewport: { width: 844, height: 390 }, hasTouch: true, isMobile: true, locale: "ja" },
	"a desktop at 200 %": { viewport: { width: 720, height: 450 }, locale: "zh-TW" },
} as const satisfies Record<string, BrowserContextOptions>;
type Device = keyof typeof devices;

/** Opens a page of the house, or one by its whole address. */
async function open(address: string, device: Device = "desktop", prepare?: (page: Page) => Promise<unknown>): Promise<Page> {
	// Nothing flies, and no colour goes over into another, so that what is asked about does not depend on the moment.
	const context = await browser.newContext({ ...devices[device], reducedMotion: "reduce" });
	const page = await context.newPage();
	pages.push(page);
	await prepare?.(page);
	await page.goto(new URL(address, house.url).href);
	return page;
}

/** A room's page, once it can be written in. */
async function enter(room: string, device: Device = "desktop"): Promise<Page> {
	const page = await open(`/rooms/${room}`, device);
	if (device === "a phone on its side") {
		// There the discussion waits until it is asked for.
		await page.locator("hubbub-stage").waitFor();
		await look(page, "the stage alone");
		await page.keyboard.press("h");
	}
	await page.locator("hubbub-composer textarea").waitFor();
	return page;
}

/** The ways of seeing that readers choose, and what axe is asked in each: only colours differ from one theme to the other. */
const ways = {
	light: [{ colorScheme: "light" }, "everything"],
	dark: [{ colorScheme: "dark" }, "colors"],
	"forced colours": [{ forcedColors: "active" }, "all but colors"],
} as const;

/** Asks axe about a state in both themes, or in other ways too. */
async function look(page: Page, state: string, inWays: readonly (keyof typeof ways)[] = ["light", "dark"]): Promise<void> {
	for (const way of inWays) {
		const [seen, asked] = ways[way];
		await page.emulateMedia({ colorScheme: "light", forcedColors: "none", ...seen });
		const { violations, incomplete } = await audit(page, asked);
		const words = ({ rule, where, why }: Remark) => `${state}, ${way}: ${rule} · ${where} · ${why}`;
		wrong.push(...violations.map(words));
		unargued.push(...incomplete.filter((remark) => !argued(remark)).map(words));
	}
	await page.emulateMedia({ colorScheme: "light", forcedColors: "none" });
}

const everyWay = Object.keys(ways) as (keyof typeof ways)[];

async function press(page: Page, selector: string): Promise<void> {
	await page.locator(selector).click();
}

async function changeRoom(room: string, settings: object): Promise<void> {
	const response = await fetch(`${house.url}/api/v1/rooms/${room}`, {
		method: "PUT",
		headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
		body: JSON.stringify(settings),
	});
	expect(response.status).toBe(200);
}

async function say(page: Page, text: string): Promise<void> {
	await page.locator("hubbub-composer textarea").fill(text);
	await page.keyboard.press("Enter");
	await page.locator(".message:not(.sending) .text", { hasText: text }).first().waitFor();
}

const menuButton = "hubbub-room .anchor > .tool";
const note = "hubbub-composer #note .note";

describe("axe finds nothing wrong with", () => {
	test.each(Object.keys(devices) as Device[])("a room, its cards and its dialogs on %s", async (device) => {
		const room = `walk-${Object.keys(devices).indexOf(device)}`;
		const page = await enter(room, device);
		await look(page, "empty");
		await say(page, "see https://example.com/first");
		await sayAsOperator(house, room, "welcome, everybody");
		await page.locator(".message .text", { hasText: "welcome" }).waitFor();
		await look(page, "a few messages", everyWay);
		await page.locator(".message").first().focus();
		await look(page, "a message with its tools");
		await press(page, menuButton);
		await page.locator("hubbub-menu").waitFor();
		await look(page, "menu", everyWay);
		await press(page, "hubbub-menu .item >> nth=0");
		await page.locator("hubbub-shortcuts dialog[open]").waitFor();
		await look(page, "keys");
		await page.keyboard.press("Escape");
		await press(page, menuButton);
		await press(page, "hubbub-menu .item >> nth=1");
		await page.locator("hubbub-sign-in dialog[open]").waitFor();
		await look(page, "signing in");
		await page.locator("hubbub-sign-in-form input").fill("not the key");
		await page.keyboard.press("Enter");
		await page.locator("hubbub-sign-in-form .wrong").waitFor();
		await look(page, "a wrong key");
		await page.locator("hubbub-sign-in-form input").fill(operatorKey);
		await page.keyboard.press("Enter");
		await page.locator("hubbub-sign-in dialog[open]").waitFor({ state: "detached" });
		await page.locator("hubbub-composer .identity .name", { hasText: "operator" }).waitFor();
		await press(page, menuButton);
		await page.locator("hubbub-menu").waitFor();
		await look(page, "the host's menu");
		await press(page, "hubbub-menu .item >> nth=0");
		await page.locator("hubbub-room-settings dialog[open]").waitFor();
		await look(page, "the room's settings", everyWay);
		await page.keyboard.press("Escape");
		await press(page, menuButton);
		await press(page, "hubbub-menu .item >> nth=1");
		await page.locator("hubbub-pin-form dialog[open]").waitFor();
		await look(page, "pinning a line", everyWay);
		await page.locator("hubbub-pin-form input").fill("the slides: https://example.com/slides");
		await page.keyboard.press("Enter");
		await page.locator("hubbub-pin .line").waitFor();
		await look(page, "a pin", everyWay);
		await press(page, "hubbub-pin .line");
		await look(page, "a pin that is open");
		await press(page, "hubbub-composer .style");
		await page.locator("hubbub-danmaku-style").waitFor();
		await look(page, "the style of a message", everyWay);
		await page.keyboard.press("Escape");
		await page.locator("hubbub-stage .bar button[aria-expanded]").focus();
		await page.keyboard.press("Enter");
		await page.locator("hubbub-danmaku-panel").waitFor();
		await look(page, "danmaku settings", everyWay);
		await page.keyboard.press("Escape");
		await press(page, "hubbub-connection .pill");
		await page.locator("hubbub-connection-card").waitFor();
		await look(page, "the connection");
		await page.keyboard.press("Escape");
		await page.locator(".message").last().focus();
		await page.keyboard.press("r");
		await page.locator("hubbub-composer .answering").waitFor();
		await page.locator("hubbub-composer textarea").fill("x".repeat(495));
		await look(page, "a reply, near the limit");
		await goOffline(page);
		await page.locator("hubbub-connection .pill.bad").waitFor();
		await look(page, "offline");
	});

	test.each(["desktop", "a phone upright"] as const)("a full room on %s: every role, hue, fold, repeat, reply and fate", async (device) => {
		const room = `full-${Object.keys(devices).indexOf(device)}`;
		for (let at = 0; at < 24; at++) await guestSays(room, `guest ${at}`, `line ${at} ${"of some length ".repeat(at % 4)}`);
		for (let at = 0; at < 3; at++) await guestSays(room, `crowd ${at}`, "here we go");
		await guestSays(room, "long", "a long story, ".repeat(34));
		const page = await enter(room, device);
		await until(async () => (await page.locator(".message").count()) > 20);
		await say(page, "mine");
		await page.locator(".message", { hasText: "line 20" }).focus();
		await page.keyboard.press("r");
		await say(page, "an answer");
		await page.locator(".message .quote").waitFor();
		await changeRoom(room, { title: "A room that is full", slowModeSeconds: 5 });
		await page.locator(".notice.settings").waitFor();
		await look(page, "full");
		await page.locator("hubbub-messages .scroller").evaluate((scroller) => {
			scroller.scrollTop = 0;
		});
		await page.locator("hubbub-messages .newest").waitFor();
		await look(page, "reading back");
	});

	test("what the box says: slow mode, too long, hosts only, members only, closed to guests", async () => {
		const page = await enter("the-box");
		await press(page, "hubbub-composer .rename");
		await look(page, "another name");
		await page.keyboard.press("Escape");
		await changeRoom("the-box", { slowModeSeconds: 300, textGraphemesMax: 20 });
		await page.locator(note).waitFor();
		await say(page, "slow");
		await page.locator("hubbub-composer .send.waiting").waitFor();
		await look(page, "slow mode");
		await page.locator("hubbub-composer textarea").fill("far more than twenty letters");
		await page.locator(`${note}.bad`).waitFor();
		await look(page, "too long");
		await changeRoom("the-box", { write: "members" });
		await page.locator("hubbub-composer .actions .button").first().waitFor();
		await look(page, "members only, with a draft");
		await page.locator("hubbub-composer textarea").fill("");
		await page.locator("hubbub-composer textarea").blur();
		await page.locator("hubbub-composer .notes.alone").waitFor();
		await look(page, "members only");
		await changeRoom("the-box", { write: "staff" });
		await page.locator("hubbub-composer .actions").waitFor({ state: "detached" });
		await look(page, "hosts only");
		await changeRoom("the-box", { guests: false });
		await page.locator("hubbub-composer .actions .button").first().waitFor();
		await look(page, "closed to guests, readable");
		await page.reload();
		await page.locator("hubbub-room .closed").waitFor();
		await look(page, "closed to guests");
	});

	test("a room that is entered, and one that lets nobody in, for every reason there is", async () => {
		const entering = await open("/rooms/entering", "desktop", (page) => page.routeWebSocket(/./, () => {}));
		await entering.locator("hubbub-room .entering").waitFor();
		await look(entering, "entering");
		for (const code of ["room_not_found", "guests_not_allowed", "unauthorized", "banned", "too_many_rooms"]) {
			const refused = await open(`/rooms/shut-${code.replaceAll("_", "-")}`, "a phone upright", (page) =>
				page.routeWebSocket(/./, (socket) => {
					socket.onMessage((hello) => {
						const { rooms } = JSON.parse(String(hello)) as { rooms?: { room: string }[] };
						socket.send(JSON.stringify(welcome));
						socket.send(JSON.stringify({ type: "reject", room: rooms?.[0]?.room, code, message: "Not now." }));
					});
				}),
			);
			await refused.locator("hubbub-room .closed").waitFor();
			await look(refused, `closed: ${code}`);
			await refused.context().close();
		}
		const full = await open("/rooms/full", "a phone upright", (page) =>
			page.routeWebSocket(/./, (socket) => {
				socket.send(JSON.stringify({ type: "bye", code: "overloaded", message: "Full.", reconnectAfterMs: 60_000 }));
				void socket.close({ code: 4103 });
			}),
		);
		await full.locator("hubbub-room .closed").waitFor();
		await look(full, "the house is full");
		const lost = await open("/rooms/lost", "desktop", (page) =>
			page.routeWebSocket(/./, (socket) => {
				socket.send(JSON.stringify({ type: "bye", code: "unauthorized", message: "Expired." }));
				void socket.close({ code: 4001 });
			}),
		);
		await lost.locator("hubbub-room .closed").waitFor();
		await look(lost, "a sign-in that is no longer valid");
	});

	test.each(["desktop", "a phone upright"] as const)("a room with a stream on %s: playing, and broken", async (device) => {
		const room = `stream-${Object.keys(devices).indexOf(device)}`;
		await changeRoom(room, { title: "With a stream", streamUrl: "/sample.webm" });
		const page = await enter(room, device);
		await until(() => page.locator("hubbub-stage video").evaluate((video: HTMLVideoElement) => video.currentTime > 0));
		await say(page, "over the picture");
		await look(page, "playing");
		await changeRoom(room, { streamUrl: "/not-there.webm" });
		await page.locator("hubbub-stage .call .button").waitFor();
		await look(page, "broken");
	});

	test.each(["chat", "stage", "both"])("an embed of %s", async (frame) => {
		for (const device of ["desktop", "a phone upright"] as const) {
			const page = await open(`/rooms/embedded?embed=${frame}`, device);
			await page.locator(frame === "stage" ? "hubbub-stage .bar" : "hubbub-composer textarea").waitFor();
			await look(page, `${frame} on ${device}`);
		}
	});

	test("the lab, in both its languages", async () => {
		for (const device of ["desktop", "a phone upright"] as const) {
			const page = await open("/lab", device);
			await page.locator("hubbub-lanes").waitFor();
			await look(page, `lab on ${device}`);
		}
	});

	test("the page that sets a server up, with its token, without one, and afterwards", async () => {
		const fresh = await openHouse({ HUBBUB_ADMIN_KEY: "" });
		for (const [state, address] of [
			["with a token", `${fresh.url}/setup#${fresh.running.setUpToken}`],
			["without a token", `${fresh.url}/setup`],
			["already set up", `${house.url}/setup#spent`],
		] as const) {
			const page = await open(address, "a phone upright");
			await page.locator("hubbub-setup h1").waitFor();
			await look(page, state);
		}
		await fresh.stop();
	});

	test("the page that says why a server does not answer to a name", async () => {
		const html = await asEvil(Number(new URL(house.url).port));
		expect(html).toContain("evil.example");
		const page = await open("/favicon.svg");
		await page.goto("about:blank");
		await page.setContent(html);
		await look(page, "not this name");
	});
});

/** As a server greets somebody whom it then lets into no room. */
const welcome = {
	...{ type: "welcome", session: "s", user: { id: "u", name: "Guest 1", roles: ["guest"] }, heartbeatMs: 30_000, now: Date.now() },
	limits: { frameBytesMax: 65_536, textGraphemesMax: 500, roomsPerConnectionMax: 32 },
};

/** What the server answers a browser that calls it by a name which is not its own. */
async function asEvil(port: number): Promise<string> {
	const socket = connect(port, "127.0.0.1");
	socket.write("GET / HTTP/1.1\r\nHost: evil.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
	const answer = await text(socket);
	return answer.slice(answer.indexOf("<!doctype"));
}

let said = 0;
/** Somebody says something over HTTP, a guest of their own each. */
async function guestSays(room: string, name: string, text: string): Promise<void> {
	const hello = await fetch(`${house.url}/frames`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ type: "hello", name }),
	});
	const { token } = (await hello.json()) as { token: string };
	const response = await fetch(`${house.url}/rooms/${room}/messages`, {
		method: "POST",
		headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
		body: JSON.stringify({ key: `said-${said++}`, text }),
	});
	expect(response.status).toBe(201);
}
