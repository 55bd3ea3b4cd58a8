import { expect, test } from "bun:test";
import { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import { changesOf, settingKeys } from "../src/settings/setting-fields.ts";
import { settingWords } from "../src/settings/setting-words.ts";
import { languages } from "../src/words/language.ts";

const settings: RoomSettings = {
	...{ title: "Maths", streamUrl: "", slowModeSeconds: 0, write: "everyone", guests: true },
	...{ textGraphemesMax: 500, deliveryBudget: 100 },
};

test("every setting that a room has is in the form, once", () => {
	expect([...settingKeys].sort() as string[]).toEqual(Object.keys(RoomSettings.entries).sort());
});

test("every setting has words in every language, and every way to write has a name", () => {
	for (const { id } of languages) {
		const words = settingWords[id];
		for (const key of settingKeys) expect([id, key, words.fields[key].label.trim().length > 0]).toEqual([id, key, true]);
		expect(new Set(Object.values(words.writeAccess)).size).toBe(3);
	}
});

test("only what was changed is sent", () => {
	expect(changesOf(settings, settings)).toEqual({});
	expect(changesOf(settings, { ...settings, guests: false, deliveryBudget: 0 })).toEqual({ guests: false, deliveryBudget: 0 });
});
