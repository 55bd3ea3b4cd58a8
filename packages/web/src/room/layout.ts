/** The three ways the room is laid out: beside each other, one under the other, or the discussion as a drawer over the stage. */
export type Layout = "wide" | "tall" | "side";

const queries = {
	side: "(orientation: landscape) and (max-height: 500px)",
	tall: "(max-width: 899px)",
} as const;

/** Follows the window: calls `changed` with every new layout, and answers the first and how to stop. */
export function followLayout(changed: (layout: Layout) => void): { readonly layout: Layout; readonly stop: () => void } {
	const side = matchMedia(queries.side);
	const tall = matchMedia(queries.tall);
	const now = (): Layout => (side.matches ? "side" : tall.matches ? "tall" : "wide");
	const heard = () => changed(now());
	side.addEventListener("change", heard);
	tall.addEventListener("change", heard);
	return {
		layout: now(),
		stop() {
			side.removeEventListener("change", heard);
			tall.removeEventListener("change", heard);
		},
	};
}
