import * as v from "valibot";
import { commandFields, Ref, RoomId } from "./fields.ts";
import { commands } from "./kinds/table.ts";
import * as limits from "./wire/limits.ts";

const Cursor = v.pipe(v.string(), v.maxLength(128));
const View = v.picklist(["all", "top"]);
/** First frame of a connection. Rooms may be joined in the same breath. */
export const Hello = v.object({
	type: v.literal("hello"),
	token: v.optional(v.pipe(v.string(), v.maxLength(limits.tokenLengthMax))),
	/** How a guest would like to be called; the server may change it. */
	name: v.optional(v.pipe(v.string(), v.maxLength(limits.nameUnitsSentMax))),
	rooms: v.optional(
		v.pipe(
			v.array(v.object({ room: RoomId, after: v.optional(Cursor), view: v.optional(View) })),
			v.maxLength(limits.roomsPerConnectionMax),
		),
	),
	/** Codecs beside plain JSON that the client can read. Unknown ones are ignored. */
	accept: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(8))),
});
export type Hello = v.InferOutput<typeof Hello>;

/** Enter a room, after `after` where a cursor is known. */
export const Join = v.object({
	type: v.literal("join"),
	...commandFields,
	after: v.optional(Cursor),
	view: v.optional(View),
});
export const Leave = v.object({ type: v.literal("leave"), ...commandFields });

/** Applause: `count` likes since the last frame. Summed before fan-out, never logged. */
export const Like = v.object({
	type: v.literal("like"),
	room: RoomId,
	count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.likesPerFrameMax)),
});

export const Ping = v.object({ type: v.literal("ping"), ref: v.optional(Ref) });

/** What asks for an event: one frame a kind, from `kinds/`. */
export type CommandFrame = v.InferOutput<(typeof commands)[number]>;

/** All that may be said to the server on `hubbub.v1`, one schema a frame (SPEC UP-1). */
export const Upstream = v.variant("type", [Hello, Join, Leave, Like, Ping, ...commands]);
export type Upstream = v.InferOutput<typeof Upstream>;
export const upstreamTypes: ReadonlySet<string> = new Set(Upstream.options.map((option) => option.entries.type.literal));
