import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, type CDPSession, chromium, type Page } from "playwright-core";
import { NotHere } from "../machine/install.ts";
import { pinned, run } from "../machine/program.ts";
import { type TraceEvent, traceCategories } from "./trace.ts";

/** The two ways the room is laid out. */
export const screens = {
	desktop: { viewport: { width: 1_440, height: 900 } },
	phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const satisfies Record<string, BrowserContextOptions>;

const waitMsMax = 60_000;

/** What the page holds once all that can be freed is freed. */
export interface Held {
	readonly heapBytes: number;
	readonly nodes: number;
	readonly listeners: number;
}

/** Opens the system's Chromium, on all cores: a reader's device draws beside its main thread, too. Throws `NotHere` where there is none. */
export async function openBrowser(): Promise<Browser> {
	const executablePath = process.env.HUBBUB_CHROMIUM ?? "/usr/bin/chromium";
	if (!existsSync(executablePath))
		throw new NotHere("Chromium is needed: install it, or name one in HUBBUB_CHROMIUM, then run this again.");
	const pinTo = (cores: string) => (pinned ? run(["taskset", "-a", "-c", "-p", cores, String(process.pid)]) : null);
	await pinTo("0,1");
	try {
		const args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"];
		return await chromium.launch({ executablePath, args: [...args, "--no-first-run"] });
	} finally {
		await pinTo("1");
	}
}

/** A reader's window on the room. */
export class ReaderWindow {
	readonly #browser: Browser;
	readonly #page: Page;
	readonly #devtools: CDPSession;

	private constructor(browser: Browser, page: Page, devtools: CDPSession) {
		this.#browser = browser;
		this.#page = page;
		this.#devtools = devtools;
	}

	/** Opens the room in a fresh profile and waits until it can be read. */
	static async open(browser: Browser, address: string, screen: keyof typeof screens): Promise<ReaderWindow> {
		const context = await browser.newContext({ locale: "en", ...screens[screen] });
		const page = await context.newPage();
		page.setDefaultTimeout(waitMsMax);
		await page.goto(address);
		await page.locator("hubbub-composer textarea").waitFor({ state: "attached" });
		await page.locator("hubbub-stage .danmaku").waitFor({ state: "attached" });
		await page.evaluate(() => {
			const seen = { shift: 0 };
			Object.assign(window, { seen });
			new PerformanceObserver((list) => {
				for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
					if (!entry.hadRecentInput) seen.shift += entry.value;
			}).observe({ type: "layout-shift" });
		});
		const devtools = await context.newCDPSession(page);
		await devtools.send("Performance.enable");
		return new ReaderWindow(browser, page, devtools);
	}

	close(): Promise<void> {
		return this.#page.context().close();
	}

	/** `rate` 4 is a processor a quarter as fast; 1 is as it is. */
	async slowDown(rate: number): Promise<void> {
		await this.#devtools.send("Emulation.setCPUThrottlingRate", { rate });
	}

	/** Turns danmaku on or off, as the key D does. */
	async turnDanmaku(on: boolean): Promise<void> {
		const button = this.#page.locator("hubbub-stage .bar button[aria-pressed]").last();
		if ((await button.getAttribute("aria-pressed")) !== String(on)) await this.#page.keyboard.press("d");
		await this.#page.locator(`hubbub-stage .bar button[aria-pressed="${on}"]`).last().waitFor({ state: "attached" });
	}

	/** Waits until this text is the newest row. */
	async shows(text: string): Promise<void> {
		const deadlineMs = performance.now() + waitMsMax;
		while ((await this.#list()).last !== text) {
			if (performance.now() > deadlineMs) throw new Error(`the page did not come to show "${text}"`);
			await Bun.sleep(50);
		}
	}

	async rows(): Promise<number> {
		return (await this.#list()).rows;
	}

	/** The layout shift since the window was opened, without what followed an input. */
	shift(): Promise<number> {
		return this.#page.evaluate(() => (window as unknown as { seen: { shift: number } }).seen.shift);
	}

	/** What the browser did while `work` went on. With `BENCH_PROFILE` set to a folder the trace is kept there, for Chromium's own tools. */
	async trace(name: string, work: () => Promise<void>): Promise<readonly TraceEvent[]> {
		await this.#browser.startTracing(this.#page, { categories: traceCategories });
		let buffer: Buffer;
		try {
			await work();
		} finally {
			buffer = await this.#browser.stopTracing();
		}
		if (process.env.BENCH_PROFILE) writeFileSync(join(process.env.BENCH_PROFILE, `${name}.json`), buffer);
		return (JSON.parse(buffer.toString()) as { traceEvents: TraceEvent[] }).traceEvents;
	}

	async weigh(): Promise<Held> {
		// Freed wrappers of elements let go of the elements in a second round.
		for (let round = 0; round < 3; round++) await this.#devtools.send("HeapProfiler.collectGarbage");
		const { metrics } = await this.#devtools.send("Performance.getMetrics");
		return readHeld(metrics);
	}

	#list(): Promise<{ rows: number; last: string }> {
		return this.#page.locator("hubbub-messages").evaluate((list) => {
			const rows = list.shadowRoot?.querySelectorAll("[data-key]") ?? [];
			return { rows: rows.length, last: rows[rows.length - 1]?.querySelector(".text")?.textContent ?? "" };
		});
	}
}

/** Out of the answer to `Performance.getMetrics`. Throws where one is missing. */
export function readHeld(metrics: readonly { readonly name: string; readonly value: number }[]): Held {
	const value = (wanted: string) => {
		const found = metrics.find(({ name }) => name === wanted);
		if (!found) throw new Error(`Chromium told no ${wanted}`);
		return found.value;
	};
	return { heapBytes: value("JSHeapUsedSize"), nodes: value("Nodes"), listeners: value("JSEventListeners") };
}
