import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { BrowserContextOptions, CDPSession, Page } from "playwright-core";
import { shareHouse, testMs, until } from "./browser.ts";

setDefaultTimeout(testMs);

const { enter: comeIn } = shareHouse();

/** Opens the dialog to sign in. */
async function openDialog(options: BrowserContextOptions = {}): Promise<Page> {
	const viewer = await comeIn("dialogs", options);
	await reopen(viewer.page);
	return viewer.page;
}

async function reopen(page: Page): Promise<void> {
	await page.getByRole("button", { name: "Menu", exact: true }).click();
	await page.getByRole("button", { name: "Sign in", exact: true }).click();
	await page.getByLabel("Key or token").waitFor();
}

async function points(page: Page): Promise<{ inside: [number, number]; outside: [number, number] }> {
	const box = await page.locator("hubbub-sign-in dialog").boundingBox();
	const input = await page.getByLabel("Key or token").boundingBox();
	if (!box || !input) throw new Error("The dialog is not there.");
	return { inside: [input.x + 40, input.y + input.height / 2], outside: [box.x - 60 > 0 ? box.x - 60 : 8, box.y + box.height + 40] };
}

/** A press that begins at one point and ends at another. */
async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
	await page.mouse.move(...from);
	await page.mouse.down();
	await page.mouse.move(...to, { steps: 4 });
	await page.mouse.up();
}

const isOpen = async (page: Page) => (await page.locator("hubbub-sign-in dialog[open]").count()) === 1;

describe("a dialog", () => {
	test("stays when a text in it is selected and the mouse released beside it, or pressed beside it and released inside", async () => {
		const page = await openDialog();
		await page.getByLabel("Key or token").fill("half a key");
		const { inside, outside } = await points(page);
		await drag(page, inside, outside);
		expect(await isOpen(page)).toBe(true);
		await drag(page, outside, inside);
		expect(await isOpen(page)).toBe(true);
		expect(await page.getByLabel("Key or token").inputValue()).toBe("half a key");
		await drag(page, outside, [outside[0] + 5, outside[1] + 5]);
		await until(async () => !(await isOpen(page)));
	});

	test("that was closed by a press beside it or by Escape has what was typed when it is opened again", async () => {
		const page = await openDialog();
		const field = page.getByLabel("Key or token");
		await field.fill("half a key");
		const { outside } = await points(page);
		await page.mouse.click(...outside);
		await until(async () => !(await isOpen(page)));
		await reopen(page);
		expect(await field.inputValue()).toBe("half a key");
		await field.press("Escape");
		await until(async () => !(await isOpen(page)));
		// Another dialog between them makes no difference.
		await page.keyboard.press("?");
		await page.locator("hubbub-shortcuts dialog[open]").waitFor();
		await page.keyboard.press("Escape");
		await reopen(page);
		expect(await field.inputValue()).toBe("half a key");
	});

	test("by touch closes with a tap beside it, not with a finger that slides out of it", async () => {
		const page = await openDialog({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
		const { inside, outside } = await points(page);
		const wire = await page.context().newCDPSession(page);
		const touch = (type: "touchStart" | "touchMove" | "touchEnd", at?: [number, number]) =>
			wire.send("Input.dispatchTouchEvent", { type, touchPoints: at ? [{ x: at[0], y: at[1] }] : [] });
		await touch("touchStart", inside);
		await touch("touchMove", outside);
		await touch("touchEnd");
		expect(await isOpen(page)).toBe(true);
		await page.touchscreen.tap(...outside);
		await until(async () => !(await isOpen(page)));
	});
});

/** Begins to compose in the field that has the focus, and presses a key that is the input method's: browsers report 229, some the key itself. */
async function composeAndPress(wire: CDPSession, key: "Escape" | "Enter", keyCode: number): Promise<void> {
	await wire.send("Input.imeSetComposition", { text: "你好", selectionStart: 2, selectionEnd: 2 });
	const press = { key, code: key, windowsVirtualKeyCode: keyCode };
	await wire.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...press });
	await wire.send("Input.dispatchKeyEvent", { type: "keyUp", ...press });
}

describe("an input method", () => {
	test.each([229, 27])("closes no dialog with the Escape that ends a composition (key code %d)", async (keyCode) => {
		const page = await openDialog();
		const wire = await page.context().newCDPSession(page);
		await page.getByLabel("Key or token").evaluate((field: HTMLInputElement) => {
			field.type = "text";
			field.focus();
		});
		await composeAndPress(wire, "Escape", keyCode);
		expect(await isOpen(page)).toBe(true);
		await wire.send("Input.insertText", { text: "你好" });
		await page.keyboard.press("Escape");
		await until(async () => !(await isOpen(page)));
	});

	test.each([229, 13])("sends no form, name or message with the Enter that ends a composition (key code %d)", async (keyCode) => {
		const page = await openDialog();
		const wire = await page.context().newCDPSession(page);
		await page.getByLabel("Key or token").evaluate((field: HTMLInputElement) => {
			field.type = "text";
			field.focus();
		});
		await composeAndPress(wire, "Enter", keyCode);
		expect(await isOpen(page)).toBe(true);
		await wire.send("Input.insertText", { text: "" });
		await page.keyboard.press("Escape");
		await until(async () => !(await isOpen(page)));
		await page.getByRole("button", { name: "Change your name" }).click();
		const name = page.getByLabel("Your name here");
		await name.focus();
		await composeAndPress(wire, "Enter", keyCode);
		expect(await name.count()).toBe(1);
		await composeAndPress(wire, "Escape", keyCode === 13 ? 27 : 229);
		expect(await name.count()).toBe(1);
		await page.locator("hubbub-composer textarea").focus();
		await composeAndPress(wire, "Enter", keyCode);
		expect(await page.locator("hubbub-messages .message").count()).toBe(0);
		expect(await page.locator("hubbub-composer textarea").inputValue()).toBe("你好");
	});
});
