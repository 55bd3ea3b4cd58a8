/** `screen`: the page has the whole screen. `window`: the stage has the whole window, where the browser gives no page the screen. */
export type FullScreenPhase = "off" | "screen" | "window";

/** What Safari on tablets calls it. */
interface WebKitElement {
	webkitRequestFullscreen?: () => void;
}
interface WebKitDocument {
	readonly webkitFullscreenElement?: Element | null;
	webkitExitFullscreen?: () => void;
}

/**
 * Gives an element the whole screen. An iPhone gives it to no element but its own player, which knows no danmaku, and a frame may have it forbidden:
 * there the stage fills the window instead.
 */
export class FullScreen {
	readonly #element: HTMLElement;
	readonly #changed: () => void;
	#fillsWindow = false;

	constructor(element: HTMLElement, changed: () => void) {
		this.#element = element;
		this.#changed = changed;
		document.addEventListener("fullscreenchange", this.#onChange);
		document.addEventListener("webkitfullscreenchange", this.#onChange);
	}

	get phase(): FullScreenPhase {
		if (screenElement() !== null) return "screen";
		return this.#fillsWindow ? "window" : "off";
	}

	/** Listens no longer. */
	end(): void {
		document.removeEventListener("fullscreenchange", this.#onChange);
		document.removeEventListener("webkitfullscreenchange", this.#onChange);
	}

	async enter(): Promise<void> {
		const element: HTMLElement & WebKitElement = this.#element;
		try {
			if (element.requestFullscreen) await element.requestFullscreen({ navigationUI: "hide" });
			else if (element.webkitRequestFullscreen) element.webkitRequestFullscreen();
			else return this.#fillWindow(true);
		} catch {
			return this.#fillWindow(true);
		}
		turnPhone();
	}

	leave(): void {
		if (screenElement() !== null) {
			const page: Document & WebKitDocument = document;
			if (page.exitFullscreen) void page.exitFullscreen();
			else page.webkitExitFullscreen?.();
		}
		this.#fillWindow(false);
	}

	#fillWindow(fills: boolean): void {
		if (this.#fillsWindow === fills) return;
		this.#fillsWindow = fills;
		this.#changed();
	}

	readonly #onChange = (): void => {
		this.#fillsWindow = false;
		this.#changed();
	};
}

function screenElement(): Element | null {
	const page: Document & WebKitDocument = document;
	return page.fullscreenElement ?? page.webkitFullscreenElement ?? null;
}

/** A phone held upright shows a wide picture on a third of its screen: it is asked to turn it, which not every one does. */
function turnPhone(): void {
	if (!matchMedia("(pointer: coarse) and (orientation: portrait)").matches) return;
	const orientation = screen.orientation as ScreenOrientation & { lock?: (to: string) => Promise<void> };
	orientation.lock?.("landscape").catch(() => {});
}
