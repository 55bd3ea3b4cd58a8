import * as v from "valibot";
import { RoomEvent } from "./event.ts";
import { Ref, User } from "./fields.ts";
import { stateFields } from "./kinds/table.ts";
import { type Code as CodeName, codes } from "./wire/codes.ts";

const Code = v.picklist(Object.keys(codes) as CodeName[]);
/** What became of an accepted message: shown to all, left out of the live view by the room's budget (but archived), or held for review. */
export const Fate = v.picklist(["shown", "sampled", "held"]);
export type Fate = v.InferOutput<typeof Fate>;

/** Summed, latest wins, never in the log: how many are watching, how many likes so far. */
export const Ambient = v.object({ viewers: v.optional(v.number()), likes: v.optional(v.number()) });
export type Ambient = v.InferOutput<typeof Ambient>;

/** `count` more people said what the message `id` says, and are counted there instead of shown. */
export const Repeat = v.object({ id: v.string(), count: v.number() });
export type Repeat = v.InferOutput<typeof Repeat>;

/** Where a room stands now; sent when a reader starts, and again when it must start over. */
export const RoomState = v.object({ ...stateFields, viewers: v.number(), likes: v.number() });
export type RoomState = v.InferOutput<typeof RoomState>;

export const Welcome = v.object({
	type: v.literal("welcome"),
	/** The version of this protocol that the server speaks (`PROTOCOL_VERSION`); servers before it was told speak 1. */
	version: v.number(),
	/** What the server can beside the version's rules, by names that are never used for anything else. */
	features: v.array(v.string()),
	session: v.string(),
	user: User,
	/** For guests: bring it as `token` next time to be the same guest. */
	token: v.optional(v.string()),
	/** Say something, if only `ping`, at least this often; expect to hear from the server as often. */
	heartbeatMs: v.number(),
	/** The server's clock in Unix milliseconds, for display. */
	now: v.number(),
	limits: v.object({ frameBytesMax: v.number(), textGraphemesMax: v.number(), roomsPerConnectionMax: v.number() }),
});
export type Welcome = v.InferOutput<typeof Welcome>;

/** The reader is in. `recovered`: `events` and the batches that follow hold all that was missed. Otherwise `events` is the latest history. */
export const Joined = v.object({
	type: v.literal("joined"),
	ref: v.optional(Ref),
	room: v.string(),
	cursor: v.string(),
	recovered: v.boolean(),
	state: RoomState,
	events: v.array(RoomEvent),
});
export type Joined = v.InferOutput<typeof Joined>;

export const Left = v.object({ type: v.literal("left"), ref: v.optional(Ref), room: v.string() });

/**
 * What happened since the last batch, in order. `cursor` is the position after it. `omitted` counts chat left out by the room's budget.
 * As the answer to a poll it says `recovered`, and brings `state` where the reader must start over.
 */
export const Batch = v.object({
	type: v.literal("batch"),
	room: v.string(),
	cursor: v.string(),
	events: v.array(RoomEvent),
	omitted: v.optional(v.number()),
	repeats: v.optional(v.array(Repeat)),
	/** A hint for drawing: the next batch is about this many milliseconds away, so these may be spread over them. */
	spreadMs: v.optional(v.number()),
	ambient: v.optional(Ambient),
	recovered: v.optional(v.boolean()),
	state: v.optional(RoomState),
});
export type Batch = v.InferOutput<typeof Batch>;

/** The command with this `ref` is done and durable. `id` and `cursor` are the event's own. */
export const Ack = v.object({
	type: v.literal("ack"),
	ref: v.optional(Ref),
	room: v.string(),
	id: v.string(),
	cursor: v.string(),
	fate: Fate,
	/** The message as it is shown to others, where the command was a `say`. */
	event: v.optional(RoomEvent),
});
export type Ack = v.InferOutput<typeof Ack>;

export const Reject = v.object({
	type: v.literal("reject"),
	ref: v.optional(Ref),
	code: Code,
	message: v.string(),
	retryAfterMs: v.optional(v.number()),
	room: v.optional(v.string()),
});
export type Reject = v.InferOutput<typeof Reject>;

/** Events after `from` up to `to` (cursors) were not sent; the archive has them. */
export const Gap = v.object({ type: v.literal("gap"), room: v.string(), from: v.string(), to: v.string() });
export type Gap = v.InferOutput<typeof Gap>;

/** Last frame before the server closes. */
export const Bye = v.object({
	type: v.literal("bye"),
	code: Code,
	message: v.string(),
	reconnectAfterMs: v.optional(v.number()),
});
export type Bye = v.InferOutput<typeof Bye>;

export const Pong = v.object({ type: v.literal("pong"), ref: v.optional(Ref), now: v.number() });

/** All that the server says on `hubbub.v1`, one schema a frame (SPEC DOWN-1). Clients ignore types and fields they do not know. */
export const Downstream = v.variant("type", [Welcome, Joined, Left, Batch, Ack, Reject, Gap, Bye, Pong]);
export type Downstream = v.InferOutput<typeof Downstream>;

/** RFC 9457 problem details, the shape of every error over HTTP. */
export const Problem = v.object({
	type: v.string(),
	title: v.string(),
	status: v.number(),
	code: Code,
	detail: v.optional(v.string()),
	retryAfterMs: v.optional(v.number()),
});
export type Problem = v.InferOutput<typeof Problem>;
