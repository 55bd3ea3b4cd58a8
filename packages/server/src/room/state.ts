import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import type { Rate } from "./token-bucket.ts";
import { WriteRates } from "./write-rates.ts";

/** All that the rules of a room look at. Folded from the log by `apply`; the same on every node once it has read as far. */
export interface RoomState {
	settings: RoomSettings;
	/** The latest event of each `stateKey`. */
	readonly latest: Map<string, RoomEvent>;
	readonly rates: WriteRates;
}

export function initialState(room: string, options: { rate: Rate | null; deliveryBudget: number }): RoomState {
	return {
		settings: {
			title: room,
			streamUrl: "",
			slowModeSeconds: 0,
			write: "everyone",
			guests: true,
			textGraphemesMax: limits.textGraphemesMax,
			deliveryBudget: options.deliveryBudget,
		},
		latest: new Map(),
		rates: new WriteRates(options.rate),
	};
}
