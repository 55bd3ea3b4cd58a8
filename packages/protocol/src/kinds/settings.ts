import * as v from "valibot";
import { commandFields, eventFields } from "../fields.ts";
import { noArray } from "../no-array.ts";
import { isStreamAddress } from "../stream-address.ts";
import * as limits from "../wire/limits.ts";
import { kind } from "./kind.ts";

/** Who may write in a room, narrowest last: everyone, signed-in people, staff (owner, host, moderator, bot). */
export const WriteAccess = v.picklist(["everyone", "members", "staff"]);
export type WriteAccess = v.InferOutput<typeof WriteAccess>;

export const RoomSettings = v.object({
	title: v.pipe(v.string(), v.maxLength(limits.titleLengthMax)),
	/** Address of the stream beside the discussion: an HLS playlist or a file a `<video>` plays; empty for none. */
	streamUrl: v.pipe(
		v.string(),
		v.maxLength(limits.urlLengthMax),
		v.check((url) => url === "" || isStreamAddress(url), "must be an http(s) address, a path, or empty"),
	),
	/** Seconds one person waits between two messages; 0 is off. */
	slowModeSeconds: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.slowModeSecondsMax)),
	write: WriteAccess,
	/** Whether people without a token may join. */
	guests: v.boolean(),
	textGraphemesMax: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.textGraphemesCeiling)),
	/** Chat messages a second that everybody is shown before the room samples; 0 is all. */
	deliveryBudget: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(limits.deliveryBudgetMax)),
});
export type RoomSettings = v.InferOutput<typeof RoomSettings>;

/** Some of a room's settings, to be changed. One that there is not is a mistake, and not passed over (SPEC SET-1). */
export const SettingsChange = noArray(v.partial(v.strictObject(RoomSettings.entries)));

/** Change some of the room's settings, as its host or a moderator. */
export const Settings = v.object({ type: v.literal("settings"), ...commandFields, settings: SettingsChange });

/**
 * The room's settings changed; `settings` holds what changed, `all` every setting that the room has been given, as it is since. One that it
 * was never given is the server's.
 */
export const SettingsEvent = v.object({
	...eventFields,
	kind: v.literal("settings"),
	settings: v.partial(RoomSettings),
	all: v.optional(v.partial(RoomSettings)),
});
export type SettingsEvent = v.InferOutput<typeof SettingsEvent>;

export const settings = kind({
	command: Settings,
	event: SettingsEvent,
	state: { settings: RoomSettings },
	routes: [
		{
			method: ["put", "patch"],
			path: "",
			summary: "Change some of a room's settings; an operator makes the room where it does not exist",
			body: SettingsChange,
			bodyIs: "settings",
			answer: "room",
			refusals: ["forbidden"],
		},
	],
});
