import { expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { comesToBe, operatorKey, sayAsOperator, shareHouse, testMs, until, words } from "./browser.ts";

setDefaultTimeout(testMs);

const { house, enter } = shareHouse();

/** Signs in with the operator's key. */
async function signIn(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Menu" }).click();
	await page.getByRole("button", { name: "Sign in" }).click();
	await page.getByPlaceholder("Key or token").fill(operatorKey);
	await page.locator("hubbub-sign-in-form .button").click();
	await until(async () => (await page.locator(".rename").count()) === 0);
}

const bar = (page: Page) => page.locator("hubbub-pin section");
const pinned = (page: Page) => bar(page).allInnerTexts();

/** Pins and unpins over HTTP. */
async function ask(room: string, method: "PUT" | "DELETE", body?: object): Promise<void> {
	const init = { method, headers: { authorization: `Bearer ${operatorKey}` }, ...(body && { body: JSON.stringify(body) }) };
	const answer = await fetch(`${house.url}/api/v1/rooms/${room}/pin`, init);
	if (!answer.ok) throw new Error(await answer.text());
}

test("[PIN-1] [PIN-2] the host pins a message from its tools, everybody sees it, and so does who comes later; it opens, and is taken down", async () => {
	const [host, guest] = await Promise.all([enter("pinned"), enter("pinned")]);
	await signIn(host.page);
	await guest.say("the address is https://a.example/1 <b>x</b>");
	const message = host.page.locator(".message", { hasText: "the address" });
	await message.hover();
	await message.getByRole("button", { name: "Pin this message" }).click();
	expect(await words(host.page.locator("hubbub-pin-form blockquote"))).toContain("the address is https://a.example/1 <b>x</b>");
	await host.page.locator("hubbub-pin-form").getByRole("button", { name: "Pin", exact: true }).click();
	await bar(guest.page).filter({ hasText: "the address is" }).waitFor();
	await until(async () => (await host.page.locator("hubbub-pin-form").count()) === 0);
	const later = await enter("pinned");
	await bar(later.page).filter({ hasText: "the address is" }).waitFor();
	expect(await guest.page.getByRole("button", { name: "Unpin" }).count()).toBe(0);
	expect(await guest.page.getByRole("button", { name: "Pin this message" }).count()).toBe(0);

	await guest.page.getByRole("button", { name: "Show all of it" }).click();
	expect(await bar(guest.page).getByRole("link").getAttribute("href")).toBe("https://a.example/1");
	expect(await bar(guest.page).locator("b").count()).toBe(0);
	await guest.page.getByRole("button", { name: "Show all of it" }).click();
	await bar(guest.page).locator("button.line").waitFor();

	// Looked for from before the press: the toast goes away by itself.
	const told = host.page.locator(".toast", { hasText: "Unpinned" }).waitFor();
	await Promise.all([told, host.page.getByRole("button", { name: "Unpin" }).click()]);
	for (const { page } of [host, guest, later]) await comesToBe(() => bar(page).count(), 0);
});

test("[PIN-1] the host pins a line of their own from the menu, and is told why one cannot be pinned", async () => {
	const [host, guest] = await Promise.all([enter("lined"), enter("lined")]);
	await signIn(host.page);
	await host.page.getByRole("button", { name: "Menu" }).click();
	await host.page.getByRole("button", { name: "Pin a line of your own" }).click();
	const form = host.page.locator("hubbub-pin-form");
	await form.getByLabel("Your line").fill("x".repeat(501));
	await form.getByRole("button", { name: "Pin", exact: true }).click();
	await form.locator(".refused", { hasText: "too long" }).waitFor();
	await form.getByLabel("Your line").fill("back in five");
	await form.getByLabel("For how long").selectOption({ label: "5 minutes" });
	await form.getByRole("button", { name: "Pin", exact: true }).click();
	await bar(guest.page).filter({ hasText: "back in five" }).waitFor();
	await guest.page.getByRole("button", { name: "Show all of it" }).click();
	expect(await words(bar(guest.page).locator(".until"))).toMatch(/^until \d/);
});

test("[PIN-3] [PIN-4] a pin whose time is over goes by itself, and one whose message is taken back goes with it", async () => {
	const viewer = await enter("over");
	// A page that was too slow to show it in its time is given more.
	let lastsMs = 3_000;
	await until(async () => {
		await ask("over", "PUT", { text: "for a moment", until: Date.now() + lastsMs });
		const shown = bar(viewer.page).filter({ hasText: "for a moment" }).waitFor({ timeout: lastsMs });
		lastsMs *= 2;
		return shown.then(
			() => true,
			() => false,
		);
	});
	await comesToBe(() => pinned(viewer.page), []);

	await viewer.say("regretted");
	const own = viewer.page.locator(".message.mine:not(.sending)", { hasText: "regretted" });
	await own.waitFor();
	const archive = await fetch(`${house.url}/rooms/over/messages`);
	const { events } = (await archive.json()) as { events: { id: string; text?: string }[] };
	await ask("over", "PUT", { id: events.find(({ text }) => text === "regretted")?.id });
	await bar(viewer.page).filter({ hasText: "regretted" }).waitFor();
	await own.hover();
	await own.getByRole("button", { name: "Delete" }).click();
	await comesToBe(() => pinned(viewer.page), []);
});

test("a pin is one calm line in every language and on a phone, and does not push the newest message out of sight", async () => {
	for (let count = 0; count < 40; count++) await sayAsOperator(house, "calm", `line ${count}`);
	await ask("calm", "PUT", { text: `${"很长".repeat(200)} https://a.example/${"x".repeat(80)}` });
	const labels = { en: "Pinned", "zh-CN": "置顶", "zh-TW": "置頂", ja: "固定" };
	for (const [locale, label] of Object.entries(labels)) {
		const viewer = await enter("calm", { locale, viewport: { width: 390, height: 844 } });
		await viewer.page.getByRole("region", { name: label, exact: true }).waitFor();
		const box = await bar(viewer.page).boundingBox();
		expect(box?.height).toBeLessThanOrEqual(56);
		expect(await viewer.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
		const last = viewer.page.locator(".message").last();
		await comesToBe(() => words(last.locator(".text")), "line 39");
		await until(async () => {
			const list = await viewer.page.locator("hubbub-messages").boundingBox();
			const row = await last.boundingBox();
			return row !== null && list !== null && row.y + row.height <= list.y + list.height + 1;
		});
	}
});
