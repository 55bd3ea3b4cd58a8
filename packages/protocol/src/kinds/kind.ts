import type * as v from "valibot";
import type { Code } from "../wire/codes.ts";

/**
 * One kind of thing that can happen in a room: what asks for it, what the log says of it, and how it is asked for over HTTP. There is one file
 * a kind beside this one, all listed in `table.ts`; what the server does with a kind is the file of the same name in `server/src/room/kinds`.
 */
export interface Kind {
	/** The frame that asks for it, with a `type` of its own, and `commandFields`. */
	readonly command: v.GenericSchema & { readonly entries: { readonly type: v.LiteralSchema<string, undefined> } };
	/** What stands in the log then, with a `kind` of its own, and `eventFields`. */
	readonly event: v.GenericSchema & { readonly entries: { readonly kind: v.LiteralSchema<string, undefined> } };
	readonly routes: readonly Route[];
	/** What of it stands in the state of a room, which everybody is told on coming in. */
	readonly state?: v.ObjectEntries;
}

type Method = "post" | "put" | "patch" | "delete";

/** An address over HTTP that asks for the same as the frame. */
export interface Route {
	/** Several are names of the same. */
	readonly method: Method | readonly Method[];
	/** Behind `/rooms/{room}`. Its parameters are fields of the command: `/messages/:id` gives `id`. */
	readonly path: string;
	/** Whether it stands at `/rooms/{room}` too, beside `/api/v1/rooms/{room}`. */
	readonly everywhere?: boolean;
	/** In one sentence, for `/openapi.json`. */
	readonly summary: string;
	readonly description?: string;
	/** The fields of the command that the body brings; left out where there is no body. */
	readonly body?: v.GenericSchema & { readonly entries: v.ObjectEntries };
	/** Where the body is the value of one field, and not the fields: its name. */
	readonly bodyIs?: string;
	/** Fields of the command that the address itself stands for. */
	readonly fixed?: Readonly<Record<string, unknown>>;
	/** What it is answered: 201 with the event and its place, 200 with the room as it is then, or 204. */
	readonly answer: "event" | "room" | "nothing";
	/** Codes that it may be refused with, beside those of every address, for `/openapi.json`. */
	readonly refusals: readonly Code[];
}

/** Types a kind as narrowly as it is written. */
export function kind<const K extends Kind>(written: K): K {
	return written;
}
