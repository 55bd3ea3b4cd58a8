import * as v from "valibot";
import { commandFields, eventFields, MessageId } from "../fields.ts";
import { kind } from "./kind.ts";

/** Take a message back: one's own, or as a moderator anyone's. */
export const Delete = v.object({ type: v.literal("delete"), ...commandFields, id: MessageId });

/** A message was taken back. Whoever shows it stops showing it. */
export const DeleteEvent = v.object({ ...eventFields, kind: v.literal("delete"), target: v.string() });
export type DeleteEvent = v.InferOutput<typeof DeleteEvent>;

export const deletion = kind({
	command: Delete,
	event: DeleteEvent,
	routes: [
		{
			method: "delete",
			path: "/messages/:id",
			summary: "Take a message back: its text leaves every screen and the archive",
			answer: "nothing",
			refusals: ["forbidden", "message_not_found"],
		},
	],
});
