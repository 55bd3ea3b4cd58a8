import { afterAll, afterEach, beforeAll, expect } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { type RunningServer, serve } from "../../server/src/server.ts";
import { configure } from "../../server/src/settings/configure.ts";

export const operatorKey = "the-operators-own-key";

/** The pages as they were built before the tests began: `npm test` sees to that. */
export const built = join(import.meta.dir, "../dist");

/** The real server with the real pages, on a free port. */
export interface House {
	readonly url: string;
	/** The one-time set-up token's address, where no key was given. */
	readonly running: RunningServer;
	stop(): Promise<void>;
}

/**
 * Starts one. Variables go over the defaults: no rate limit, no message left out of the live view, the operator's key above. `pages` is the
 * folder of another build than the usual one.
 */
export async function openHouse(variables: Record<string, string> = {}, pages = built): Promise<House> {
	const folder = await mkdtemp(join(tmpdir(), "hubbub-web-"));
	const configured = configure([], {
		HUBBUB_PORT: "0",
		HUBBUB_DATA: join(folder, "data"),
		HUBBUB_ADMIN_KEY: operatorKey,
		HUBBUB_LOG_LEVEL: "silent",
		HUBBUB_RATE_LIMIT: "off",
		HUBBUB_DELIVERY_BUDGET: "0",
		...variables,
	});
	if (configured.outcome !== "settings") throw new Error(configured.text);
	const running = await serve(configured.settings, { pages });
	return {
		url: running.url,
		running,
		async stop() {
			await running.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** Every page of it is waited for as long as `pageWaitMs` says, whichever way it was opened. */
export async function openBrowser(): Promise<Browser> {
	const browser = await chromium.launch({
		executablePath: process.env.HUBBUB_CHROMIUM ?? "/usr/bin/chromium",
		// A page that a test hands over itself counts as foreign to this machine, and could not reach the server here. And what drops down from the
		// address bar is a page of its own in every window, which nobody sees and which takes a third of the time.
		args: [
			"--disable-features=LocalNetworkAccessChecks,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
			"--no-sandbox",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
			"--disable-gpu",
			"--no-first-run",
		],
	});
	const newContext = browser.newContext.bind(browser);
	browser.newContext = async (options) => {
		const context = await newContext(options);
		context.setDefaultTimeout(pageWaitMs);
		return context;
	};
	return browser;
}

/** Somebody with a browser of their own, in a room. */
export interface Viewer {
	readonly context: BrowserContext;
	readonly page: Page;
	/** What the page complained about: errors, refused scripts, anything in the console that is a warning or worse. */
	readonly complaints: string[];
	/** Writes and sends. */
	say(text: string): Promise<void>;
	/** Texts of the messages shown, top to bottom. */
	texts(): Promise<string[]>;
}

/** Opens an address in a fresh browser context, where `script` runs first of all; waits until the discussion can be written in. */
export async function visit(browser: Browser, address: string, options: BrowserContextOptions = {}, script?: () => void): Promise<Viewer> {
	const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, locale: "en", ...options });
	if (script) await context.addInitScript(script);
	const page = await context.newPage();
	const complaints: string[] = [];
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("console", (message) => {
		// A connection that was cut on purpose is reported by the browser itself.
		if (["error", "warning"].includes(message.type()) && !/WebSocket|ERR_|Failed to load resource/.test(message.text()))
			complaints.push(message.text());
	});
	await page.goto(address);
	const box = page.locator("hubbub-composer textarea");
	// In the document is enough: over the stage of a phone on its side the discussion is shut at first.
	await box.waitFor({ state: "attached" });
	return {
		context,
		page,
		complaints,
		async say(text) {
			await box.fill(text);
			await box.press("Enter");
		},
		texts: () => page.locator("hubbub-messages .message .text").allTextContents(),
	};
}

/** A house and a browser that the tests of one file share, from the first to the last of them. */
export interface SharedHouse {
	readonly house: House;
	readonly browser: Pick<Browser, "newContext">;
	/** Who goes when the test ends, which fails if a page complained about anything. */
	readonly viewers: Viewer[];
	/** Opens a room for one of the `viewers`, as `visit` does. */
	enter(room: string, options?: BrowserContextOptions, query?: string, script?: () => void): Promise<Viewer>;
}

/** To be called once, before any test of the file. */
export function shareHouse(): SharedHouse {
	let opened: { house: House; browser: Browser };
	const viewers: Viewer[] = [];

	beforeAll(async () => {
		const [house, browser] = await Promise.all([openHouse(), openBrowser()]);
		opened = { house, browser };
	});

	afterEach(async () => {
		const complaints = viewers.flatMap((viewer) => viewer.complaints);
		await Promise.all(viewers.splice(0).map((viewer) => viewer.context.close()));
		expect(complaints).toEqual([]);
	});

	afterAll(async () => {
		await opened.browser.close();
		await opened.house.stop();
	});

	return {
		house: {
			get url() {
				return opened.house.url;
			},
			get running() {
				return opened.house.running;
			},
			stop: () => opened.house.stop(),
		},
		viewers,
		browser: { newContext: (options) => opened.browser.newContext(options) },
		async enter(room, options, query = "", script) {
			const viewer = await visit(opened.browser, `${opened.house.url}/rooms/${room}${query}`, options, script);
			viewers.push(viewer);
			return viewer;
		},
	};
}

/**
 * How long a test may take, in it a condition until it holds, and a press or an address until the page has taken it: bounds for what never comes, far from
 * what a busy machine needs. What never comes is named, and its test fails by itself: one that runs out of time takes the browser of those after it along.
 */
export const testMs = 300_000;
const neverMs = 120_000;
export const pageWaitMs = 90_000;

/** Waits until a condition holds, looking again and again. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
	const begunMs = performance.now();
	while (!(await holds())) {
		if (performance.now() - begunMs > neverMs) throw new Error(`This never came to hold: ${holds}`);
		await Bun.sleep(25);
	}
}

/** Asks again and again until the answer is the expected one. In vain, the answer that came last is shown beside it. */
export async function comesToBe<Answer>(ask: () => Promise<Answer>, expected: Answer): Promise<void> {
	let last: Answer | undefined;
	const isThere = async () => {
		last = await ask();
		return Bun.deepEquals(last, expected);
	};
	await until(isThere).catch(() => expect<Answer | undefined>(last).toEqual(expected));
}

/** What an element says. */
export async function words(of: Locator): Promise<string> {
	return ((await of.textContent()) ?? "").trim();
}

/** Takes a page's network away. Not before it is live: a connection that is being opened in that moment is left through by the browser. */
export async function goOffline(page: Page): Promise<void> {
	await page.locator("hubbub-connection .pill.good").first().waitFor();
	await page.context().setOffline(true);
}

/** Says something as the operator, over HTTP. */
export async function sayAsOperator(house: House, room: string, text: string, key: string = crypto.randomUUID()): Promise<void> {
	const response = await fetch(`${house.url}/api/v1/rooms/${room}/messages`, {
		method: "POST",
		headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
		body: JSON.stringify({ key, text }),
	});
	if (response.status !== 201) throw new Error(`The operator could not say it: ${response.status} ${await response.text()}`);
}
