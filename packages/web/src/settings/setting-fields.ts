import type { RoomSettings, WriteAccess } from "@hubbub/protocol/kinds/settings.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { css, html, nothing, type TemplateResult } from "lit";
import type { RoomSettingWords } from "./setting-words.ts";

const accesses: readonly WriteAccess[] = ["everyone", "members", "staff"];

/** How a setting is asked for. */
type Field =
	| { readonly kind: "text"; readonly lengthMax: number; readonly inputmode: "text" | "url" }
	| { readonly kind: "number"; readonly min: number; readonly max: number }
	| { readonly kind: "choice"; readonly options: readonly WriteAccess[] }
	| { readonly kind: "switch" };

/** Every setting of a room, in the order it is shown. One that the protocol has and this table has not is a type error. */
const fields: { readonly [Key in keyof RoomSettings]: Field } = {
	title: { kind: "text", lengthMax: limits.titleLengthMax, inputmode: "text" },
	streamUrl: { kind: "text", lengthMax: limits.urlLengthMax, inputmode: "url" },
	write: { kind: "choice", options: accesses },
	guests: { kind: "switch" },
	slowModeSeconds: { kind: "number", min: 0, max: limits.slowModeSecondsMax },
	textGraphemesMax: { kind: "number", min: 1, max: limits.textGraphemesCeiling },
	deliveryBudget: { kind: "number", min: 0, max: limits.deliveryBudgetMax },
};

export const settingKeys = Object.keys(fields) as readonly (keyof RoomSettings)[];

export const settingStyles = css`
	.setting > label:not(.choice), .setting legend { display: block; padding: 0 0 4px; font-weight: 600; font-size: 12px; line-height: 16px; }
	.setting small { display: block; padding-top: 4px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
	fieldset.setting { border: 0; margin: 0; padding: 0; min-width: 0; }
	.choice { display: flex; align-items: center; gap: 10px; min-height: 32px; cursor: pointer; }
	.choice input { flex: none; width: 18px; height: 18px; margin: 0; accent-color: var(--hubbub-accent); }
	.number { width: 112px; }
	@media (pointer: coarse) { .choice { min-height: 44px; } }
`;

/** One setting as a labelled control, named like its key. */
export function settingField(key: keyof RoomSettings, settings: RoomSettings, words: RoomSettingWords): TemplateResult {
	const field = fields[key];
	const value = settings[key];
	const { label, hint } = words.fields[key];
	const about = hint === "" ? nothing : html`<small id="about-${key}">${hint}</small>`;
	const aboutId = hint === "" ? nothing : `about-${key}`;
	switch (field.kind) {
		case "text":
			return html`<div class="setting"><label for=${key}>${label}</label><input class="field" id=${key} name=${key} maxlength=${field.lengthMax} inputmode=${field.inputmode} spellcheck=${field.inputmode === "text"} autocomplete="off" aria-describedby=${aboutId} .value=${String(value)}>${about}</div>`;
		case "number":
			return html`<div class="setting"><label for=${key}>${label}</label><input class="field number" id=${key} name=${key} type="number" min=${field.min} max=${field.max} step="1" required aria-describedby=${aboutId} .value=${String(value)}>${about}</div>`;
		case "choice":
			return html`<fieldset class="setting"><legend>${label}</legend>${field.options.map((option) => html`<label class="choice"><input type="radio" name=${key} value=${option} .checked=${value === option}>${words.writeAccess[option]}</label>`)}</fieldset>`;
		case "switch":
			return html`<div class="setting"><label class="choice"><input type="checkbox" name=${key} aria-describedby=${aboutId} .checked=${value === true}>${label}</label>${about}</div>`;
		default:
			return field satisfies never;
	}
}

/** What a form of these fields says now. Settings that the form does not show stay as they are. */
export function readSettings(form: HTMLFormElement, shown: readonly (keyof RoomSettings)[], before: RoomSettings): RoomSettings {
	const data = new FormData(form);
	const read = (key: keyof RoomSettings): string | number | boolean => {
		const text = String(data.get(key) ?? "").trim();
		switch (fields[key].kind) {
			case "number":
				return Number(text);
			case "switch":
				return data.get(key) !== null;
			default:
				return text;
		}
	};
	return { ...before, ...Object.fromEntries(shown.map((key) => [key, read(key)])) };
}

/** What `wanted` changes of `now`. */
export function changesOf(now: RoomSettings, wanted: RoomSettings): Partial<RoomSettings> {
	return Object.fromEntries(settingKeys.flatMap((key) => (wanted[key] === now[key] ? [] : [[key, wanted[key]]])));
}
