import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createHmac } from "node:crypto";
import type { Browser, Locator } from "playwright-core";
import { comesToBe, type House, openBrowser, openHouse, operatorKey, testMs, until, type Viewer, visit, words } from "./browser.ts";
import { layWire, type Wire } from "./cut-wire.ts";

setDefaultTimeout(testMs);

const secret = "a-secret-of-at-least-thirty-two-characters";
let house: House;
let browser: Browser;
const viewers: Viewer[] = [];
const wires: Wire[] = [];

beforeAll(async () => {
	[house, browser] = await Promise.all([openHouse({ HUBBUB_JWT_SECRET: secret }), openBrowser()]);
});

afterEach(async () => {
	const complaints = viewers.flatMap((viewer) => viewer.complaints);
	await Promise.all(viewers.splice(0).map((viewer) => viewer.context.close()));
	for (const wire of wires.splice(0)) wire.stop();
	expect(complaints).toEqual([]);
});

afterAll(async () => {
	await browser.close();
	await house.stop();
});

async function enter(room: string, base = house.url): Promise<Viewer> {
	const viewer = await visit(browser, `${base}/rooms/${room}`);
	viewers.push(viewer);
	return viewer;
}

/** A sign-in of the member Mira, good for so many seconds. */
function signIn(seconds: number): string {
	const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
	const exp = Math.floor(Date.now() / 1_000) + seconds;
	const body = `${part({ alg: "HS256" })}.${part({ sub: "mira", name: "Mira", roles: ["member"], exp })}`;
	return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

async function changeRoom(room: string, settings: object): Promise<void> {
	const response = await fetch(`${house.url}/api/v1/rooms/${room}`, {
		method: "PUT",
		headers: { authorization: `Bearer ${operatorKey}`, "content-type": "application/json" },
		body: JSON.stringify(settings),
	});
	expect(response.status).toBe(200);
}

/** The parts of the composer. */
function composer({ page }: Viewer): { box: Locator; note: Locator; send: Locator } {
	const part = (selector: string) => page.locator(`hubbub-composer ${selector}`);
	return { box: part("textarea"), note: part("#note"), send: part(".send") };
}

const isMira = async ({ page }: Viewer) => (await page.locator("hubbub-composer .identity .name", { hasText: "Mira" }).count()) === 1;

async function handIn({ page }: Viewer, token: string): Promise<void> {
	await page.getByLabel("Key or token").fill(token);
	await page.locator("hubbub-sign-in-form .button").click();
}

async function signInBy(viewer: Viewer, token: string): Promise<void> {
	await handIn(viewer, token);
	await until(() => isMira(viewer));
}

/** Signs in with what runs out soon: as soon as this machine allows, for where it had run out before it was handed in, the next one is good for longer. */
async function signInBriefly(viewer: Viewer): Promise<void> {
	for (let seconds = 4; ; seconds *= 2) {
		await handIn(viewer, signIn(seconds));
		let outcome: "signed in" | "too late" | null = null;
		await until(async () => {
			if (await isMira(viewer)) outcome = "signed in";
			else if ((await viewer.page.locator("hubbub-sign-in-form .wrong").count()) === 1) outcome = "too late";
			return outcome !== null;
		});
		if (outcome === "signed in") return;
	}
}

describe("what is being written", () => {
	test("[AUTH-5] stays in the box when the sign-in runs out, which says what to do, and is sent after the next one", async () => {
		const one = await enter("expiring");
		await one.say("before the end");
		await one.page.getByRole("button", { name: "Menu" }).click();
		await one.page.getByRole("button", { name: "Sign in" }).click();
		await signInBriefly(one);
		const { box, note, send } = composer(one);
		await box.pressSequentially("a long thought, as long as it took ");
		await until(async () => /no longer valid.*stays here/.test(await words(note)));
		// Typing goes on where it was.
		await box.pressSequentially("to write");
		expect(await box.inputValue()).toBe("a long thought, as long as it took to write");
		expect(await send.getAttribute("aria-disabled")).toBe("true");
		await box.press("Enter");
		expect(await one.texts()).toEqual(["before the end"]);
		await one.page.getByRole("button", { name: "Sign in" }).click();
		await signInBy(one, signIn(600));
		await comesToBe(() => words(note), "");
		await box.press("Enter");
		await comesToBe(() => one.texts(), ["before the end", "a long thought, as long as it took to write"]);
		await comesToBe(() => words(one.page.locator(".message .name").last()), "Mira");
	});

	test("stays when the room becomes read-only, closes to guests or changes its language around it, and while one deletes it", async () => {
		const one = await enter("closing");
		const { box, note } = composer(one);
		await one.say("so that there is something to read");
		await box.fill("half a thought");
		await box.focus();
		await changeRoom("closing", { write: "staff" });
		await until(async () => /Only the hosts.*stays here/.test(await words(note)));
		// A box that is emptied by hand does not go away from under the cursor, only after it.
		await box.fill("");
		await box.pressSequentially("a whole thought");
		expect(await box.inputValue()).toBe("a whole thought");
		await one.page.getByRole("button", { name: "Menu" }).click();
		await one.page.locator("hubbub-menu select").selectOption("zh-CN");
		await until(async () => /只有主持人.*还在这里/.test(await words(note)));
		await changeRoom("closing", { write: "everyone", guests: false });
		await until(async () => /需要登录.*还在这里/.test(await words(note)));
		expect(await box.inputValue()).toBe("a whole thought");
		await box.fill("");
		await box.blur();
		await box.waitFor({ state: "detached" });
	});

	test("stays where there is nothing else to read in a room that has closed", async () => {
		const one = await enter("closed-and-empty");
		const { box } = composer(one);
		await box.fill("kept");
		await changeRoom("closed-and-empty", { guests: false });
		await one.page.locator("hubbub-room .closed", { hasText: "signed in" }).waitFor();
		expect(await box.inputValue()).toBe("kept");
		await one.page.reload();
		await one.page.locator("hubbub-room .closed", { hasText: "signed in" }).waitFor();
		expect(await box.inputValue()).toBe("kept");
	});

	test("is there again after a reload, with the message it answers", async () => {
		const one = await enter("reloaded");
		const { box } = composer(one);
		await one.say("who knows?");
		const row = one.page.locator(".message", { hasText: "who knows?" });
		await row.hover();
		await row.getByRole("button", { name: "Reply" }).click();
		await box.fill("I do,\n它在这里");
		await one.page.reload();
		await box.waitFor();
		expect(await box.inputValue()).toBe("I do,\n它在这里");
		expect(await words(one.page.locator("hubbub-composer .answering"))).toContain("who knows?");
		await box.press("Enter");
		await one.page.locator(".message .quote", { hasText: "who knows?" }).waitFor();
		await one.page.reload();
		await box.waitFor();
		expect(await box.inputValue()).toBe("");
		expect(await one.page.locator("hubbub-composer .answering").count()).toBe(0);
	});

	test("is kept in the page where the browser forbids all storage", async () => {
		const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, locale: "en" });
		await context.addInitScript(() => {
			for (const name of ["localStorage", "sessionStorage"]) {
				Object.defineProperty(window, name, {
					get() {
						throw new DOMException("forbidden", "SecurityError");
					},
				});
			}
		});
		const page = await context.newPage();
		const errors: string[] = [];
		page.on("pageerror", (error) => errors.push(String(error)));
		await page.goto(`${house.url}/rooms/forbidden`);
		const box = page.locator("hubbub-composer textarea");
		await box.fill("kept");
		await changeRoom("forbidden", { write: "staff" });
		await until(async () => /stays here/.test(await words(page.locator("hubbub-composer #note"))));
		await changeRoom("forbidden", { write: "everyone" });
		await until(async () => (await words(page.locator("hubbub-composer #note"))) === "");
		await box.press("Enter");
		await page.locator(".message .text", { hasText: "kept" }).waitFor();
		expect(errors).toEqual([]);
		await context.close();
	});
});

describe("what is on its way", () => {
	test("when the page is reloaded without a network stands in the room once, when there is one again", async () => {
		const wire = layWire(house.url);
		wires.push(wire);
		const near = await enter("dark", wire.url);
		const far = await enter("dark");
		const { box, note } = composer(near);
		wire.cut();
		await until(async () => /Not connected/.test(await words(note)));
		await near.say("written in the dark");
		await near.page.locator(".message.sending").waitFor();
		await box.fill("and begun");
		wire.mend();
		await near.page.reload();
		await far.page.locator(".message .text", { hasText: "written in the dark" }).waitFor();
		await until(async () => (await near.texts()).length === 1 && (await near.page.locator(".message.sending").count()) === 0);
		await near.page.reload();
		await box.waitFor();
		expect(await box.inputValue()).toBe("and begun");
		await until(async () => (await near.texts()).length > 0);
		expect(await near.texts()).toEqual(["written in the dark"]);
		expect(await far.texts()).toEqual(["written in the dark"]);
	});

	test("when the reader takes another name is sent as the same person, once", async () => {
		const wire = layWire(house.url);
		wires.push(wire);
		const near = await enter("renamed", wire.url);
		const far = await enter("renamed");
		await near.say("before");
		await far.page.locator(".message .text", { hasText: "before" }).waitFor();
		wire.cut();
		await until(async () => /Not connected/.test(await words(composer(near).note)));
		await near.say("between two names");
		await near.page.getByRole("button", { name: "Change your name" }).click();
		await near.page.getByLabel("Your name here").fill("Marigold");
		await near.page.getByRole("button", { name: "Save" }).click();
		wire.mend();
		await far.page.locator(".message .text", { hasText: "between two names" }).waitFor();
		await comesToBe(() => near.page.locator(".message.mine:not(.sending)").count(), 2);
		await comesToBe(() => near.texts(), ["before", "between two names"]);
		await comesToBe(() => far.texts(), ["before", "between two names"]);
		await comesToBe(() => words(far.page.locator(".message .name").last()), "Marigold");
	});
});
