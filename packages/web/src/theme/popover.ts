import type { ReactiveController, ReactiveControllerHost } from "lit";
import { activeElement, isEscape } from "./keyboard.ts";

/** Where a popover stands, seen from the button that opens it; it goes to the other side where there is more room. */
export interface Placement {
	readonly side: "above" | "below";
	/** A media query under which it lies along the lower edge of the window instead, for thumbs. */
	readonly sheet?: string;
}

interface Open {
	readonly card: HTMLElement;
	readonly opener: HTMLElement | null;
	/** Whether the focus was in the card when it was last seen anywhere: a card that is taken away does not say so. */
	hadFocus: boolean;
	readonly close: () => void;
	readonly stop: () => void;
}

/** Pixels between a popover and its button, and between it and the window's edges. */
const gapPx = 6;
const edgePx = 8;

/** The popover that is open: at most one on a page. */
let open: Open | null = null;

/**
 * Shows `card` above everything, beside `opener`, in place of any other. Escape, a press beside it and the focus moving on ask for it to be
 * closed by calling `close`; whoever closes it calls the answered function, also after the card is gone. The focus then returns to
 * `opener`, if it was in the card.
 *
 * In the document a card stands right after its button, so that Tab and screen readers come to it next.
 */
export function showPopover(card: HTMLElement, opener: HTMLElement | null, placement: Placement, close: () => void): () => void {
	open?.close();
	const stop = new AbortController();
	const { signal } = stop;
	const shown: Open = { card, opener, hadFocus: false, close, stop: () => stop.abort() };
	open = shown;
	// The page decides what closes it: by itself the browser would close it on an input method's Escape, too.
	card.popover = "manual";
	card.showPopover?.();
	place(card, opener, placement);
	const replace = () => place(card, opener, placement);
	const resizes = new ResizeObserver(replace);
	resizes.observe(card);
	signal.addEventListener("abort", () => resizes.disconnect());
	window.addEventListener("resize", replace, { signal });
	document.addEventListener("keydown", (event) => isEscape(event) && takeEscape(event, close), { signal, capture: true });
	// The page's own keys mean nothing in here.
	card.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
	document.addEventListener("pointerdown", (event) => !isWithin(event, shown) && close(), { signal, capture: true });
	card.addEventListener("focusin", () => (shown.hadFocus = true), { signal });
	for (const from of [card, opener]) from?.addEventListener("focusout", () => setTimeout(() => followFocus(shown)), { signal });
	return () => {
		if (open === shown) open = null;
		shown.stop();
		if (card.isConnected && card.matches(":popover-open")) card.hidePopover();
		const active = activeElement();
		if (shown.hadFocus && (active === document.body || active === null || isInside(active, card))) opener?.focus();
	};
}

/** Makes a component a popover for as long as it stands in the document. It fires `close` when it is to be taken away. */
export class PopoverController implements ReactiveController {
	readonly #host: ReactiveControllerHost & HTMLElement & { readonly opener?: HTMLElement | null };
	readonly #placement: Placement;
	#hide: (() => void) | null = null;

	/** `host.opener`, or else the element before the host, is the button that opens it. */
	constructor(host: ReactiveControllerHost & HTMLElement & { readonly opener?: HTMLElement | null }, placement: Placement) {
		this.#host = host;
		this.#placement = placement;
		host.addController(this);
	}

	hostUpdated(): void {
		if (this.#hide !== null || !this.#host.isConnected) return;
		const opener = this.#host.opener ?? (this.#host.previousElementSibling as HTMLElement | null);
		this.#hide = showPopover(this.#host, opener, this.#placement, () => this.#host.dispatchEvent(new Event("close")));
	}

	hostDisconnected(): void {
		this.#hide?.();
		this.#hide = null;
	}
}

function takeEscape(event: KeyboardEvent, close: () => void): void {
	event.preventDefault();
	event.stopPropagation();
	close();
}

/** Once the focus has arrived: a card that it has left does not stay open behind it. A window that lost it altogether changes nothing. */
function followFocus(shown: Open): void {
	const active = activeElement();
	if (open !== shown || active === document.body || active === null) return;
	shown.hadFocus = isInside(active, shown.card);
	if (!shown.hadFocus && active !== shown.opener) shown.close();
}

/** Whether an element stands in another, components within components included. */
function isInside(element: Element, outer: Element): boolean {
	for (let at: Node | null = element; at; at = at.parentNode ?? (at instanceof ShadowRoot ? at.host : null)) if (at === outer) return true;
	return false;
}

/** A press on the button that opens it is the button's own matter. */
function isWithin(event: Event, { card, opener }: Open): boolean {
	const path = event.composedPath();
	return path.includes(card) || (opener !== null && path.includes(opener));
}

function place(card: HTMLElement, opener: HTMLElement | null, { side, sheet }: Placement): void {
	const isSheet = sheet !== undefined && matchMedia(sheet).matches;
	card.toggleAttribute("data-sheet", isSheet);
	const { style } = card;
	style.position = "fixed";
	style.margin = "0";
	style.inset = isSheet ? "auto 0 0 0" : "auto";
	style.width = isSheet ? "100%" : "";
	style.maxHeight = isSheet ? "60dvh" : "";
	if (isSheet || !opener) return;
	const button = opener.getBoundingClientRect();
	const { clientWidth: width, clientHeight: height } = document.documentElement;
	const above = button.top - gapPx - edgePx;
	const below = height - button.bottom - gapPx - edgePx;
	const isAbove = side === "above" ? above >= Math.min(card.scrollHeight, below) : below < Math.min(card.scrollHeight, above);
	style.maxWidth = `${width - 2 * edgePx}px`;
	style.maxHeight = `${Math.max(0, isAbove ? above : below)}px`;
	style.overflowY = "auto";
	const { width: cardWidth } = card.getBoundingClientRect();
	// Its end meets the button's end, its start the button's start, whichever keeps it inside the window.
	const start = getComputedStyle(card).direction === "rtl" ? button.right - cardWidth : button.left;
	const end = getComputedStyle(card).direction === "rtl" ? button.left : button.right - cardWidth;
	const fits = (left: number) => left >= edgePx && left + cardWidth <= width - edgePx;
	const left = [end, start].find(fits) ?? Math.min(Math.max(edgePx, end), width - edgePx - cardWidth);
	style.left = `${left}px`;
	style.top = isAbove ? "auto" : `${button.bottom + gapPx}px`;
	style.bottom = isAbove ? `${height - button.top + gapPx}px` : "auto";
}
