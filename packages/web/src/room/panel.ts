import { part } from "../part.ts";

/** What may stand open over the room; at most one at a time. */
export type Panel = "none" | "menu" | "danmaku" | "sign-in" | "shortcuts" | "settings";

/** Fetches a panel, the first time it is opened. Rejects where the network is away. */
export function loadPanel(panel: Exclude<Panel, "none">): Promise<unknown> {
	return part(() => importPanel(panel));
}

function importPanel(panel: Exclude<Panel, "none">): Promise<unknown> {
	switch (panel) {
		case "menu":
			return import("../panels/menu.ts");
		case "danmaku":
			return import("../danmaku/danmaku-panel.ts");
		case "sign-in":
			return import("../panels/sign-in.ts");
		case "shortcuts":
			return import("../panels/shortcuts.ts");
		case "settings":
			return import("../panels/room-settings.ts");
		default:
			return panel satisfies never;
	}
}
