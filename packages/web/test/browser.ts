import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { type RunningServer, serve } from "../../server/src/server.ts";
import { configure } from "../../server/src/settings/configure.ts";
import { build } from "../build.ts";

export const operatorKey = "the-operators-own-key";

/** The real server with the real pages, built into a folder of its own, on a free port. */
export interface House {
	readonly url: string;
	/** The one-time set-up token's address, where no key was given. */
	readonly running: RunningServer;
	stop(): Promise<void>;
}

/** Starts one. Variables go over the defaults: no rate limit, the operator's key above. */
export async function openHouse(variables: Record<string, string> = {}): Promise<House> {
	const folder = await mkdtemp(join(tmpdir(), "hubbub-web-"));
	const pages = join(folder, "pages");
	await build(pages);
	const configured = configure([], {
		HUBBUB_PORT: "0",
		HUBBUB_DATA: join(folder, "data"),
		HUBBUB_ADMIN_KEY: operatorKey,
		HUBBUB_LOG_LEVEL: "silent",
		HUBBUB_RATE_LIMIT: "off",
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

export function openBrowser(): Promise<Browser> {
	return chromium.launch({
		executablePath: process.env.HUBBUB_CHROMIUM ?? "/usr/bin/chromium",
		// A page that a test hands over itself counts as foreign to this machine, and could not reach the server here.
		args: [
			"--disable-features=LocalNetworkAccessChecks",
			"--no-sandbox",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
			"--disable-gpu",
			"--no-first-run",
		],
	});
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

/** Opens an address in a fresh browser context; waits until the discussion can be written in. */
export async function visit(browser: Browser, address: string, options: BrowserContextOptions = {}): Promise<Viewer> {
	const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, locale: "en", ...options });
	const page = await context.newPage();
	page.setDefaultTimeout(15_000);
	const complaints: string[] = [];
	page.on("pageerror", (error) => complaints.push(String(error)));
	page.on("console", (message) => {
		// A connection that was cut on purpose is reported by the browser itself.
		if (["error", "warning"].includes(message.type()) && !/WebSocket|ERR_|Failed to load resource/.test(message.text()))
			complaints.push(message.text());
	});
	await page.goto(address);
	const box = page.locator("hubbub-composer textarea");
	await box.waitFor();
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

/** Waits until a condition holds, looking again and again; the test's own time is the only bound. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
	while (!(await holds())) await Bun.sleep(25);
}

/** What an element says. */
export async function words(of: Locator): Promise<string> {
	return ((await of.textContent()) ?? "").trim();
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
