import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { FaultyProxy } from "../../client/test/proxy.ts";
import { startNginx } from "../../server/test/documented-proxies.ts";
import type { RunningProxy } from "../../server/test/proxy.ts";
import { comesToBe, type House, openBrowser, openHouse, operatorKey, sayAsOperator, testMs, until, visit, words } from "./browser.ts";

// The whole of the pages below a path of another site, behind nginx: once it takes the path off, once it leaves it.

setDefaultTimeout(testMs);

let browser: Browser;
beforeAll(async () => {
	browser = await openBrowser();
});
afterAll(() => browser.close());

/** What else this site has, none of it Hubbub's: answers every address outside the path, so that nothing is found there by luck. */
const site = `location / { return 404; }`;

function nginxBelow(house: House, target: string, more = ""): Promise<RunningProxy> {
	const port = Number(new URL(house.url).port);
	return startNginx(port, {
		tls: "off",
		edit: (text) =>
			text
				.replace("location / {\n\t\tproxy_pass http://hubbub;", `${site}\n${more}\n\tlocation /chat/ {\n\t\tproxy_pass ${target};`)
				.replace("location ~ ^/rooms", "location ~ ^/never"),
	});
}

/** Addresses on the site that the page asked for and did not get. */
function strays(page: Page): string[] {
	const found: string[] = [];
	page.on("response", (response) => response.status() >= 400 && found.push(`${response.status()} ${new URL(response.url()).pathname}`));
	return found;
}

for (const [manner, target, basePath] of [
	["takes the path off", "http://hubbub/", ""],
	["leaves the path", "http://hubbub", "/chat"],
] as const)
	describe(`behind a proxy that ${manner}`, () => {
		let house: House;
		let proxy: RunningProxy;
		let root: string;
		beforeAll(async () => {
			house = await openHouse({ HUBBUB_DATA: "memory", HUBBUB_BASE_PATH: basePath, HUBBUB_LAB: "on", HUBBUB_ALLOWED_ORIGINS: "*" });
			proxy = await nginxBelow(house, target);
			root = `${proxy.http}/chat/`;
		});
		afterAll(async () => {
			await proxy?.stop();
			await house?.stop();
		});

		test("[PATH-1] a room works: talk, menu, older messages, links, the way to the lobby", async () => {
			for (let count = 1; count <= 70; count++) await sayAsOperator(house, "below", `line ${count} https://a.example/${count}`);
			const viewer = await visit(browser, `${root}rooms/below`);
			const lost = strays(viewer.page);
			await viewer.say("你好");
			await until(async () => (await viewer.texts()).includes("你好"));
			await until(async () => (await viewer.page.locator("hubbub-messages .message a").count()) > 0);
			await viewer.page.getByRole("button", { name: "Menu" }).click();
			await viewer.page.getByRole("button", { name: "Sign in" }).click();
			await viewer.page.getByLabel("Key or token").fill(operatorKey);
			await viewer.page.locator("hubbub-sign-in-form .button").click();
			await until(async () => (await words(viewer.page.locator("hubbub-composer .identity .name"))) === "operator");
			await until(async () => {
				await viewer.page.locator("hubbub-messages .message").first().scrollIntoViewIfNeeded();
				return (await viewer.texts()).some((text) => text.startsWith("line 1 "));
			});
			const lobby = viewer.page.locator(`a[href="${root}"]`);
			expect(await lobby.count()).toBe(1);
			expect(lost).toEqual([]);
			expect(viewer.complaints).toEqual([]);
			await lobby.click();
			await comesToBe(async () => viewer.page.url(), root);
			await viewer.page.locator("hubbub-composer textarea").waitFor();
			await viewer.context.close();
		});

		test("[PATH-1] an address of a room with a slash at its end works as well", async () => {
			const viewer = await visit(browser, `${root}rooms/below/?embed=chat`);
			await viewer.say("from the frame");
			await until(async () => (await viewer.texts()).includes("from the frame"));
			expect(viewer.complaints).toEqual([]);
			await viewer.context.close();
		});

		test("[PATH-1] without WebSockets the room works by event stream", async () => {
			const faulty = new FaultyProxy(proxy.http, { upgrade: "refused" });
			const viewer = await visit(browser, `${faulty.url}/chat/rooms/streamed`);
			await viewer.say("by stream");
			await until(async () => (await viewer.texts()).includes("by stream"));
			await until(async () => /event stream/.test(await words(viewer.page.locator("hubbub-connection .pill"))));
			expect(viewer.complaints).toEqual([]);
			await viewer.context.close();
			faulty.stop();
		});

		test("[PATH-1] the set-up page works: signing in, the line to embed, the sample stream", async () => {
			const page = await browser.newPage();
			const lost = strays(page);
			await page.goto(`${root}setup?room=below`);
			await page.locator("hubbub-setup h1").waitFor();
			await page.locator("hubbub-sign-in-form input").fill(operatorKey);
			await page.locator("hubbub-sign-in-form .button").click();
			await page.locator("hubbub-setup-room [name=streamUrl]").waitFor();
			expect(await words(page.locator("#frame pre"))).toContain(`src="${root}rooms/below?embed=chat"`);
			await page.getByRole("button", { name: "Take the sample stream" }).click();
			await page.locator("#verdict .good").waitFor();
			expect(await page.locator("hubbub-setup-room [name=streamUrl]").inputValue()).toBe("/sample.webm#loop");
			// A room that is not there yet is asked about, and is not found.
			expect(lost.filter((address) => !address.endsWith("/api/v1/rooms/below"))).toEqual([]);
			await page.close();
		});

		test("[PATH-1] the sample stream, named as anywhere else, plays in a room", async () => {
			const headers = { authorization: `Bearer ${operatorKey}` };
			const body = JSON.stringify({ streamUrl: "/sample.webm#loop" });
			expect((await fetch(`${house.url}/api/v1/rooms/film`, { method: "PUT", headers, body })).ok).toBe(true);
			const viewer = await visit(browser, `${root}rooms/film`);
			const video = viewer.page.locator("hubbub-stage video");
			await until(() => video.evaluate((element: HTMLVideoElement) => element.currentTime > 0 && element.videoWidth === 960));
			expect(viewer.complaints).toEqual([]);
			await viewer.context.close();
		});

		test("[PATH-1] the lab works: bytes on the wire, and four ways into a room", async () => {
			const context = await browser.newContext({ locale: "en" });
			const page = await context.newPage();
			const lost = strays(page);
			await page.goto(`${root}lab`);
			await page.locator("hubbub-wire button.open").click();
			await page.locator("hubbub-wire .own-states [aria-current]").first().waitFor();
			await until(async () => /OPEN/.test(await words(page.locator("hubbub-wire .own .facts"))));
			const lanes = page.locator("hubbub-lanes");
			const field = lanes.locator("input.field, input[type=text]").first();
			await field.fill("to all four");
			await field.press("Enter");
			await until(async () => (await lanes.locator("dl.counts .seen dd").allTextContents()).every((seen) => Number(seen) > 0));
			expect(lost).toEqual([]);
			expect(await page.locator("a.home").getAttribute("href")).toBe(root);
			await context.close();
		});

		test("[PATH-1] the SDK is loaded from below the path and connects there", async () => {
			const context = await browser.newContext();
			const page = await context.newPage();
			await page.route("http://elsewhere.example/", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
			await page.goto("http://elsewhere.example/");
			const said = await page.evaluate(async (address) => {
				const { connect } = await import(`${address}sdk.js`);
				const connection = connect(address.replace(/\/$/, ""), { storage: null });
				const room = connection.room("sdk");
				const { event } = await room.say("from elsewhere");
				const { before } = await room.history();
				connection.close();
				return { text: event.text, before };
			}, root);
			expect(said).toEqual({ text: "from elsewhere", before: null });
			await context.close();
		});
	});

test("[PATH-1] two services of one site keep their guests apart", async () => {
	const houses = await Promise.all([openHouse({ HUBBUB_DATA: "memory" }), openHouse({ HUBBUB_DATA: "memory" })]);
	const [one, two] = houses as [House, House];
	const other = `location /talk/ { proxy_pass ${two.url}/; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $hubbub_connection; }`;
	const proxy = await nginxBelow(one, "http://hubbub/", other);
	const viewer = await visit(browser, `${proxy.http}/chat/rooms/a`);
	const nameIn = async (path: string) => {
		await viewer.page.goto(`${proxy.http}${path}`);
		return words(viewer.page.locator("hubbub-composer .identity .name"));
	};
	const first = await nameIn("/chat/rooms/a");
	const second = await nameIn("/talk/rooms/a");
	expect(second).not.toBe(first);
	expect(await nameIn("/chat/rooms/a")).toBe(first);
	expect(await nameIn("/talk/rooms/a")).toBe(second);
	await viewer.context.close();
	await proxy.stop();
	await Promise.all(houses.map((house) => house.stop()));
});

describe("set up wrongly", () => {
	let house: House;
	beforeAll(async () => {
		house = await openHouse({ HUBBUB_DATA: "memory" });
	});
	afterAll(() => house.stop());

	test("[PATH-1] a root without its slash says in words what is wrong, instead of a white page", async () => {
		const proxy = await nginxBelow(house, "http://hubbub/", "location = /chat { proxy_pass http://hubbub/; }");
		const page = await browser.newPage();
		await page.goto(`${proxy.http}/chat`);
		const notice = page.locator(".astray");
		await notice.waitFor({ state: "visible" });
		expect(await words(notice)).toContain("must end in a slash");
		await page.close();
		await proxy.stop();
	});

	test("[PATH-1] a page whose scripts do not come says so after a while, and not before", async () => {
		const page = await browser.newPage();
		await page.route(/room-page/, (route) => route.abort());
		await page.goto(`${house.url}/`);
		const notice = page.locator(".astray");
		const delays = await page.evaluate(() =>
			document.getAnimations().map((animation) => {
				animation.finish();
				return animation.effect?.getTiming().delay;
			}),
		);
		expect(delays).toEqual([10_000]);
		expect(await notice.isVisible()).toBe(true);
		await page.close();
	});

	test("a page whose files came shows nothing of the kind", async () => {
		const viewer = await visit(browser, `${house.url}/`);
		const notice = viewer.page.locator(".astray");
		expect(await notice.isVisible()).toBe(false);
		expect(await notice.evaluate((element) => getComputedStyle(element).display)).toBe("none");
		await viewer.context.close();
	});
});
