import * as v from "valibot";
import * as limits from "./wire/limits.ts";
import { roomIdPattern } from "./wire/room-id.ts";

// What several frames and events have in common.

/** Room ids as they stand in addresses (SPEC ROOM-1). */
export const RoomId = v.pipe(v.string(), v.regex(roomIdPattern));
export const Role = v.picklist(["owner", "host", "moderator", "vip", "member", "guest", "bot"]);
export type Role = v.InferOutput<typeof Role>;

/** Somebody in a room. `id` is stable for an account, and for a guest as long as they bring their guest token back. */
export const User = v.object({ id: v.string(), name: v.string(), roles: v.array(Role) });
export type User = v.InferOutput<typeof User>;

/** The client's own name for a request; the answer carries it back. */
export const Ref = v.union([v.pipe(v.string(), v.maxLength(limits.refLengthMax)), v.pipe(v.number(), v.safeInteger())]);
export type Ref = v.InferOutput<typeof Ref>;

/** The sender's idempotency key: the same key of the same sender in the same room is one thing, however often it is sent. */
export const Key = v.pipe(v.string(), v.minLength(1), v.maxLength(limits.keyLengthMax));
export const MessageId = v.pipe(v.string(), v.minLength(1), v.maxLength(limits.keyLengthMax));
/** Raw text as typed: generous here, so that the room can say how much too long it is. */
export const TypedText = v.pipe(v.string(), v.maxLength(limits.frameBytesMax));

/** What every command has beside its `type`. */
export const commandFields = { ref: v.optional(Ref), room: RoomId };
/** What every event has: `offset` is its position in the room's log from 1, `at` the server's time in Unix milliseconds. */
export const eventFields = { offset: v.pipe(v.number(), v.integer()), at: v.number() };
