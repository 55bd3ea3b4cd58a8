import type { NewEntry } from "../engine/log.ts";
import { stateKeyOf } from "../room/apply.ts";
import type { Command } from "../room/command.ts";
import type { Decision } from "../room/decision.ts";
import { kindOf } from "../room/kinds/table.ts";

export interface EntryOptions {
	readonly command: Command;
	/** The event's id, where it does not bear one. */
	readonly id: string;
	/** The author's key; null where the command has none. */
	readonly key: string | null;
	/** Whether texts that are taken back are kept in the staff log for a while. */
	readonly keepsRemoved: boolean;
}

/**
 * What an accepted command becomes in the room's logs: the event in the public one, without who acted unless that is what the event says; and
 * beside it, in the same append, who acted in the staff log.
 */
export function entriesOf(decision: Decision & { verdict: "accept" }, options: EntryOptions): NewEntry | readonly NewEntry[] {
	const { event, redacts } = decision;
	const { content, saysWho } = kindOf(event);
	const told: NewEntry = {
		at: event.at,
		id: "id" in event ? event.id : options.id,
		kind: event.kind,
		author: options.command.actor.id,
		key: options.key,
		content: content?.fields,
		stateKey: stateKeyOf(event),
		body: JSON.stringify(event),
		redacts,
	};
	return saysWho ? told : [told, recordOf(told, decision, options)];
}

function recordOf(told: NewEntry, { event, record }: Decision & { verdict: "accept" }, { command, keepsRemoved }: EntryOptions): NewEntry {
	const { at, id, kind, author } = told;
	const { text, ...fields } = record;
	const isRemoved = text !== undefined && keepsRemoved;
	const target = "target" in event ? event.target : undefined;
	const body = JSON.stringify({ kind, at, target, by: command.actor, ...fields, ...(isRemoved && { text }) });
	return { log: "staff", at, id, kind, author, key: null, body, isRemoved };
}
