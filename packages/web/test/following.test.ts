import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { FrameLocator, Page } from "playwright-core";
import { operatorKey, sayAsOperator, shareHouse, testMs, until } from "./browser.ts";
import { afterFrames, followsWith, lookAtList, restingPlace, scroller } from "./list-view.ts";

setDefaultTimeout(testMs);

const { house, browser, viewers, enter } = shareHouse();

async function say(room: string, from: number, to: number): Promise<string> {
	for (let at = from; at <= to; at++) await sayAsOperator(house, room, `line ${at}`);
	return `line ${to}`;
}

async function call(method: string, path: string, body?: object): Promise<Response> {
	const response = await fetch(`${house.url}/api/v1/rooms/${path}`, {
		method,
		headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
		...(body && { body: JSON.stringify(body) }),
	});
	if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
	return response;
}

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const;

describe("the list follows the newest, whatever the room's first events are", () => {
	const beginnings: Record<string, (room: string) => Promise<unknown>> = {
		"nothing at all": async () => {},
		settings: (room) => call("PUT", room, { title: "Opening night" }),
		"settings changed again and again": async (room) => {
			for (let at = 0; at < 60; at++) await call("PUT", room, { title: `Take ${at}` });
		},
		"a message that was taken back": async (room) => {
			const response = await call("POST", `${room}/messages`, { key: "first", text: "a slip" });
			const { id } = (await response.json()) as { id: string };
			await call("DELETE", `${room}/messages/${id}`);
		},
		"more messages taken back than the latest history holds": async (room) => {
			for (let at = 0; at < 60; at++) {
				const response = await call("POST", `${room}/messages`, { key: `slip-${at}`, text: `slip ${at}` });
				const { id } = (await response.json()) as { id: string };
				await call("DELETE", `${room}/messages/${id}`);
			}
		},
	};
	test.each(Object.keys(beginnings))("%s", async (name) => {
		const room = `begins-${Object.keys(beginnings).indexOf(name)}`;
		await beginnings[name]?.(room);
		const one = await enter(room);
		await followsWith(one.page, await say(room, 1, 3));
		expect((await lookAtList(one.page)).rows).toBeLessThanOrEqual(4);
		await followsWith(one.page, await say(room, 4, 45));
	});
});

describe("the list follows the newest", () => {
	test("on a screen taller than the latest history, which is filled with older messages meanwhile", async () => {
		await say("tall", 1, 150);
		const one = await enter("tall", { viewport: { width: 500, height: 4_000 } });
		await until(async () => (await lookAtList(one.page)).rows > 80);
		await followsWith(one.page, "line 150");
		await followsWith(one.page, await say("tall", 151, 160));
	});

	test("while the list is still too short to scroll, without moving what stands there by anything but its rising", async () => {
		const one = await enter("short");
		for (let at = 1; at <= 4; at++) await followsWith(one.page, await say("short", at, at));
		const gap = await one.page.locator("hubbub-messages").evaluate((list) => {
			const box = list.shadowRoot?.querySelector(".scroller") as HTMLElement;
			const last = list.shadowRoot?.querySelector("ol")?.lastElementChild as HTMLElement;
			return box.getBoundingClientRect().bottom - last.getBoundingClientRect().bottom;
		});
		expect(gap).toBeGreaterThanOrEqual(0);
		expect(gap).toBeLessThan(20);
	});

	test("through every change of size: turned, zoomed to 400 %, with a phone's keyboard, back again", async () => {
		const last = await say("sizes", 1, 60);
		const one = await enter("sizes", phone);
		await followsWith(one.page, last);
		const sizes = [
			[390, 480],
			[390, 844],
			[844, 390],
			[390, 844],
			[360, 225],
			[1_440, 900],
			[2_560, 2_400],
			[320, 568],
		] as const;
		for (const [at, [width, height]] of sizes.entries()) {
			await one.page.setViewportSize({ width, height });
			await afterFrames(one.page);
			await followsWith(one.page, at % 2 === 0 ? await say("sizes", 61 + at, 61 + at) : `line ${60 + at}`);
		}
	});

	test("while the composer grows and shrinks, and while letters change their size as fonts arrive", async () => {
		const last = await say("fonts", 1, 60);
		const one = await enter("fonts");
		await followsWith(one.page, last);
		const box = one.page.locator("hubbub-composer textarea");
		await box.fill("one\ntwo\nthree\nfour");
		await afterFrames(one.page);
		await followsWith(one.page, last);
		// Drawn anew while it is tall, as when the room's settings change.
		await one.page.locator("hubbub-composer").evaluate(async (composer) => {
			const element = composer as HTMLElement & { requestUpdate(): void; updateComplete: Promise<unknown> };
			element.requestUpdate();
			await element.updateComplete;
		});
		await afterFrames(one.page);
		await followsWith(one.page, last);
		await box.fill("");
		await one.page.locator("hubbub-messages").evaluate((list) => {
			const late = new CSSStyleSheet();
			late.replaceSync(".message .line { font: 23px/37px serif; }");
			list.shadowRoot?.adoptedStyleSheets.push(late);
		});
		await afterFrames(one.page);
		await followsWith(one.page, last);
	});

	test("for a moderator too, once the pointer has left the list, and not before", async () => {
		await say("pointing", 1, 60);
		const one = await enter("pointing");
		await one.page.evaluate((key) => sessionStorage.setItem("hubbub.token", key), operatorKey);
		await one.page.reload();
		await followsWith(one.page, "line 60");
		await scroller(one.page).hover();
		await one.page.locator("hubbub-messages .paused").waitFor();
		await say("pointing", 61, 70);
		await until(async () => (await lookAtList(one.page)).last === "line 70");
		expect((await lookAtList(one.page)).belowPx).toBeGreaterThan(0);
		await one.page.locator("hubbub-composer textarea").hover();
		await followsWith(one.page, "line 70");
	});
});

describe("a discussion in a frame that is hidden and shown again", () => {
	const hidings: Record<string, { hide: string; show: string }> = {
		"not displayed": { hide: "display: none", show: "" },
		"without a size": { hide: "width: 0; height: 0", show: "" },
		"without a height": { hide: "height: 0", show: "" },
		"out of sight": { hide: "position: absolute; left: -9999px", show: "" },
		invisible: { hide: "visibility: hidden", show: "" },
		"in another size than before": { hide: "display: none", show: "width: 300px; height: 400px" },
	};
	// A frame of another site is a process of its own, and drawn by other rules.
	const hosts = { "of the same site": () => house.url, "of another site": () => "http://host.example" };

	async function embed(room: string, host: string): Promise<{ page: Page; frame: FrameLocator }> {
		const context = await browser.newContext({ viewport: { width: 1_000, height: 800 }, locale: "en" });
		const page = await context.newPage();
		viewers.push({ context, page, complaints: [], say: async () => {}, texts: async () => [] });
		const body = `<!doctype html><div id="box"><iframe style="width: 400px; height: 600px; border: 0" src="${house.url}/rooms/${room}?embed=chat"></iframe></div>`;
		await page.route(`${host}/embeds`, (route) => route.fulfill({ contentType: "text/html", body }));
		await page.goto(`${host}/embeds`);
		const frame = page.frameLocator("iframe");
		await frame.locator("hubbub-composer textarea").waitFor();
		return { page, frame };
	}

	const cases = Object.keys(hidings).flatMap((hiding) => Object.keys(hosts).map((host) => [hiding, host] as const));
	test.each(cases)("%s, %s, is at the newest and follows", async (hiding, host) => {
		const room = `hidden-${cases.findIndex((other) => other[0] === hiding && other[1] === host)}`;
		await say(room, 1, 60);
		const { page, frame } = await embed(room, hosts[host as keyof typeof hosts]());
		await followsWith(frame, "line 60");
		const { hide, show } = hidings[hiding] as { hide: string; show: string };
		const style = (css: string) => page.evaluate((text) => document.querySelector("iframe")?.setAttribute("style", text), css);
		const shown = "width: 400px; height: 600px; border: 0;";
		await style(`${shown} ${hide}`);
		await say(room, 61, 80);
		await until(async () => (await lookAtList(frame)).last === "line 80");
		await style(`${shown} ${show}`);
		await followsWith(frame, "line 80");
		await followsWith(frame, await say(room, 81, 90));
		// Once more, with nothing said meanwhile.
		await style(`${shown} ${hide}`);
		await afterFrames(page.frameLocator("iframe"), 0);
		await style(`${shown} ${show}`);
		await followsWith(frame, "line 90");
	});

	test("keeps the place of who was reading", async () => {
		await say("hidden-reading", 1, 60);
		const { page, frame } = await embed("hidden-reading", house.url);
		await followsWith(frame, "line 60");
		await scroller(frame).hover();
		await page.mouse.wheel(0, -400);
		await frame.locator("hubbub-messages .newest").waitFor();
		const before = await restingPlace(frame);
		await page.locator("#box").evaluate((box) => box.setAttribute("style", "display: none"));
		await say("hidden-reading", 61, 80);
		await until(async () => (await lookAtList(frame)).last === "line 80");
		await page.locator("#box").evaluate((box) => box.removeAttribute("style"));
		expect(await restingPlace(frame)).toBe(before);
		expect((await lookAtList(frame)).isReading).toBe(true);
	});
});

describe("only the reader ends following", () => {
	test("by the wheel, even by small turns while twenty messages come a second", async () => {
		await say("wheel", 1, 60);
		const one = await enter("wheel");
		await followsWith(one.page, "line 60");
		await scroller(one.page).hover();
		let last = 60;
		const said: Promise<void>[] = [];
		const talk = setInterval(() => said.push(sayAsOperator(house, "wheel", `line ${++last}`)), 50);
		try {
			while (!(await lookAtList(one.page)).isReading) {
				await one.page.mouse.wheel(0, -12);
				await afterFrames(one.page, 1);
			}
		} finally {
			clearInterval(talk);
			// What is still on its way would come after the line that is said last.
			await Promise.all(said);
		}
		const button = one.page.locator("hubbub-messages .newest");
		await button.click();
		await until(async () => !(await lookAtList(one.page)).isReading);
		await followsWith(one.page, await say("wheel", last + 1, last + 1));
	});

	test("by a finger, and a finger that comes back to the newest begins it again", async () => {
		await say("finger", 1, 60);
		const one = await enter("finger", phone);
		await followsWith(one.page, "line 60");
		const cdp = await one.context.newCDPSession(one.page);
		const touch = (type: "touchStart" | "touchMove" | "touchEnd", y?: number) =>
			cdp.send("Input.dispatchTouchEvent", { type, touchPoints: y === undefined ? [] : [{ x: 200, y }] });
		const drag = async (byPx: number) => {
			await touch("touchStart", 500);
			for (let step = 1; step <= 10; step++) await touch("touchMove", 500 + (byPx * step) / 10);
			await touch("touchEnd");
		};
		await drag(200);
		await until(async () => (await lookAtList(one.page)).isReading);
		await say("finger", 61, 62);
		await until(async () => (await lookAtList(one.page)).last === "line 62");
		expect((await lookAtList(one.page)).isReading).toBe(true);
		while ((await lookAtList(one.page)).isReading) await drag(-200);
		await followsWith(one.page, await say("finger", 63, 70));
	});

	test("by keys, row by row, and by the key End it begins again", async () => {
		await say("keys", 1, 60);
		const one = await enter("keys");
		await followsWith(one.page, "line 60");
		await one.page.locator("hubbub-stage").click({ position: { x: 5, y: 5 } });
		await one.page.keyboard.press("k");
		await say("keys", 61, 65);
		await until(async () => (await lookAtList(one.page)).last === "line 65");
		const view = await lookAtList(one.page);
		expect([view.isReading, view.belowPx > 0]).toEqual([true, true]);
		await one.page.keyboard.press("End");
		await followsWith(one.page, await say("keys", 66, 70));
	});

	test("never by a press on its own last row, which stands still until it is left", async () => {
		await say("tap", 1, 60);
		const one = await enter("tap", phone);
		await followsWith(one.page, "line 60");
		const row = one.page.locator(".message", { has: one.page.getByText("line 58", { exact: true }) });
		await row.tap();
		await row.getByRole("button", { name: "Reply" }).waitFor();
		const before = await row.boundingBox();
		await say("tap", 61, 66);
		await until(async () => (await lookAtList(one.page)).last === "line 66");
		expect(await row.boundingBox()).toEqual(before);
		await one.page.locator("hubbub-composer textarea").tap();
		await followsWith(one.page, "line 66");
	});
});

describe("who reads back", () => {
	test("keeps their row where it is while the window changes its size, the box grows, and older and newer messages come in", async () => {
		for (let at = 1; at <= 120; at++) await sayAsOperator(house, "place", `line ${at} ${"of a long story ".repeat(at % 7)}`.trim());
		const one = await enter("place");
		await until(async () => (await lookAtList(one.page)).last.startsWith("line 120"));
		await scroller(one.page).hover();
		await one.page.mouse.wheel(0, -600);
		await until(async () => (await lookAtList(one.page)).isReading);
		const before = await restingPlace(one.page);
		for (const change of [
			() => say("place", 121, 130),
			() => one.page.locator("hubbub-composer textarea").fill("one\ntwo\nthree"),
			() => one.page.setViewportSize({ width: 1_280, height: 520 }),
			() => one.page.setViewportSize({ width: 1_600, height: 1_000 }),
		]) {
			await change();
			expect(await restingPlace(one.page)).toBe(before);
			expect((await lookAtList(one.page)).isReading).toBe(true);
		}
	});
});
