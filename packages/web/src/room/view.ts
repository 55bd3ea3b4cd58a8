import { recall, remember } from "../theme/choice.ts";
import type { Address } from "./address.ts";
import { followLayout, type Layout } from "./layout.ts";

const viewKey = "hubbub.view";

/** What a reader chose for wide windows. */
export interface ViewChoice {
	/** The stage has all the height and no frame. */
	readonly isTheatre: boolean;
	/** The discussion is put away. */
	readonly isTalkAway: boolean;
}

/** Reads a kept choice: words, separated by spaces. Whatever else stands there means nothing. */
export function parseView(kept: string | null): ViewChoice {
	const words = (kept ?? "").split(" ");
	return { isTheatre: words.includes("theatre"), isTalkAway: words.includes("alone") };
}

export function writeView({ isTheatre, isTalkAway }: ViewChoice): string | null {
	return [isTheatre ? "theatre" : "", isTalkAway ? "alone" : ""].filter((word) => word !== "").join(" ") || null;
}

/** How the room is laid out, as window, reader and full screen have it together. */
export class View {
	readonly #frame: Address["frame"];
	readonly #changed: () => void;
	readonly #follower: { readonly layout: Layout; readonly stop: () => void };
	#window: Layout;
	readonly #narrow = matchMedia("(max-width: 559px)");
	#isFull = false;
	#choice: ViewChoice;
	#drawer: "open" | "shut";

	constructor(frame: Address["frame"], changed: () => void) {
		this.#frame = frame;
		this.#changed = changed;
		this.#choice = parseView(frame === "page" ? recall(viewKey) : null);
		this.#follower = followLayout((layout) => {
			this.#window = layout;
			this.#rearranged();
		});
		this.#window = this.#follower.layout;
		this.#narrow.addEventListener("change", this.#rearranged);
		this.#drawer = this.#drawerAtFirst;
	}

	get layout(): Layout {
		if (this.#isFull) return "side";
		// The drawer is for a phone in the hand; an embed that is low and wide keeps both parts beside each other, where there is room for both.
		const hasDrawer = this.#frame === "page" || (this.#frame === "both" && this.#narrow.matches);
		return this.#window === "side" && !hasDrawer ? "wide" : this.#window;
	}

	get isFull(): boolean {
		return this.#isFull;
	}

	/** Whether the discussion lies over the stage. */
	get isDrawer(): boolean {
		return this.layout === "side";
	}

	get isTalkShown(): boolean {
		if (this.isDrawer) return this.#drawer === "open";
		return this.layout === "tall" || !this.#choice.isTalkAway;
	}

	/** Whether the reader may put the discussion away: not where the page would be empty without it. */
	get mayHideTalk(): boolean {
		return (this.#frame === "page" || this.#frame === "both") && this.layout !== "tall";
	}

	get isTheatre(): boolean {
		return this.mayBeTheatre && this.#choice.isTheatre;
	}

	get mayBeTheatre(): boolean {
		return this.#frame === "page" && this.layout === "wide";
	}

	/** Listens no longer. */
	end(): void {
		this.#follower.stop();
		this.#narrow.removeEventListener("change", this.#rearranged);
	}

	/** The stage got all of the screen or window, or gave it back. */
	fill(isFull: boolean): void {
		this.#isFull = isFull;
		this.#rearranged();
	}

	showTalk(isShown: boolean): void {
		if (!this.mayHideTalk || this.isTalkShown === isShown) return;
		if (this.isDrawer) this.#drawer = isShown ? "open" : "shut";
		else this.#choose({ ...this.#choice, isTalkAway: !isShown });
		this.#changed();
	}

	toggleTheatre(): void {
		if (!this.mayBeTheatre) return;
		this.#choose({ ...this.#choice, isTheatre: !this.#choice.isTheatre });
		this.#changed();
	}

	/** Over a whole picture, on a phone or on the whole screen, the discussion waits until it is asked for. A low window is no phone: there it is what one came for. */
	get #drawerAtFirst(): "open" | "shut" {
		return this.#isFull || matchMedia("(pointer: coarse)").matches ? "shut" : "open";
	}

	#choose(choice: ViewChoice): void {
		this.#choice = choice;
		if (this.#frame === "page") remember(viewKey, writeView(choice));
	}

	readonly #rearranged = (): void => {
		this.#drawer = this.#drawerAtFirst;
		this.#changed();
	};
}
