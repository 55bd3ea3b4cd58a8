/** What was told stays in the document so long that whoever was interrupted can find it: so many announcements. */
const toldMax = 8;

/**
 * The place from which a screen reader reads: each announcement is a paragraph of its own, so that the same words are read again when they are
 * said again. The discussion itself is read at leisure and announces nothing: it is drawn anew, cut and filled in ways that are no news.
 */
export class LiveRegion {
	readonly element: HTMLElement;

	constructor() {
		this.element = document.createElement("div");
		this.element.className = "unseen";
		this.element.setAttribute("role", "log");
		this.element.setAttribute("aria-live", "polite");
		this.element.setAttribute("aria-relevant", "additions");
		this.element.setAttribute("aria-atomic", "false");
	}

	/** What the region is called, in the reader's language. */
	set label(label: string) {
		this.element.setAttribute("aria-label", label);
	}

	announce(words: string): void {
		const paragraph = document.createElement("p");
		paragraph.textContent = words;
		this.element.append(paragraph);
		while (this.element.childElementCount > toldMax) this.element.firstElementChild?.remove();
	}
}
