import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type Broadcast, filmFile, openBroadcast } from "./broadcast.ts";
import { comesToBe, type House, openBrowser, openHouse, operatorKey, testMs, until, type Viewer, visit } from "./browser.ts";

setDefaultTimeout(testMs);

let house: House;
let browser: Browser;
let broadcast: Broadcast;
/** Long enough to be seen moving, and to be pressed, by whatever machine; to its end a test hurries. */
const filmSeconds = 30;
let film: Uint8Array<ArrayBuffer>;
const viewers: Viewer[] = [];

beforeAll(async () => {
	[house, browser, broadcast, film] = await Promise.all([openHouse(), openBrowser(), openBroadcast(), filmFile(filmSeconds)]);
});

beforeEach(async () => {
	broadcast.isOpen = true;
	await broadcast.begin();
});

afterEach(async () => {
	// Chromium itself tells the console of an answer it may not hand to the page.
	const complaints = viewers.flatMap((viewer) => viewer.complaints).filter((complaint) => !/blocked by CORS policy/.test(complaint));
	await Promise.all(viewers.splice(0).map((viewer) => viewer.context.close()));
	expect(complaints).toEqual([]);
});

afterAll(async () => {
	await browser.close();
	await broadcast.stop();
	await house.stop();
});

async function show(room: string, streamUrl: string): Promise<void> {
	const answer = await fetch(`${house.url}/api/v1/rooms/${room}`, {
		method: "PUT",
		headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
		body: JSON.stringify({ streamUrl }),
	});
	if (!answer.ok) throw new Error(await answer.text());
}

async function enter(room: string, streamUrl: string, options: BrowserContextOptions = {}, script?: () => void): Promise<Viewer> {
	await show(room, streamUrl);
	const viewer = await visit(browser, `${house.url}/rooms/${room}`, options, script);
	viewers.push(viewer);
	return viewer;
}

/** Waits until the picture moves. */
async function moving(page: Page): Promise<void> {
	const video = page.locator("hubbub-stage video");
	const at = () =>
		video.evaluate((element: HTMLVideoElement) => (element.videoWidth === 320 && !element.paused ? element.currentTime : Number.NaN));
	let before = Number.NaN;
	await until(async () => {
		const now = await at();
		const moves = now > before;
		before = now;
		return moves;
	});
	await page.locator("hubbub-stream .words > *").waitFor({ state: "detached" });
}

/** Plays the rest in a few seconds: a file that is served whole cannot be jumped in. */
async function hurry(page: Page): Promise<void> {
	await page.locator("hubbub-stage video").evaluate((element: HTMLVideoElement) => {
		element.playbackRate = 16;
	});
}

/** The browser has no Media Source Extensions, as on an iPhone: playlists are played by the video element itself. */
function withoutMediaSource(): void {
	for (const name of ["MediaSource", "ManagedMediaSource", "WebKitMediaSource"]) Reflect.deleteProperty(globalThis, name);
}

/** Takes the page out of sight, or back into it. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
	await page.evaluate((hidden) => {
		Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
		document.dispatchEvent(new Event("visibilitychange"));
	}, isHidden);
}

describe("the stage", () => {
	test("plays a file muted, gives it sound at a press, and says when it has ended", async () => {
		const { page } = await enter("film", broadcast.put("/film.mp4", "video/mp4", film));
		const video = page.locator("hubbub-stage video");
		await until(() => video.evaluate((element: HTMLVideoElement) => element.currentTime > 0));
		expect(await video.evaluate((element: HTMLVideoElement) => element.muted)).toBe(true);
		await page.getByRole("button", { name: "Tap for sound" }).click();
		await comesToBe(() => video.evaluate((element: HTMLVideoElement) => element.muted), false);
		await hurry(page);
		await page.getByText("The stream has ended.").waitFor();
	});

	test("plays an HLS stream by hls.js, fetched for it alone", async () => {
		const { page } = await enter("hls", broadcast.live);
		await moving(page);
		const assets = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
		expect(assets.some((name) => name.includes("/assets/hls-stream-"))).toBe(true);
	});

	test("fetches no player for a room without a stream, and shows an empty theatre", async () => {
		const { page } = await enter("nothing", "");
		await page.locator("hubbub-stage .idle.open").waitFor();
		const assets = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
		expect(assets.filter((name) => /\/assets\/(hls-stream|stream-view)-/.test(name))).toEqual([]);
	});

	test("follows the host to another stream without a reload, to none, and back to the first", async () => {
		const { page } = await enter("switch", "");
		await page.locator("hubbub-stage .idle.open").waitFor();
		await show("switch", broadcast.put("/film.mp4", "video/mp4", film));
		await moving(page);
		await show("switch", broadcast.live);
		await moving(page);
		await show("switch", "");
		await page.locator("hubbub-stage .idle.open").waitFor();
		await show("switch", broadcast.variants);
		await moving(page);
	});
});

describe("a stream that ends and comes back at the same address", () => {
	const comesBack = async ({ page }: Viewer, end: () => Promise<void>, begin: () => Promise<void>) => {
		await moving(page);
		await end();
		await page.getByText("The stream has ended.").waitFor();
		await begin();
		await moving(page);
		await comesToBe(() => page.getByText("The stream has ended.").count(), 0);
	};
	const over = () => broadcast.turn("ended");

	test("is shown again by itself, with its list of variants too", async () => {
		await comesBack(await enter("back", broadcast.live), over, broadcast.begin);
		await comesBack(await enter("back-variants", broadcast.variants), over, broadcast.begin);
	});

	test("where the browser plays playlists by itself", async () => {
		const viewer = await enter("back-native", broadcast.live, {}, withoutMediaSource);
		await comesBack(viewer, over, broadcast.begin);
		const assets = await viewer.page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
		expect(assets.some((name) => name.includes("/assets/hls-stream-"))).toBe(false);
	});

	test("as another file", async () => {
		const put = (body: Uint8Array<ArrayBuffer>) => broadcast.put("/replaced.mp4", "video/mp4", body);
		const longer = await filmFile(filmSeconds + 1);
		const viewer = await enter("back-file", put(film));
		await comesBack(
			viewer,
			() => hurry(viewer.page),
			async () => {
				put(longer);
			},
		);
	});

	test("after another address was shown meanwhile", async () => {
		const viewer = await enter("back-other", broadcast.live);
		await moving(viewer.page);
		await show("back-other", broadcast.put("/film.mp4", "video/mp4", film));
		await moving(viewer.page);
		await show("back-other", broadcast.live);
		await comesBack(viewer, over, broadcast.begin);
	});

	test("while the page is out of sight, and while the network is away", async () => {
		const viewer = await enter("back-away", broadcast.live);
		await comesBack(
			viewer,
			async () => {
				await broadcast.turn("ended");
				await viewer.page.getByText("The stream has ended.").waitFor();
				await setHidden(viewer.page, true);
			},
			async () => {
				await broadcast.begin();
				await setHidden(viewer.page, false);
			},
		);
		await comesBack(
			viewer,
			async () => {
				await broadcast.turn("ended");
				await viewer.page.getByText("The stream has ended.").waitFor();
				await viewer.context.setOffline(true);
			},
			async () => {
				await broadcast.begin();
				await viewer.context.setOffline(false);
			},
		);
	});
});

describe("a stream that cannot be played", () => {
	const says = (page: Page, sentence: string) => page.locator("hubbub-stream").getByText(sentence).waitFor();

	test("says what is wrong, and the discussion goes on", async () => {
		const page404 = await enter("gone-file", `${broadcast.live.replace("live.m3u8", "nowhere.mp4")}`);
		await says(page404.page, "There is no stream here right now.");
		await page404.say("still talking");
		await until(async () => (await page404.texts()).includes("still talking"));
		const { page } = await enter("gone", broadcast.live.replace("live", "nowhere"));
		await says(page, "There is no stream here right now.");
		await show("gone", broadcast.put("/page.m3u8", "text/html", "<!doctype html><title>Sign in</title>"));
		await says(page, "There is something else here than a stream.");
		await show("gone", broadcast.put("/page.mp4", "text/html", "<!doctype html><title>Sign in</title>"));
		await says(page, "There is something else here than a stream.");
		await show("gone", broadcast.put("/old.mp4", "video/mp4", await filmFile(1, ["-c:v", "mpeg2video", "-an"])));
		await says(page, "This browser cannot decode the stream.");
		const hevc = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=200000,CODECS="hvc1.1.6.L93.B0"\nlive.m3u8\n';
		await show("gone", broadcast.put("/hevc.m3u8", "application/vnd.apple.mpegurl", hevc));
		await says(page, "This browser cannot decode the stream.");
		await broadcast.turn(403);
		await show("gone", broadcast.live);
		await says(page, "The stream's server does not let us in.");
	});

	test("because its server lets no other page read it, is told from one that is not there", async () => {
		broadcast.isOpen = false;
		const { page } = await enter("closed", broadcast.live);
		await says(page, "The stream's server does not let this page play it.");
		await broadcast.turn("dark");
		await says(page, "The stream's server cannot be reached.");
		broadcast.isOpen = true;
		await broadcast.begin();
		await moving(page);
	});

	test("because only its segments may not be read by other pages, is told so too", async () => {
		const elsewhere = await openBroadcast();
		elsewhere.isOpen = false;
		const segments = ["#EXTM3U", "#EXT-X-TARGETDURATION:1", "#EXTINF:1.000,", elsewhere.live.replace("live.m3u8", "0.ts"), ""].join("\n");
		const { page } = await enter("closed-segments", broadcast.put("/elsewhere.m3u8", "application/vnd.apple.mpegurl", segments));
		await says(page, "The stream's server does not let this page play it.");
		await elsewhere.stop();
	});

	test("is tried again by itself, and at once at the press of a button", async () => {
		await broadcast.turn(503);
		const { page } = await enter("try", broadcast.live);
		await says(page, "The stream's server has a fault.");
		await page.locator("hubbub-stream .wait", { hasText: /^Trying again in \d+ s$/ }).waitFor();
		// Until the waits have grown so long that the next try by itself is far off.
		await page.locator("hubbub-stream .wait", { hasText: /^Trying again in ([89]|[1-3]\d) s$/ }).waitFor();
		await broadcast.begin();
		await page.getByRole("button", { name: "Try now" }).click();
		await moving(page);
		await broadcast.turn(404);
		await says(page, "There is no stream here right now.");
		await broadcast.begin();
		// Where the page has tried by itself meanwhile, there is nothing to press any more.
		await page
			.getByRole("button", { name: "Try now" })
			.click({ timeout: 5_000 })
			.catch(() => {});
		await moving(page);
	});

	test("that stands still without a word is found out, and goes on when its sender does", async () => {
		const { page } = await enter("stall", broadcast.live);
		await moving(page);
		await broadcast.turn("stalled");
		await says(page, "The stream has stopped for now.");
		await broadcast.begin();
		await moving(page);
	});

	test("because the viewer's own network is away, says so, and goes on as soon as it is back", async () => {
		const { page, context } = await enter("offline", broadcast.live);
		await moving(page);
		await context.setOffline(true);
		await says(page, "Your network is away.");
		await context.setOffline(false);
		await moving(page);
	});

	test("shows a picture without a break where only a few requests failed", async () => {
		const { page } = await enter("hiccup", broadcast.live);
		await moving(page);
		await page.evaluate(() => {
			const video = document
				.querySelector("hubbub-room")
				?.shadowRoot?.querySelector("hubbub-stage")
				?.shadowRoot?.querySelector("hubbub-stream")
				?.shadowRoot?.querySelector("video");
			video?.addEventListener("emptied", () => document.body.setAttribute("data-emptied", ""));
		});
		const before = broadcast.asked("/live.m3u8");
		// The playlist, once more, and then the player's own try.
		broadcast.fail("/live.m3u8", 3);
		await until(() => broadcast.asked("/live.m3u8") >= before + 6);
		await moving(page);
		expect(await page.evaluate(() => document.body.hasAttribute("data-emptied"))).toBe(false);
	});
});
