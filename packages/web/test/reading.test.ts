import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { comesToBe, openHouse, operatorKey, pageWaitMs, sayAsOperator, shareHouse, testMs, until, type Viewer, words } from "./browser.ts";

setDefaultTimeout(testMs);

const { house, browser, enter } = shareHouse();

async function scrollBack(viewer: Viewer): Promise<void> {
	await viewer.page.locator("hubbub-messages .scroller").evaluate((scroller) => {
		scroller.scrollTop = 0;
	});
}

describe("reading back", () => {
	test("older messages come page by page up to the first, and what is being read does not move", async () => {
		for (let at = 1; at <= 180; at++) await sayAsOperator(house, "long", `line ${at}`);
		const one = await enter("long");
		await until(async () => (await one.texts()).at(-1) === "line 180");
		expect((await one.texts()).length).toBeLessThan(180);
		const before = (await one.texts())[0] as string;
		const row = one.page.locator(".message", { has: one.page.getByText(before, { exact: true }) }).first();
		await scrollBack(one);
		const top = (await row.boundingBox())?.y ?? Number.NaN;
		await until(async () => (await one.texts())[0] !== before);
		await until(async () => Math.abs(((await row.boundingBox())?.y ?? Number.NaN) - top) < 3);
		while ((await one.texts())[0] !== "line 1") {
			await scrollBack(one);
			await Bun.sleep(25);
		}
		await comesToBe(
			() => one.texts(),
			Array.from({ length: 180 }, (_, index) => `line ${index + 1}`),
		);
		await until(async () => (await words(one.page.locator("hubbub-messages .edge"))).includes("began"));
	});

	test("who reads back is not moved by what comes in, is told how much it is, and goes back with one press", async () => {
		for (let at = 1; at <= 60; at++) await sayAsOperator(house, "reading", `line ${at}`);
		const one = await enter("reading");
		await until(async () => (await one.texts()).at(-1) === "line 60");
		await scrollBack(one);
		const button = one.page.locator("hubbub-messages .newest");
		await button.waitFor();
		await sayAsOperator(house, "reading", "news one");
		await sayAsOperator(house, "reading", "news two");
		await until(async () => /2 new/.test(await words(button)));
		await button.click();
		await button.waitFor({ state: "detached" });
		await one.page.locator(".message", { hasText: "news two" }).waitFor();
	});
});

describe("harmful names and texts", () => {
	test("are shown as letters, run nothing, and stay in their row", async () => {
		const one = await enter("harm");
		const texts = [
			"<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
			`z${"\u0300".repeat(200)}algo`,
			"\u202egnirts desrever\u202c after",
			"javascript:alert(1) https://example.com/\u202efdp.exe",
			`${"W".repeat(400)}`,
		];
		for (const text of texts) await one.say(text);
		await until(async () => (await one.texts()).length === texts.length);
		expect((await one.texts())[0]).toBe(texts[0] as string);
		expect(await one.page.title()).not.toBe("owned");
		expect(await one.page.locator("hubbub-messages ol script, hubbub-messages ol img").count()).toBe(0);
		expect(await one.page.locator('hubbub-messages a[href^="javascript"]').count()).toBe(0);
		const link = one.page.locator("hubbub-messages a").first();
		await link.waitFor();
		expect(await link.getAttribute("rel")).toBe("noopener noreferrer nofollow ugc");
		const width = await one.page.locator("hubbub-messages .scroller").evaluate((scroller) => scroller.scrollWidth - scroller.clientWidth);
		expect(width).toBe(0);
	});

	test.each(["at rest", "pointed at"])("letters paint nothing outside of their row, %s", async (how) => {
		const one = await enter(`high-${how.replace(" ", "-")}`);
		for (const text of ["above", "high and deep", "below"]) await one.say(text);
		await until(async () => (await one.page.locator(".message:not(.sending)").count()) === 3);
		const row = one.page.locator(".message", { hasText: "high and deep" });
		// On the row's edge: its text is hidden below.
		if (how === "pointed at") await row.hover({ position: { x: 2, y: 2 } });
		await comesToBe(() => row.locator(".tools").count(), how === "pointed at" ? 1 : 0);
		const clip = (await one.page.locator("hubbub-messages").boundingBox()) ?? undefined;
		const around = async () => (await one.page.screenshot({ clip, mask: [row] })).toString("base64");
		// Marks that many fonts, though not all, pile up on a letter.
		await row.locator(".text").evaluate((text: HTMLElement) => {
			text.style.textShadow = "0 -24px, 0 24px, 0 -48px, 0 48px";
		});
		// As it stands once nothing moves any more.
		let shown = await around();
		await until(async () => {
			const was = shown;
			shown = await around();
			return was === shown;
		});
		await row.locator(".line").evaluate((line: HTMLElement) => {
			line.style.visibility = "hidden";
		});
		await until(async () => (await around()) === shown);
	});
});

describe("the page fits", () => {
	const sizes = {
		"a phone upright": [390, 844],
		"a phone on its side": [844, 390],
		"a narrow phone": [320, 568],
		"a desktop at 200 %": [720, 450],
	} as const;
	test.each(Object.keys(sizes) as (keyof typeof sizes)[])("%s without scrolling sideways, with the box in sight", async (name) => {
		const [width, height] = sizes[name];
		const isPhone = name !== "a desktop at 200 %";
		const one = await enter("fits", { viewport: { width, height }, hasTouch: isPhone, isMobile: isPhone });
		// Over the stage of a phone on its side the discussion waits until it is asked for.
		if (name === "a phone on its side") await one.page.keyboard.press("h");
		await one.say("fits");
		await one.page.locator(".message", { hasText: "fits" }).first().waitFor();
		expect(await one.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
		expect(await one.page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
		const box = await one.page.locator("hubbub-composer textarea").boundingBox();
		expect(box && box.x >= 0 && box.x + box.width <= width && box.y + box.height <= height).toBe(true);
	});

	test.each(["chat", "stage", "both"])("embedded as %s without margins", async (frame) => {
		const context = await browser.newContext({ viewport: { width: 400, height: 600 }, locale: "en" });
		context.setDefaultTimeout(pageWaitMs);
		const page = await context.newPage();
		await page.goto(`${house.url}/rooms/fits?embed=${frame}&theme=dark`);
		const first = page.locator(frame === "chat" ? "hubbub-messages" : "hubbub-stage");
		await first.waitFor();
		await comesToBe(async () => (await first.boundingBox())?.x, 0);
		await comesToBe(() => page.locator("hubbub-composer").count(), frame === "stage" ? 0 : 1);
		await context.close();
	});
});

describe("language and theme", () => {
	test("follow the browser, and a choice in the menu is kept", async () => {
		const one = await enter("choices", { locale: "zh-CN", colorScheme: "light" });
		const page = one.page;
		await comesToBe(() => page.locator("hubbub-composer textarea").getAttribute("placeholder"), "说点什么…");
		const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
		const light = await background();
		await page.getByRole("button", { name: "菜单" }).click();
		await page.getByRole("button", { name: "深色" }).click();
		await until(async () => (await background()) !== light);
		const dark = await background();
		await page.locator("hubbub-menu select").selectOption("en");
		await until(async () => (await page.locator("hubbub-composer textarea").getAttribute("placeholder")) === "Say something…");
		await comesToBe(() => page.evaluate(() => document.documentElement.lang), "en");
		await page.reload();
		await page.locator("hubbub-composer textarea").waitFor();
		await comesToBe(() => page.locator("hubbub-composer textarea").getAttribute("placeholder"), "Say something…");
		await comesToBe(background, dark);
	});
});

describe("the host", () => {
	test("signs in with the operator's key and changes the room for everybody, at once", async () => {
		const [host, guest] = await Promise.all([enter("hosted"), enter("hosted")]);
		const page = host.page;
		await page.getByRole("button", { name: "Menu" }).click();
		await page.getByRole("button", { name: "Sign in" }).click();
		await page.getByPlaceholder("Key or token").fill(operatorKey);
		await page.locator("hubbub-sign-in-form .button").click();
		await until(
			async () => (await page.locator("hubbub-composer .identity .name").count()) === 1 && (await page.locator(".rename").count()) === 0,
		);
		await page.getByRole("button", { name: "Menu" }).click();
		await page.getByRole("button", { name: "Room settings" }).click();
		await page.getByLabel("Title").fill("<b>Opening night</b>");
		await page.getByLabel("Only the hosts", { exact: true }).check();
		await page.getByRole("button", { name: "Save" }).click();
		await page.locator("hubbub-room-settings .saved").waitFor();
		await guest.page.getByRole("heading", { name: "<b>Opening night</b>" }).first().waitFor();
		await until(async () => (await words(guest.page.locator("hubbub-composer .notes"))).includes("Only the hosts"));
		await until(async () => (await words(guest.page.locator(".notice.settings"))).includes("Opening night"));
	});
});

describe("a room that is not there", () => {
	test("is told in words, with a way out", async () => {
		const shut = await openHouse({ HUBBUB_AUTO_CREATE_ROOMS: "off" });
		const context = await browser.newContext({ locale: "en" });
		context.setDefaultTimeout(pageWaitMs);
		const page = await context.newPage();
		// The server answers such an address with a problem document; a proxy or a room closed meanwhile leaves a reader with the page.
		await page.route("**/rooms/nowhere", async (route) =>
			route.fulfill({ response: await route.fetch({ url: `${house.url}/rooms/lobby` }) }),
		);
		await page.goto(`${shut.url}/rooms/nowhere`);
		await page.locator("hubbub-room .closed", { hasText: "There is no such room" }).waitFor();
		const way = page.getByRole("link", { name: "Go to the lobby" });
		expect(await way.evaluate((link: HTMLAnchorElement) => link.pathname)).toBe("/");
		await context.close();
		await shut.stop();
	});
});
