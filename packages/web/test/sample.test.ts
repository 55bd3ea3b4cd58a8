import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { frame, picture, samples } from "../sample/picture.ts";
import { type House, openBrowser, openHouse, operatorKey, testMs, until, visit } from "./browser.ts";

setDefaultTimeout(testMs);

let house: House;
let browser: Browser;

beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse(), openBrowser()]);
});

afterAll(async () => {
	await browser.close();
	await house.stop();
});

const film = (headers: Record<string, string> = {}, method = "GET") => fetch(`${house.url}/sample.webm`, { method, headers });

test("the sample ends with the picture and the sound that it begins with", () => {
	const first = frame(0);
	const afterLast = frame(picture.framesPerSecond * picture.seconds);
	// The bar at the top tells how much has passed.
	const bar = picture.width * 3 * 8;
	let furthest = 0;
	for (let at = bar; at < first.length; at++) furthest = Math.max(furthest, Math.abs((first[at] as number) - (afterLast[at] as number)));
	expect(furthest).toBeLessThanOrEqual(1);
	const sound = samples();
	const step = (one: number, other: number) => Math.abs((sound.at(one) as number) - (sound.at(other) as number));
	expect(step(-1, 0)).toBeLessThan(step(0, 1) * 2 + 0.001);
	expect(sound.every((sample) => Math.abs(sample) < 1)).toBe(true);
});

test("[FILE-1] the sample is a small film that can be had in parts", async () => {
	const whole = await film();
	expect([whole.status, whole.headers.get("content-type"), whole.headers.get("accept-ranges")]).toEqual([200, "video/webm", "bytes"]);
	const bytes = new Uint8Array(await whole.arrayBuffer());
	expect(bytes.length).toBeLessThanOrEqual(300 * 1_024);
	const part = await film({ range: "bytes=100-199" });
	expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 100-199/${bytes.length}`]);
	expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(100, 200));
	const beyond = await film({ range: `bytes=${bytes.length}-` });
	expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, `bytes */${bytes.length}`]);
	const etag = whole.headers.get("etag") as string;
	expect((await film({ range: "bytes=0-9", "if-range": etag })).status).toBe(206);
	expect((await film({ range: "bytes=0-9", "if-range": '"another"' })).status).toBe(200);
	expect((await film({ "if-none-match": etag })).status).toBe(304);
	const head = await film({ range: "bytes=0-9" }, "HEAD");
	expect([head.status, (await head.arrayBuffer()).byteLength]).toEqual([200, 0]);
});

test("a file whose address ends in #loop begins anew and never counts as ended", async () => {
	await fetch(`${house.url}/api/v1/rooms/sample`, {
		method: "PUT",
		headers: { authorization: `Bearer ${operatorKey}` },
		body: JSON.stringify({ streamUrl: "/sample.webm#loop" }),
	});
	const viewer = await visit(browser, `${house.url}/rooms/sample`);
	const video = viewer.page.locator("hubbub-stage video");
	await until(() => video.evaluate((element: HTMLVideoElement) => element.currentTime > 0 && element.videoWidth === 960));
	await video.evaluate((element: HTMLVideoElement) => {
		element.dataset.turns = "0";
		element.addEventListener("seeked", () => {
			if (element.currentTime < 1) element.dataset.turns = "1";
		});
		element.currentTime = element.duration - 0.5;
	});
	await until(() => video.evaluate((element: HTMLVideoElement) => element.dataset.turns === "1" && element.currentTime > 0.2));
	expect(await viewer.page.locator("hubbub-stage .before .call").count()).toBe(0);
	expect(await video.evaluate((element: HTMLVideoElement) => element.paused)).toBe(false);
	expect(viewer.complaints).toEqual([]);
	await viewer.context.close();
});
