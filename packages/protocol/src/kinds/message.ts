import * as v from "valibot";
import { commandFields, eventFields, Key, MessageId, TypedText, User } from "../fields.ts";
import { noArray } from "../no-array.ts";
import { kind } from "./kind.ts";

/** How a message flies over the stage, in Bilibili's terms: mode 1 scrolls, 4 stands at the bottom, 5 at the top. */
export const Style = noArray(
	v.object({
		mode: v.optional(v.picklist([1, 4, 5]), 1),
		/** 24-bit RGB as a number, as in Bilibili's format: 16777215 is white. */
		color: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffffff)), 0xffffff),
	}),
);
export type Style = v.InferOutput<typeof Style>;

/** Say something. `key` makes it idempotent (SPEC SAY-3). */
export const Say = v.object({
	type: v.literal("say"),
	...commandFields,
	key: Key,
	text: TypedText,
	replyTo: v.optional(MessageId),
	style: v.optional(Style),
});
export type Say = v.InferOutput<typeof Say>;

/** What a message says, over HTTP. There the key is optional: without one a request is not retried safely, and gets one. */
export const SayBody = v.object({ ...v.omit(Say, ["type", "ref", "room"]).entries, key: v.optional(Key) });

export const MessageEvent = v.object({
	...eventFields,
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

export const message = kind({
	command: Say,
	event: MessageEvent,
	routes: [
		{
			method: "post",
			path: "/messages",
			everywhere: true,
			summary: "Say something",
			description: "The same key of the same sender in the same room is one message, however often it is sent.",
			body: SayBody,
			answer: "event",
			refusals: ["read_only", "text_empty", "text_too_long", "slow_mode", "conflict"],
		},
	],
});
