import { describe, expect, setDefaultTimeout, test } from "bun:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { comesToBe, goOffline, operatorKey, shareHouse, testMs, until } from "./browser.ts";

setDefaultTimeout(testMs);

const { enter: comeIn } = shareHouse();

async function enter(room: string, options: BrowserContextOptions = {}): Promise<Page> {
	return (await comeIn(room, options)).page;
}

/** What has the focus: the name that a screen reader would say, or the element's own where it has none. */
function focused(page: Page): Promise<string> {
	return page.evaluate(() => {
		let active: Element | null = document.activeElement;
		while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
		if (!active || active === document.body) return "nothing";
		const labels = active instanceof HTMLInputElement ? [...(active.labels ?? [])].map((label) => label.textContent?.trim()) : [];
		return active.getAttribute("aria-label") ?? labels[0] ?? (active.textContent?.trim() || active.localName);
	});
}

/** Whether the focus is inside an element of this name, components within components included. */
function isFocusIn(page: Page, name: string): Promise<boolean> {
	return page.evaluate((wanted) => {
		let active: Element | null = document.activeElement;
		while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
		for (let at: Node | null = active; at; at = at.parentNode ?? (at instanceof ShadowRoot ? at.host : null))
			if (at instanceof Element && at.localName === wanted) return true;
		return false;
	}, name);
}

async function focusOn(page: Page, button: string): Promise<void> {
	await page.getByRole("button", { name: button, exact: true }).focus();
}

const panels = [
	{ button: "Menu", card: "hubbub-menu" },
	{ button: "Danmaku settings", card: "hubbub-danmaku-panel" },
	{ button: "How it flies", card: "hubbub-danmaku-style" },
] as const;

describe("by keyboard alone", () => {
	test.each(panels)("$button opens with the focus inside, closes by Escape, and gives the focus back", async ({ button, card }) => {
		const page = await enter("opening");
		for (const key of ["Enter", " "]) {
			await focusOn(page, button);
			await page.keyboard.press(key);
			await until(() => isFocusIn(page, card));
			await page.keyboard.press("Escape");
			await page.locator(card).waitFor({ state: "detached" });
			await comesToBe(() => focused(page), button);
		}
		// By its own button it closes too.
		await page.keyboard.press("Enter");
		await page.locator(card).waitFor();
		await focusOn(page, button);
		await page.keyboard.press("Enter");
		await page.locator(card).waitFor({ state: "detached" });
		await comesToBe(() => focused(page), button);
	});

	test("the connection explains itself right after its button, and Escape puts it away", async () => {
		const page = await enter("explaining");
		await goOffline(page);
		const pill = page.locator("hubbub-connection .pill");
		await until(async () => /offline/.test((await pill.textContent()) ?? ""));
		await pill.focus();
		await page.keyboard.press("Enter");
		await page.locator("hubbub-connection-card").waitFor();
		await page.keyboard.press("Tab");
		await comesToBe(() => focused(page), "Try now");
		await page.keyboard.press("Escape");
		await page.locator("hubbub-connection-card").waitFor({ state: "detached" });
		await comesToBe(() => focused(page), "offline");
	});

	test.each([
		{ item: "Sign in", dialog: "hubbub-sign-in" },
		{ item: "Keyboard", dialog: "hubbub-shortcuts" },
	])("$item opens from the menu, keeps the focus inside, and gives it back to the menu's button", async ({ item, dialog }) => {
		const page = await enter("modal");
		await focusOn(page, "Menu");
		await page.keyboard.press("Enter");
		await focusOn(page, item);
		await page.keyboard.press("Enter");
		await until(() => isFocusIn(page, dialog));
		await page.locator("hubbub-menu").waitFor({ state: "detached" });
		for (let step = 0; step < 8; step++) {
			await page.keyboard.press(step < 4 ? "Tab" : "Shift+Tab");
			// Past the last control the browser itself has the focus for a moment.
			expect((await isFocusIn(page, dialog)) || (await focused(page)) === "nothing").toBe(true);
		}
		await page.keyboard.press("Escape");
		await page.locator(dialog).waitFor({ state: "detached" });
		await comesToBe(() => focused(page), "Menu");
	});

	test("the host reaches the room's settings, and comes back from them", async () => {
		const page = await enter("hosting");
		await page.keyboard.press("?");
		await until(() => isFocusIn(page, "hubbub-shortcuts"));
		await page.keyboard.press("Escape");
		await page.locator("hubbub-shortcuts").waitFor({ state: "detached" });
		await focusOn(page, "Menu");
		await page.keyboard.press("Enter");
		await focusOn(page, "Sign in");
		await page.keyboard.press("Enter");
		await until(async () => (await focused(page)) === "Key or token");
		await page.keyboard.type(operatorKey);
		await page.keyboard.press("Enter");
		await page.locator("hubbub-sign-in").waitFor({ state: "detached" });
		await comesToBe(() => focused(page), "Menu");
		await until(async () => (await page.locator("hubbub-composer .identity .name").count()) === 1);
		await page.keyboard.press("Enter");
		await focusOn(page, "Room settings");
		await page.keyboard.press("Enter");
		await until(() => isFocusIn(page, "hubbub-room-settings"));
		await page.keyboard.press("Escape");
		await page.locator("hubbub-room-settings").waitFor({ state: "detached" });
		await comesToBe(() => focused(page), "Menu");
	});

	test("the form for the name gives the focus back to its button, cancelled or saved", async () => {
		const page = await enter("naming");
		await focusOn(page, "Change your name");
		await page.keyboard.press("Enter");
		await until(async () => (await focused(page)) === "Your name here");
		await page.keyboard.press("Escape");
		await until(async () => (await focused(page)) === "Change your name");
		await page.keyboard.press("Enter");
		await until(async () => (await focused(page)) === "Your name here");
		await page.keyboard.type("Marigold");
		await page.keyboard.press("Enter");
		await until(async () => (await focused(page)) === "Change your name");
		await page.locator("hubbub-composer .identity .name", { hasText: "Marigold" }).waitFor();
	});

	test("Escape closes what is on top and nothing else: first the card, then the reply, then it leaves the box", async () => {
		const page = await enter("topmost");
		const box = page.locator("hubbub-composer textarea");
		await box.fill("who knows?");
		await box.press("Enter");
		await page.locator(".message:not(.sending)").waitFor();
		await box.blur();
		await page.keyboard.press("j");
		await page.keyboard.press("r");
		await page.locator("hubbub-composer .answering").waitFor();
		await focusOn(page, "How it flies");
		await page.keyboard.press("Enter");
		await page.locator("hubbub-danmaku-style").waitFor();
		await page.keyboard.press("Escape");
		await page.locator("hubbub-danmaku-style").waitFor({ state: "detached" });
		expect(await page.locator("hubbub-composer .answering").count()).toBe(1);
		await box.focus();
		await page.keyboard.press("Escape");
		await page.locator("hubbub-composer .answering").waitFor({ state: "detached" });
		await comesToBe(() => focused(page), "Write a message");
		await page.keyboard.press("Escape");
		await comesToBe(() => focused(page), "nothing");
	});

	test("one card is open at a time, and none stays open behind the focus", async () => {
		const page = await enter("one-at-a-time");
		const cards = page.locator("hubbub-menu, hubbub-danmaku-panel, hubbub-danmaku-style, hubbub-connection-card");
		for (const { button, card } of panels) {
			await focusOn(page, button);
			await page.keyboard.press("Enter");
			await page.locator(card).waitFor();
			await comesToBe(() => cards.count(), 1);
		}
		await page.locator("hubbub-composer textarea").focus();
		await until(async () => (await cards.count()) === 0);
		await comesToBe(() => focused(page), "Write a message");
		// A press elsewhere closes as well.
		await page.getByRole("button", { name: "Menu", exact: true }).click();
		await page.locator("hubbub-menu").waitFor();
		await page.locator("hubbub-messages").click({ position: { x: 20, y: 20 } });
		await until(async () => (await cards.count()) === 0);
	});

	test("letters typed in a card are not the page's keys, and who wants no keys of a single letter turns them off for good", async () => {
		const page = await enter("letters");
		const danmaku = page.getByRole("button", { name: "Danmaku", exact: true });
		await focusOn(page, "Menu");
		await page.keyboard.press("Enter");
		await until(() => isFocusIn(page, "hubbub-menu"));
		await page.keyboard.press("d");
		await page.keyboard.press("Escape");
		await page.locator("hubbub-menu").waitFor({ state: "detached" });
		expect(await danmaku.getAttribute("aria-pressed")).toBe("true");
		await page.keyboard.press("?");
		await page.getByLabel("Use single keys").uncheck();
		await page.keyboard.press("Escape");
		await page.locator("hubbub-shortcuts").waitFor({ state: "detached" });
		await page.reload();
		await page.locator("hubbub-composer textarea").waitFor();
		await danmaku.waitFor({ state: "attached" });
		await page.keyboard.press("d");
		await page.keyboard.press("?");
		expect(await danmaku.getAttribute("aria-pressed")).toBe("true");
		expect(await page.locator("hubbub-shortcuts").count()).toBe(0);
	});
});

describe("the order of Tab", () => {
	const sizes = { desktop: [1440, 900], "a phone upright": [390, 844], "a phone on its side": [844, 390] } as const;

	test.each(Object.keys(sizes) as (keyof typeof sizes)[])(
		"follows the eye on %s: within each part down, and along each line",
		async (name) => {
			const [width, height] = sizes[name];
			const page = await enter("order", { viewport: { width, height } });
			// A file of its own, which brings buttons along.
			await page.locator("hubbub-stage .bar button").first().waitFor({ state: "attached" });
			const stops: { name: string; part: string; x: number; y: number; height: number }[] = [];
			for (let step = 0; step < 30; step++) {
				await page.keyboard.press("Tab");
				const stop = await page.evaluate(() => {
					let active: Element | null = document.activeElement;
					let part = "";
					while (active) {
						const at = active.closest("hubbub-stage, header, hubbub-messages, hubbub-composer");
						if (at) part = at.className || at.localName;
						if (!active.shadowRoot?.activeElement) break;
						active = active.shadowRoot.activeElement;
					}
					if (!active || active === document.body) return null;
					const box = active.getBoundingClientRect();
					return {
						name: active.getAttribute("aria-label") ?? active.textContent?.trim() ?? "",
						part,
						x: box.x,
						y: box.y,
						height: box.height,
					};
				});
				if (!stop) break;
				stops.push(stop);
			}
			expect(stops.length).toBeGreaterThan(8);
			expect(stops[0]?.name).toBe("Skip to the message box");
			expect(stops.map((stop) => stop.name)).toContain("Write a message");
			const backwards = stops.slice(2).flatMap((stop, index) => {
				const before = stops[index + 1] as (typeof stops)[number];
				const isUp = stop.y + stop.height <= before.y;
				const isLeft = stop.y < before.y + before.height && before.y < stop.y + stop.height && stop.x < before.x;
				return stop.part === before.part && (isUp || isLeft) ? [`${before.name} → ${stop.name}`] : [];
			});
			expect(backwards).toEqual([]);
		},
	);
});
