import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser } from "playwright-core";
import {
	comesToBe,
	goOffline,
	type House,
	openBrowser,
	openHouse,
	sayAsOperator,
	testMs,
	until,
	type Viewer,
	visit,
	words,
} from "./browser.ts";
import { layWire, type Wire } from "./cut-wire.ts";

setDefaultTimeout(testMs);

let house: House;
let browser: Browser;
const viewers: Viewer[] = [];
const wires: Wire[] = [];
/** Those of one test alone. */
const houses: House[] = [];

beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse({ HUBBUB_RATE_LIMIT: "4/8s" }), openBrowser()]);
});

afterEach(async () => {
	const complaints = viewers.flatMap((viewer) => viewer.complaints);
	await Promise.all(viewers.splice(0).map((viewer) => viewer.context.close()));
	for (const wire of wires.splice(0)) wire.stop();
	await Promise.all(houses.splice(0).map((one) => one.stop()));
	expect(complaints).toEqual([]);
});

afterAll(async () => {
	await browser.close();
	await house.stop();
});

async function enter(room: string, options: Parameters<typeof visit>[2] = {}, base = house.url, query = ""): Promise<Viewer> {
	const viewer = await visit(browser, `${base}/rooms/${room}${query}`, options);
	viewers.push(viewer);
	return viewer;
}

async function sees(viewer: Viewer, text: string): Promise<void> {
	await viewer.page.locator("hubbub-messages .message .text", { hasText: text }).first().waitFor();
}

describe("two people in one room", () => {
	test("read each other at once, in one order, each message once", async () => {
		const [one, two] = await Promise.all([enter("both-ways"), enter("both-ways", { locale: "zh-CN" })]);
		await one.say("hello from one");
		await sees(two, "hello from one");
		await two.say("两号听到了");
		await sees(one, "两号听到了");
		await one.say("and back");
		await sees(two, "and back");
		const expected = ["hello from one", "两号听到了", "and back"];
		await comesToBe(() => one.texts(), expected);
		await comesToBe(() => two.texts(), expected);
	});

	test("see what is said fly across the stage, but not what was said before they came", async () => {
		await sayAsOperator(house, "flying", "said before");
		const [one, two] = await Promise.all([enter("flying"), enter("flying")]);
		// Looked for from before it is said, and followed within the page: a line is gone when it has crossed the stage.
		const flies = two.page.locator("hubbub-stage .danmaku .line", { hasText: "fly, my line" }).evaluate(async (line) => {
			const first = line.getBoundingClientRect().left;
			while (line.isConnected) {
				if (line.getBoundingClientRect().left < first - 5) return true;
				await new Promise(requestAnimationFrame);
			}
			return false;
		});
		// The writer's own line flies too, and is outlined.
		const outlined = one.page.locator("hubbub-stage .danmaku .line.mine").waitFor({ state: "attached" });
		const [hasFlown] = await Promise.all([flies, outlined, one.say("fly, my line")]);
		expect(hasFlown).toBe(true);
		expect(await two.page.locator("hubbub-stage .danmaku .line", { hasText: "said before" }).count()).toBe(0);
	});

	test("can turn danmaku off by the key D, and it stays off", async () => {
		const one = await enter("no-danmaku");
		await one.page.locator("hubbub-stage").click({ position: { x: 5, y: 5 } });
		await one.page.keyboard.press("d");
		await one.say("nothing flies");
		await sees(one, "nothing flies");
		expect(await one.page.locator("hubbub-stage .line").count()).toBe(0);
		await one.page.reload();
		await sees(one, "nothing flies");
		expect(await one.page.locator("hubbub-stage button[aria-pressed]").first().getAttribute("aria-pressed")).toBe("false");
	});
});

describe("a network that goes away", () => {
	test("costs nothing: what was said meanwhile, on both sides, stands once and in order, under a line that counts it", async () => {
		const wire = layWire(house.url);
		wires.push(wire);
		const near = await enter("cut", {}, wire.url);
		const far = await enter("cut");
		await far.say("before");
		await sees(near, "before");
		wire.cut();
		const pill = near.page.locator("hubbub-connection .pill");
		await until(async () => !/live/.test(await words(pill)));
		await far.say("missed one");
		await far.say("missed two");
		await near.say("written in the dark");
		await sees(far, "missed two");
		await comesToBe(() => near.page.locator(".message.sending").count(), 1);
		wire.mend();
		await sees(far, "written in the dark");
		// Back over whichever way is found first.
		await until(async () => /live|^on /.test(await words(pill)));
		const expected = ["before", "missed one", "missed two", "written in the dark"];
		await until(async () => (await near.texts()).length >= expected.length && (await near.page.locator(".message.sending").count()) === 0);
		await comesToBe(() => near.texts(), expected);
		await comesToBe(() => far.texts(), expected);
		await until(async () => (await words(near.page.locator(".notice.missed"))).includes("2"));
	});

	test("is told in words when the device itself is offline, and goes on by itself", async () => {
		const one = await enter("offline");
		await goOffline(one.page);
		const pill = one.page.locator("hubbub-connection .pill");
		await until(async () => /offline/.test(await words(pill)));
		await pill.click();
		await one.page.locator("hubbub-connection-card", { hasText: "no network" }).waitFor();
		await one.context.setOffline(false);
		await until(async () => /live|^on /.test(await words(pill)));
	});
});

describe("writing", () => {
	test("a refused text comes back into the box with the reason and a countdown; both are gone when it can be sent again", async () => {
		// A limit so slow that the second text is refused, and its wait still shown, on whatever machine.
		const slow = await openHouse({ HUBBUB_RATE_LIMIT: "1/15s" });
		houses.push(slow);
		const one = await enter("refused", {}, slow.url);
		const box = one.page.locator("hubbub-composer textarea");
		const send = one.page.locator("hubbub-composer .send");
		const refusal = one.page.locator("hubbub-composer .note");
		let last = 0;
		while ((await refusal.count()) === 0) {
			last++;
			await one.say(`quick ${last}`);
			await until(async () => (await refusal.count()) > 0 || (await one.page.locator(".message:not(.sending)").count()) === last);
		}
		await comesToBe(() => box.inputValue(), `quick ${last}`);
		expect(await words(refusal)).toMatch(/too fast.*Wait \d+ s/s);
		expect(await send.isDisabled()).toBe(true);
		expect(await words(send)).toMatch(/^\d+$/);
		await until(() => send.isEnabled());
		await comesToBe(() => refusal.count(), 0);
		await box.press("Enter");
		await sees(one, `quick ${last}`);
		await comesToBe(() => box.inputValue(), "");
		await comesToBe(
			() => one.texts(),
			Array.from({ length: last }, (_, index) => `quick ${index + 1}`),
		);
	});

	test("an input method's Enter only confirms, Shift+Enter breaks the line, Enter sends", async () => {
		const one = await enter("ime");
		const box = one.page.locator("hubbub-composer textarea");
		await box.fill("ni hao");
		await box.evaluate((element) => {
			const enter = { key: "Enter", bubbles: true, composed: true, cancelable: true };
			element.dispatchEvent(new KeyboardEvent("keydown", { ...enter, isComposing: true }));
			element.dispatchEvent(new KeyboardEvent("keydown", { ...enter, keyCode: 229 }));
		});
		await box.press("Shift+Enter");
		await box.pressSequentially("second line");
		expect(await box.inputValue()).toBe("ni hao\nsecond line");
		expect(await one.texts()).toEqual([]);
		await box.press("Enter");
		await sees(one, "second line");
		await comesToBe(() => one.texts(), ["ni hao\nsecond line"]);
	});

	test("a reply carries a quote, and the answered person's row is tinted", async () => {
		const [one, two] = await Promise.all([enter("reply"), enter("reply")]);
		await one.say("who knows?");
		const row = two.page.locator(".message", { hasText: "who knows?" });
		await row.hover();
		await row.getByRole("button", { name: "Reply" }).click();
		await two.say("I do");
		const answer = one.page.locator(".message.to-me", { hasText: "I do" });
		await answer.waitFor();
		expect(await words(answer.locator(".quote"))).toContain("who knows?");
	});

	test("a guest can take another name, and stays the same person", async () => {
		const one = await enter("rename");
		await one.say("first");
		await one.page.getByRole("button", { name: "Change your name" }).click();
		await one.page.getByLabel("Your name here").fill("Marigold");
		await one.page.getByRole("button", { name: "Save" }).click();
		await until(async () => /Marigold/.test(await words(one.page.locator("hubbub-composer .identity"))));
		await one.say("second");
		await sees(one, "second");
		await comesToBe(() => one.texts(), ["first", "second"]);
		expect(await one.page.locator(".message.mine").count()).toBe(2);
	});

	test("one's own message can be taken back, and leaves no hole for others", async () => {
		const [one, two] = await Promise.all([enter("take-back"), enter("take-back")]);
		await one.say("a slip");
		await sees(two, "a slip");
		const row = one.page.locator(".message", { hasText: "a slip" });
		await row.hover();
		await row.getByRole("button", { name: "Delete" }).click();
		await until(async () => (await two.texts()).length === 0);
		await comesToBe(() => one.texts(), []);
	});
});
