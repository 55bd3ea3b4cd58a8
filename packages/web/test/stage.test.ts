import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import { type House, openBrowser, openHouse, operatorKey, until, type Viewer, visit } from "./browser.ts";

setDefaultTimeout(60_000);

let house: House;
let browser: Browser;
let media: ReturnType<typeof Bun.serve>;
const viewers: Viewer[] = [];
const files = new Map<string, { type: string; body: Uint8Array<ArrayBuffer> | string }>();

beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse(), openBrowser()]);
	media = Bun.serve({
		port: 0,
		hostname: "127.0.0.1",
		fetch(request) {
			const file = files.get(new URL(request.url).pathname);
			const headers = { "access-control-allow-origin": "*" };
			return file
				? new Response(file.body, { headers: { ...headers, "content-type": file.type } })
				: new Response(null, { status: 404, headers });
		},
	});
	const film = await record();
	files.set("/film.mp4", { type: "video/mp4", body: film });
	// A fragmented MP4 is an initialisation part and a media part: with byte ranges left out, two files make an HLS stream of one segment.
	const split = mediaStart(film);
	files.set("/init.mp4", { type: "video/mp4", body: film.slice(0, split) });
	files.set("/part.m4s", { type: "video/mp4", body: film.slice(split) });
	files.set("/live.m3u8", {
		type: "application/vnd.apple.mpegurl",
		body: '#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:3\n#EXT-X-MAP:URI="init.mp4"\n#EXTINF:2.0,\npart.m4s\n#EXT-X-ENDLIST\n',
	});
});

afterEach(async () => {
	const complaints = viewers.flatMap((viewer) => viewer.complaints);
	await Promise.all(viewers.splice(0).map((viewer) => viewer.context.close()));
	expect(complaints).toEqual([]);
});

afterAll(async () => {
	await browser.close();
	await media.stop(true);
	await house.stop();
});

/** Films a moving square for two seconds in the browser itself, as a fragmented MP4. */
async function record(): Promise<Uint8Array<ArrayBuffer>> {
	const context = await browser.newContext();
	const page = await context.newPage();
	await page.goto(`${house.url}/favicon.svg`);
	const base64 = await page.evaluate(async () => {
		const canvas = document.createElementNS("http://www.w3.org/1999/xhtml", "canvas") as HTMLCanvasElement;
		canvas.width = 160;
		canvas.height = 90;
		const brush = canvas.getContext("2d") as CanvasRenderingContext2D;
		const type = ["video/mp4;codecs=avc1.42E01E", "video/mp4;codecs=vp09.00.10.08", "video/mp4"].find((candidate) =>
			MediaRecorder.isTypeSupported(candidate),
		);
		const recorder = new MediaRecorder(canvas.captureStream(20), { mimeType: type });
		const chunks: Blob[] = [];
		recorder.ondataavailable = ({ data }) => chunks.push(data);
		const stopped = new Promise((resolve) => {
			recorder.onstop = resolve;
		});
		recorder.start();
		for (let frame = 0; frame < 40; frame++) {
			brush.fillStyle = "#123";
			brush.fillRect(0, 0, 160, 90);
			brush.fillStyle = "#fc6";
			brush.fillRect(frame * 3, 30, 30, 30);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		recorder.stop();
		await stopped;
		const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
		return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
	});
	await context.close();
	return Uint8Array.from(Buffer.from(base64, "base64"));
}

/** Offset of the first `moof` box. */
function mediaStart(film: Uint8Array): number {
	const view = new DataView(film.buffer, film.byteOffset, film.byteLength);
	let at = 0;
	while (at + 8 <= film.length) {
		if (String.fromCharCode(...film.subarray(at + 4, at + 8)) === "moof") return at;
		at += view.getUint32(at);
	}
	throw new Error("The film is not fragmented.");
}

async function enter(room: string, address: string): Promise<Viewer> {
	const answer = await fetch(`${house.url}/api/v1/rooms/${room}`, {
		method: "PUT",
		headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
		body: JSON.stringify({ streamUrl: address }),
	});
	if (!answer.ok) throw new Error(await answer.text());
	const viewer = await visit(browser, `${house.url}/rooms/${room}`);
	viewers.push(viewer);
	return viewer;
}

function address(path: string): string {
	return `http://127.0.0.1:${media.port}${path}`;
}

describe("the stage", () => {
	test("plays a file muted, gives it sound at a press, and says when it has ended", async () => {
		const { page } = await enter("film", address("/film.mp4"));
		const video = page.locator("hubbub-stage video");
		await until(() => video.evaluate((element: HTMLVideoElement) => element.currentTime > 0));
		expect(await video.evaluate((element: HTMLVideoElement) => element.muted)).toBe(true);
		await page.getByRole("button", { name: "Tap for sound" }).click();
		expect(await video.evaluate((element: HTMLVideoElement) => element.muted)).toBe(false);
		await page.getByText("The stream has ended.").waitFor();
	});

	test("plays an HLS stream by hls.js, fetched for it alone", async () => {
		const { page } = await enter("hls", address("/live.m3u8"));
		const video = page.locator("hubbub-stage video");
		await until(() => video.evaluate((element: HTMLVideoElement) => element.currentTime > 0 && element.videoWidth === 160));
		const assets = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
		expect(assets.some((name) => name.includes("/assets/hls-stream-"))).toBe(true);
	});

	test("fetches no player for a room without a stream, and shows an empty theatre", async () => {
		const { page } = await enter("nothing", "");
		await page.locator("hubbub-stage .idle.open").waitFor();
		const assets = await page.evaluate(() => performance.getEntriesByType("resource").map((entry) => entry.name));
		expect(assets.some((name) => name.includes("/assets/hls-stream-"))).toBe(false);
	});

	test.each(["/nowhere.mp4", "/nowhere.m3u8"])("says in words that %s cannot be played, and the discussion goes on", async (path) => {
		const viewer = await enter(`broken-${path.endsWith("8") ? "hls" : "file"}`, address(path));
		await viewer.page.getByText("The stream cannot be played right now.").waitFor();
		await viewer.say("still talking");
		await until(async () => (await viewer.texts()).includes("still talking"));
	});

	test("follows the host to another stream without a reload", async () => {
		const { page } = await enter("switch", "");
		await page.locator("hubbub-stage .idle.open").waitFor();
		await enter("switch", address("/film.mp4"));
		const video = page.locator("hubbub-stage video");
		await until(() => video.evaluate((element: HTMLVideoElement) => element.currentTime > 0));
	});
});
