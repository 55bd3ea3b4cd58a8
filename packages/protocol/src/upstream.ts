import * as v from "valibot";
import { RoomId, RoomSettings, Style } from "./event.ts";
import { limits } from "./limits.ts";

/** The client's own name for a request; the answer carries it back. */
export const Ref = v.union([v.pipe(v.string(), v.maxLength(limits.refLengthMax)), v.pipe(v.number(), v.safeInteger())]);
export type Ref = v.InferOutput<typeof Ref>;

const Cursor = v.pipe(v.string(), v.maxLength(128));
const View = v.picklist(["all", "top"]);
/** Raw text as typed: generous here, so that the room can say how much too long it is. */
const Text = v.pipe(v.string(), v.maxLength(limits.frameBytesMax));
const MessageId = v.pipe(v.string(), v.minLength(1), v.maxLength(limits.keyLengthMax));
export const Key = v.pipe(v.string(), v.minLength(1), v.maxLength(limits.keyLengthMax));

/** First frame of a connection. Rooms may be joined in the same breath. */
export const Hello = v.object({
	type: v.literal("hello"),
	token: v.optional(v.pipe(v.string(), v.maxLength(limits.tokenLengthMax))),
	/** How a guest would like to be called; the server may change it. */
	name: v.optional(v.pipe(v.string(), v.maxLength(1_024))),
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
	ref: v.optional(Ref),
	room: RoomId,
	after: v.optional(Cursor),
	view: v.optional(View),
});
export const Leave = v.object({ type: v.literal("leave"), ref: v.optional(Ref), room: RoomId });

/** Say something. `key` makes it idempotent: the same key of the same sender in the same room is one message (SPEC SAY-3). */
export const Say = v.object({
	type: v.literal("say"),
	ref: v.optional(Ref),
	room: RoomId,
	key: Key,
	text: Text,
	replyTo: v.optional(MessageId),
	style: v.optional(Style),
});
export type Say = v.InferOutput<typeof Say>;

/** Applause: `count` likes since the last frame. Summed before fan-out, never logged. */
export const Like = v.object({
	type: v.literal("like"),
	room: RoomId,
	count: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.likesPerFrameMax)),
});

/** Take a message back: one's own, or as a moderator anyone's. */
export const Delete = v.object({ type: v.literal("delete"), ref: v.optional(Ref), room: RoomId, id: MessageId });

/** Change some of the room's settings, as its host or a moderator. */
export const Settings = v.object({
	type: v.literal("settings"),
	ref: v.optional(Ref),
	room: RoomId,
	settings: v.partial(RoomSettings),
});

export const Ping = v.object({ type: v.literal("ping"), ref: v.optional(Ref) });

/** All that may be said to the server on `hubbub.v1`, one schema a frame (SPEC UP-1). */
export const Upstream = v.variant("type", [Hello, Join, Leave, Say, Like, Delete, Settings, Ping]);
export type Upstream = v.InferOutput<typeof Upstream>;
export const upstreamTypes: ReadonlySet<string> = new Set(Upstream.options.map((option) => option.entries.type.literal));

/** Body of `POST /rooms/{room}/messages`. */
export const SayBody = v.omit(Say, ["type", "ref", "room"]);
export type SayBody = v.InferOutput<typeof SayBody>;
