import type { FrameLocator, Locator, Page } from "playwright-core";
import { until } from "./browser.ts";

/** How a list stands, as the browser sees it. */
export interface ListView {
	/** How many CSS pixels the newest row ends below what is seen; 0 where it is in sight. */
	readonly belowPx: number;
	/** Whether the button back to now stands there: the list is not following. */
	readonly isReading: boolean;
	readonly rows: number;
	readonly last: string;
}

/** A page, or a frame in one. */
export type Place = Pick<Page | FrameLocator, "locator">;

export function scroller(place: Place): Locator {
	return place.locator("hubbub-messages .scroller");
}

/** Looks at the list once. */
export function lookAtList(place: Place): Promise<ListView> {
	return place.locator("hubbub-messages").evaluate((list) => {
		const root = list.shadowRoot as ShadowRoot;
		const box = root.querySelector(".scroller") as HTMLElement;
		const rows = root.querySelectorAll<HTMLElement>("[data-key]");
		const last = rows[rows.length - 1];
		const endPx = last ? last.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom : 0;
		return {
			belowPx: Math.max(0, Math.round(endPx)),
			isReading: root.querySelector(".newest") !== null,
			rows: rows.length,
			last: last?.querySelector(".text")?.textContent ?? "",
		};
	});
}

/** Waits until the list shows this text as its newest, in sight, and follows. */
export async function followsWith(place: Place, text: string): Promise<void> {
	let view: ListView | null = null;
	const isThere = async () => {
		view = await lookAtList(place);
		return view.last === text && view.belowPx === 0 && !view.isReading;
	};
	await until(isThere).catch(() => {
		throw new Error(`The list never followed with ${text}: ${JSON.stringify(view)}`);
	});
}

/** Counts frames drawn: what was to happen has happened after a few of them. */
export async function afterFrames(place: Place, count = 4): Promise<void> {
	await place.locator("hubbub-room").evaluate(async (_room, frames) => {
		for (let at = 0; at < frames; at++) await new Promise(requestAnimationFrame);
	}, count);
}

/** The first row in sight and how far below the upper edge it stands, in words, once the list has rested for a while of frames. */
export function restingPlace(place: Place): Promise<string> {
	return place.locator("hubbub-messages").evaluate(async (list) => {
		const root = list.shadowRoot as ShadowRoot;
		const look = () => {
			const edgePx = (root.querySelector(".scroller") as HTMLElement).getBoundingClientRect().top;
			const row = [...root.querySelectorAll("[data-key]")].find((item) => item.getBoundingClientRect().bottom > edgePx);
			return row ? `${row.querySelector(".text")?.textContent} at ${Math.round(row.getBoundingClientRect().top - edgePx)} px` : "no row";
		};
		let seen = look();
		for (let frames = 0; frames < 15; frames++) {
			await new Promise(requestAnimationFrame);
			const now = look();
			if (now === seen) continue;
			seen = now;
			frames = 0;
		}
		return seen;
	});
}
