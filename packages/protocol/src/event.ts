import * as v from "valibot";
import { limits } from "./limits.ts";

/** Room ids as they stand in addresses (SPEC ROOM-1). */
export const RoomId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/));
export const Role = v.picklist(["owner", "host", "moderator", "vip", "member", "guest", "bot"]);
export type Role = v.InferOutput<typeof Role>;

/** Somebody in a room. `id` is stable for an account, and for a guest as long as they bring their guest token back. */
export const User = v.object({ id: v.string(), name: v.string(), roles: v.array(Role) });
export type User = v.InferOutput<typeof User>;

/** How a message flies over the stage, in Bilibili's terms: mode 1 scrolls, 4 stands at the bottom, 5 at the top. */
export const Style = v.object({
	mode: v.optional(v.picklist([1, 4, 5]), 1),
	/** 24-bit RGB as a number, as in Bilibili's format: 16777215 is white. */
	color: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffff)), 0xffffff),
});
export type Style = v.InferOutput<typeof Style>;

/** Who may write in a room, narrowest last: everyone, signed-in people, staff (owner, host, moderator, bot). */
export const WriteAccess = v.picklist(["everyone", "members", "staff"]);
export type WriteAccess = v.InferOutput<typeof WriteAccess>;

export const RoomSettings = v.object({
	title: v.pipe(v.string(), v.maxLength(limits.titleLengthMax)),
	/** Address of the stream beside the discussion: an HLS playlist or a file a `<video>` plays; empty for none. */
	streamUrl: v.pipe(
		v.string(),
		v.maxLength(limits.urlLengthMax),
		v.check((url) => url === "" || /^(https?:\/\/|\/)/.test(url), "must be an http(s) address, a path, or empty"),
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

/** What every event has: `offset` is its position in the room's log from 1, `at` the server's time in Unix milliseconds. */
const base = { offset: v.pipe(v.number(), v.integer()), at: v.number() };

export const MessageEvent = v.object({
	...base,
	kind: v.literal("message"),
	/** Given by the server, unique in the room. */
	id: v.string(),
	from: User,
	/** Cleaned plain text. Empty where `deleted`. Never HTML. */
	text: v.string(),
	/** The id of the message this one answers. */
	replyTo: v.optional(v.string()),
	style: v.optional(Style),
	/** The message was taken back; its text is gone from the archive too. */
	deleted: v.optional(v.boolean()),
});
export type MessageEvent = v.InferOutput<typeof MessageEvent>;

/** A message was taken back. Whoever shows it stops showing it. */
export const DeleteEvent = v.object({ ...base, kind: v.literal("delete"), target: v.string(), by: User });
export type DeleteEvent = v.InferOutput<typeof DeleteEvent>;

/** The room's settings changed; `settings` holds what changed. */
export const SettingsEvent = v.object({ ...base, kind: v.literal("settings"), settings: v.partial(RoomSettings), by: User });
export type SettingsEvent = v.InferOutput<typeof SettingsEvent>;

/** Everything that can stand in a room's log (SPEC LOG-2). Readers ignore kinds they do not know. */
export const RoomEvent = v.variant("kind", [MessageEvent, DeleteEvent, SettingsEvent]);
export type RoomEvent = v.InferOutput<typeof RoomEvent>;

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event before the log has given it a position. */
export type DraftEvent = DistributiveOmit<RoomEvent, "offset">;
