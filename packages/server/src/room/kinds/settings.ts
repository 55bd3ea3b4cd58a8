import { cleanText } from "@hubbub/protocol/text.ts";
import { mayModerate } from "@hubbub/protocol/wire/roles.ts";
import { accept, reject } from "../decision.ts";
import type { Kind } from "./kind.ts";

/** Changing some of the room's settings. */
export const settings: Kind<"settings"> = {
	stateKey: () => "settings",
	refuses: (actor) => (mayModerate(actor) ? null : reject("forbidden", "Only the hosts and moderators may change the room's settings.")),
	decide(state, { settings }, moment) {
		const cleaned = settings.title === undefined ? settings : { ...settings, title: cleanText(settings.title).replaceAll("\n", " ") };
		const changed = Object.fromEntries(
			Object.entries(cleaned).filter(([name, value]) => value !== undefined && value !== state.settings[name as keyof typeof settings]),
		);
		const before = state.latest.get("settings");
		const all = { ...(before?.kind === "settings" && before.all), ...changed };
		return accept({ kind: "settings", at: moment.wallMs, settings: changed, all }, [], { settings: changed });
	},
	apply(state, event) {
		state.settings = { ...state.settings, ...event.settings, ...event.all };
	},
	touchesAccess: (state, { settings: { guests = state.settings.guests } }) => guests !== state.settings.guests,
	show: ({ settings }) => ({ settings }),
	makesRoom: true,
};
