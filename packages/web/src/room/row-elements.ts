import type { Row } from "@hubbub/room-model/rows.ts";
import { render, type TemplateResult } from "lit";

/** What one row's element was drawn from last. */
interface Drawn {
	readonly element: HTMLElement;
	readonly from: readonly unknown[];
}

/**
 * One list item for each row, in order, drawn again only where something changed that it is drawn from.
 *
 * Lit's `repeat` would do, but since lit-html 3.3.1 it leaves a comment node behind for every row that goes (lit/lit#5298): in a busy room
 * a thousand a minute.
 */
export class RowElements {
	readonly #list: HTMLElement;
	readonly #drawn = new Map<string, Drawn>();

	/** The `list` has no other children than those made here. */
	constructor(list: HTMLElement) {
		this.#list = list;
	}

	/** `template` draws what is in a row's item; `relations` names what that depends on beside the row itself. */
	draw(rows: readonly Row[], relations: (row: Row) => readonly unknown[], template: (row: Row) => TemplateResult): void {
		this.#removeAllBut(new Set(rows.map((row) => row.key)));
		let place = this.#list.firstElementChild;
		for (const row of rows) {
			const from = [row, ...relations(row)];
			const before = this.#drawn.get(row.key);
			const element = before?.element ?? itemOf(row.key);
			if (element === place) place = place.nextElementSibling;
			else this.#list.insertBefore(element, place);
			if (before && isSame(before.from, from)) continue;
			element.className = classOf(row);
			render(template(row), element);
			this.#drawn.set(row.key, { element, from });
		}
	}

	#removeAllBut(keys: ReadonlySet<string>): void {
		for (const [key, { element }] of this.#drawn) {
			if (keys.has(key)) continue;
			element.remove();
			this.#drawn.delete(key);
		}
	}
}

function itemOf(key: string): HTMLElement {
	const element = document.createElement("li");
	element.dataset.key = key;
	element.tabIndex = -1;
	return element;
}

function classOf(row: Row): string {
	return row.kind === "message" ? `message ${row.stance} ${row.fate}` : `notice ${row.notice.type}`;
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
	return one.length === other.length && one.every((value, index) => value === other[index]);
}
