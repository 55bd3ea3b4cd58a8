import type { Page } from "playwright-core";

/** A control as a finger or an eye finds it. */
export interface Control {
	readonly name: string;
	/** How far a press at its middle may miss it, in pixels each way, and still meet it. */
	readonly width: number;
	readonly height: number;
	/** What is in the way of its middle; empty where nothing is. */
	readonly covered: string;
	readonly cut: boolean;
	/** Stands among words, as a link does. */
	readonly isInline: boolean;
}

/** Every control that is shown inside an element, components within components included. Each is brought into sight first. */
export function controlsIn(page: Page, root: string): Promise<Control[]> {
	return page.locator(root).evaluate((within) => {
		const found: HTMLElement[] = [];
		const gather = (node: Element | ShadowRoot) => {
			for (const child of node.children) {
				if (child.matches("button, a[href], input, select, textarea, [tabindex='0']")) found.push(child as HTMLElement);
				if (child.shadowRoot) gather(child.shadowRoot);
				gather(child);
			}
		};
		if (within.shadowRoot) gather(within.shadowRoot);
		gather(within);
		const at = (x: number, y: number) => {
			let top = document.elementFromPoint(x, y);
			for (let inner = top; inner?.shadowRoot; top = inner) {
				inner = inner.shadowRoot.elementFromPoint(x, y);
				if (!inner || inner === top) break;
			}
			return top;
		};
		return found.flatMap((control) => {
			// What carries a choice is its label, and what one sees of it.
			const shown = (control.matches("input[type=radio], input[type=checkbox]") && control.closest("label")) || control;
			if (!control.checkVisibility({ checkVisibilityCSS: true }) || control.classList.contains("skip")) return [];
			shown.scrollIntoView({ block: "nearest", inline: "nearest" });
			const box = shown.getBoundingClientRect();
			if (box.width === 0 || box.height === 0) return [];
			// At the middle of a pixel: so many of those lie in a box as it is wide, wherever it begins.
			const x = Math.floor(box.x + box.width / 2) + 0.5;
			const y = Math.floor(box.y + box.height / 2) + 0.5;
			const isMine = (element: Element | null): boolean => {
				for (let node: Node | null = element; node; node = node.parentNode ?? (node instanceof ShadowRoot ? node.host : null))
					if (node === shown || node === control) return true;
				return false;
			};
			const reach = (stepX: number, stepY: number) => {
				let steps = 0;
				while (steps < 40 && isMine(at(x + stepX * (steps + 1), y + stepY * (steps + 1)))) steps++;
				return steps;
			};
			const top = at(x, y);
			const name = control.getAttribute("aria-label") ?? shown.textContent?.trim() ?? "";
			return [
				{
					name: `${control.localName} ${name || control.getAttribute("name")}`,
					width: reach(-1, 0) + reach(1, 0) + 1,
					height: reach(0, -1) + reach(0, 1) + 1,
					covered: isMine(top) ? "" : (top?.localName ?? "nothing"),
					cut: box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5,
					isInline: getComputedStyle(control).display === "inline",
				},
			];
		});
	});
}
