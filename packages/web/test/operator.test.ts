import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import type { Page } from "playwright-core";
import { operatorKey, sayAsOperator, shareHouse, testMs, until, words } from "./browser.ts";

setDefaultTimeout(testMs);

const { house, enter } = shareHouse();

async function present(page: Page, token: string): Promise<void> {
	await page.getByLabel("Key or token").fill(token);
	await page.locator("hubbub-sign-in-form .button").click();
}

async function openSignIn(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Menu" }).click();
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByLabel("Key or token").waitFor();
}

async function isOperator(page: Page): Promise<void> {
	await until(async () => (await words(page.locator("hubbub-composer .identity .name"))) === "operator");
}

async function settingsOf(room: string): Promise<RoomSettings> {
	const answer = await fetch(`${house.url}/api/v1/rooms/${room}`, { headers: { authorization: `Bearer ${operatorKey}` } });
	return (await answer.json()).settings;
}

describe("signing in with something wrong", () => {
	test("names a wrong key as wrong and a wrong token with the server's reason; discussion, place and box stay, and the right key lets in", async () => {
		await sayAsOperator(house, "wrong-key", "still here");
		const { page, texts } = await enter("wrong-key");
		await until(async () => (await texts()).includes("still here"));
		await page.locator("hubbub-composer textarea").fill("half a sentence");
		await openSignIn(page);
		const problem = page.locator("hubbub-sign-in-form #problem");
		await present(page, `${operatorKey}x`);
		await until(async () => (await words(problem)).includes("not this server's key"));
		await present(page, "a.b.c");
		await until(async () => (await words(problem)).includes("does not take that token"));
		await present(page, "密钥");
		await until(async () => (await words(problem)).includes("not this server's key"));
		expect(await texts()).toContain("still here");
		expect(await page.locator("hubbub-room .closed").count()).toBe(0);
		expect(await page.locator("hubbub-composer textarea").inputValue()).toBe("half a sentence");
		await present(page, ` ${operatorKey} `);
		await isOperator(page);
		expect(await texts()).toContain("still here");
		expect(await page.locator("hubbub-composer textarea").inputValue()).toBe("half a sentence");
	});

	test("says that it could not be asked where the server does not answer, and takes the same key once it does", async () => {
		const { page } = await enter("unasked");
		await page.route("**/frames", (route) => route.abort());
		await openSignIn(page);
		await present(page, operatorKey);
		await until(async () => (await words(page.locator("hubbub-sign-in-form #problem"))).includes("could not say"));
		await page.unroute("**/frames");
		await page.locator("hubbub-sign-in-form .button").click();
		await isOperator(page);
	});
});

describe("the room's settings", () => {
	test("all stand in one panel, and each is kept as it was set there", async () => {
		const { page } = await enter("settings");
		await openSignIn(page);
		await present(page, operatorKey);
		await isOperator(page);
		await page.getByRole("button", { name: "Menu" }).click();
		await page.getByRole("button", { name: "Room settings" }).click();
		const panel = page.locator("hubbub-room-settings");
		for (const key of Object.keys(RoomSettings.entries)) await panel.locator(`[name="${key}"]`).first().waitFor();
		const wanted: RoomSettings = {
			...{ title: "Maths <b>on</b> Monday", streamUrl: "/nothing-yet.m3u8", slowModeSeconds: 7, write: "members", guests: false },
			...{ textGraphemesMax: 120, deliveryBudget: 0 },
		};
		for (const [key, value] of Object.entries(wanted)) {
			const control = panel.locator(`[name="${key}"]`);
			if (key === "write") await panel.locator(`[name="write"][value="${value}"]`).check();
			else if (typeof value === "boolean") await control.setChecked(value);
			else await control.fill(String(value));
		}
		await page.getByRole("button", { name: "Save" }).click();
		await panel.locator(".saved").waitFor();
		expect(await settingsOf("settings")).toEqual(wanted);
	});
});
