import type { RoomSettings } from "@hubbub/protocol/event.ts";
import { limits } from "@hubbub/protocol/limits.ts";
import { Pace } from "./pace.ts";
import type { Rate } from "./token-bucket.ts";

/** All that the rules of a room look at. Folded from the log by `apply`; the same on every node once it has read as far. */
export interface RoomState {
	settings: RoomSettings;
	readonly pace: Pace;
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
		pace: new Pace(options.rate),
	};
}
