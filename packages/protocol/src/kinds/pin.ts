import * as v from "valibot";
import { commandFields, eventFields, Key, MessageId, TypedText, User } from "../fields.ts";
import { kind } from "./kind.ts";

/**
 * Pin a message by its `id`, or a line of one's own, `text`, in place of what is pinned now; `id: null` unpins. `until` is when it ends by itself, in
 * Unix milliseconds by the server's clock; left out or null, it stays until it is unpinned. `key` makes it idempotent.
 */
export const Pin = v.object({
	type: v.literal("pin"),
	...commandFields,
	key: v.optional(Key),
	id: v.optional(v.nullable(MessageId)),
	text: v.nullish(TypedText),
	until: v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
});

/** Something was pinned above the discussion, in place of what was; or nothing is any more, where `text` is empty. */
export const PinEvent = v.object({
	...eventFields,
	kind: v.literal("pin"),
	/** Given by the server, unique in the room. */
	id: v.string(),
	/** The id of the message that is pinned; left out where it is a line of a moderator's own. */
	target: v.optional(v.string()),
	/** Who wrote it. */
	from: v.optional(User),
	/** Cleaned plain text. Never HTML. */
	text: v.string(),
	/** When it ends by itself, in Unix milliseconds. */
	until: v.optional(v.number()),
	/** Its message was taken back, or something else was pinned in its place: the text stands here no longer. */
	deleted: v.optional(v.boolean()),
});
export type PinEvent = v.InferOutput<typeof PinEvent>;

export const pin = kind({
	command: Pin,
	event: PinEvent,
	/** What is pinned now; left out where nothing is. */
	state: { pin: v.optional(PinEvent) },
	routes: [
		{
			method: "put",
			path: "/pin",
			summary: "Pin a message, or a line of one's own, in place of what is pinned now",
			body: v.omit(Pin, ["type", "ref", "room"]),
			answer: "room",
			refusals: ["forbidden", "message_not_found", "text_empty", "text_too_long", "conflict"],
		},
		{
			method: "delete",
			path: "/pin",
			summary: "Unpin what is pinned",
			fixed: { id: null },
			answer: "nothing",
			refusals: ["forbidden"],
		},
	],
});
