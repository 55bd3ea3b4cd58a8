import type { RoomEvent } from "@hubbub/protocol/event.ts";
import { type EventKind, kinds as protocolKinds } from "@hubbub/protocol/kinds/table.ts";
import type { Command } from "../command.ts";
import { deletion } from "./delete.ts";
import type { Kind } from "./kind.ts";
import { message } from "./message.ts";
import { pin } from "./pin.ts";
import { settings } from "./settings.ts";

/** What a room does with each kind. */
const kinds: { readonly [K in EventKind]: Kind<K> } = { message, delete: deletion, settings, pin };

export const kindsList: readonly Kind[] = Object.values(kinds);

const byCommand: ReadonlyMap<string, Kind> = new Map(
	(Object.keys(kinds) as EventKind[]).map((name) => [protocolKinds[name].command.entries.type.literal, kinds[name]]),
);

/** The kind that a command asks for. */
export function kindFor(command: Pick<Command, "type">): Kind {
	return byCommand.get(command.type) as Kind;
}

/** The kind of an event. */
export function kindOf(event: Pick<RoomEvent, "kind">): Kind {
	return kinds[event.kind];
}
