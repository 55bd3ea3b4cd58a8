/** A finger that goes this far sideways, in CSS pixels, means it. */
const farPx = 48;

/**
 * Which way a finger went that touched down at `from` and let go at `to`: sideways only where that is far, and clearly more than up or down. Pure.
 */
export function swipeOf(from: readonly [x: number, y: number], to: readonly [x: number, y: number]): "left" | "right" | null {
	const across = to[0] - from[0];
	if (Math.abs(across) < farPx || Math.abs(across) < 2 * Math.abs(to[1] - from[1])) return null;
	return across < 0 ? "left" : "right";
}

/** Tells of every swipe of one finger over an element; answers how to stop. */
export function followSwipes(element: HTMLElement, swiped: (way: "left" | "right") => void): () => void {
	let from: readonly [number, number] | null = null;
	const onStart = (event: TouchEvent) => {
		const [touch] = event.touches;
		// What has a slider or a text under it keeps its own meaning of a finger that moves.
		const isTaken = event.composedPath().some((target) => target instanceof Element && target.matches("input, textarea, dialog"));
		from = touch && event.touches.length === 1 && !isTaken ? [touch.clientX, touch.clientY] : null;
	};
	const onEnd = (event: TouchEvent) => {
		const [touch] = event.changedTouches;
		const way = from && touch ? swipeOf(from, [touch.clientX, touch.clientY]) : null;
		from = null;
		if (way) swiped(way);
	};
	const options = { passive: true } as const;
	element.addEventListener("touchstart", onStart, options);
	element.addEventListener("touchend", onEnd, options);
	return () => {
		element.removeEventListener("touchstart", onStart);
		element.removeEventListener("touchend", onEnd);
	};
}
