import type { Browser, Locator, Page } from "playwright-core";

/** The element that has the focus, and where it is on the screen. */
export interface FocusStop {
	readonly name: string;
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** Looks at screenshots pixel by pixel, in a page of its own that draws them. */
export class Pixels {
	readonly #desk: Page;

	private constructor(desk: Page) {
		this.#desk = desk;
	}

	static async open(browser: Browser): Promise<Pixels> {
		return new Pixels(await (await browser.newContext()).newPage());
	}

	/** What has the focus, looked for inside components too; null where nothing does. What is a drawing stands for the input it covers. */
	focusStop(page: Page): Promise<FocusStop | null> {
		return page.evaluate(() => {
			let active: Element | null = document.activeElement;
			while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
			if (!active || active === document.body) return null;
			active.scrollIntoView({ block: "nearest" });
			const { x, y, width, height } = active.getBoundingClientRect();
			const own = active.getAttribute("aria-label") ?? active.textContent?.trim() ?? "";
			return { name: `${active.localName} ${own || active.id}`.slice(0, 60), x, y, width, height };
		});
	}

	/**
	 * How many pixels the focus changes by 3:1 or more, on and around an element that has it, and how many a line of one pixel around
	 * the element has (WCAG 2.4.7, measured after 2.4.13). The focus is where it was afterwards.
	 */
	async changeByFocus(page: Page, { x, y, width, height }: FocusStop): Promise<{ readonly changed: number; readonly needed: number }> {
		const view = page.viewportSize() ?? { width: 0, height: 0 };
		const left = Math.max(0, Math.floor(x) - 6);
		const top = Math.max(0, Math.floor(y) - 6);
		const clip = {
			x: left,
			y: top,
			width: Math.min(view.width, Math.ceil(x + width) + 6) - left,
			height: Math.min(view.height, Math.ceil(y + height) + 6) - top,
		};
		if (clip.width <= 0 || clip.height <= 0) return { changed: 0, needed: 1 };
		const shoot = async () => (await page.screenshot({ clip, caret: "hide" })).toString("base64");
		const focused = await shoot();
		// Only the mark is taken away, not the focus: whatever opens or shows itself with it stays.
		await page.evaluate(() => {
			const sheet = new CSSStyleSheet();
			// The ids weigh more than any rule of the pages.
			sheet.replaceSync(":is(*, #none#none#none) { outline-style: none !important; }");
			(globalThis as unknown as { unmark: CSSStyleSheet }).unmark = sheet;
			const roots: (Document | ShadowRoot)[] = [document];
			for (const root of roots) {
				root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
				for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
			}
		});
		const plain = await shoot();
		await page.evaluate(() => {
			const { unmark } = globalThis as unknown as { unmark: CSSStyleSheet };
			const roots: (Document | ShadowRoot)[] = [document];
			for (const root of roots) {
				root.adoptedStyleSheets = root.adoptedStyleSheets.filter((sheet) => sheet !== unmark);
				for (const element of root.querySelectorAll("*")) if (element.shadowRoot) roots.push(element.shadowRoot);
			}
		});
		const changed = await this.#desk.evaluate(countChanged, [focused, plain] as const);
		return { changed, needed: Math.round(width + height) };
	}

	/** The contrast of `color` with the pixel behind an element that it is hardest to tell from. */
	async worstContrast(page: Page, line: Locator, color: string): Promise<number> {
		const hide = (shown: boolean) =>
			line.evaluate((element: HTMLElement, isShown) => {
				element.style.visibility = isShown ? "" : "hidden";
			}, shown);
		const box = await line.boundingBox();
		if (!box) throw new Error("The line is not shown.");
		await hide(false);
		const behind = (await page.screenshot({ clip: box })).toString("base64");
		await hide(true);
		return this.#desk.evaluate(findWorst, [behind, color] as const);
	}
}

async function countChanged([one, other]: readonly [string, string]): Promise<number> {
	const read = async (base64: string) => {
		const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
		const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
		const brush = new OffscreenCanvas(image.width, image.height).getContext("2d") as OffscreenCanvasRenderingContext2D;
		brush.drawImage(image, 0, 0);
		return brush.getImageData(0, 0, image.width, image.height).data;
	};
	const light = (value: number) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
	const [before, after] = [await read(one), await read(other)];
	const luminance = (data: Uint8ClampedArray, at: number) =>
		0.2126 * light(data[at] as number) + 0.7152 * light(data[at + 1] as number) + 0.0722 * light(data[at + 2] as number);
	let changed = 0;
	for (let at = 0; at < before.length; at += 4) {
		const [a, b] = [luminance(before, at), luminance(after, at)];
		if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) >= 3) changed++;
	}
	return changed;
}

async function findWorst([base64, color]: readonly [string, string]): Promise<number> {
	const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
	const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
	const brush = new OffscreenCanvas(image.width, image.height).getContext("2d") as OffscreenCanvasRenderingContext2D;
	const light = (value: number) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
	const luminance = (data: Uint8ClampedArray, at: number) =>
		0.2126 * light(data[at] as number) + 0.7152 * light(data[at + 1] as number) + 0.0722 * light(data[at + 2] as number);
	brush.fillStyle = color;
	brush.fillRect(0, 0, 1, 1);
	const letters = luminance(brush.getImageData(0, 0, 1, 1).data, 0);
	brush.drawImage(image, 0, 0);
	const { data } = brush.getImageData(0, 0, image.width, image.height);
	let worst = 21;
	for (let at = 0; at < data.length; at += 4) {
		const behind = luminance(data, at);
		worst = Math.min(worst, (Math.max(letters, behind) + 0.05) / (Math.min(letters, behind) + 0.05));
	}
	return worst;
}
