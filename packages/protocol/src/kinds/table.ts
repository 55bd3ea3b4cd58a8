import type * as v from "valibot";
import { deletion } from "./delete.ts";
import { message } from "./message.ts";
import { pin } from "./pin.ts";
import { settings } from "./settings.ts";

/** Every kind there is, by the name that its events bear. `upstream.ts`, `event.ts` and the server's routes are made of it. */
export const kinds = { message, delete: deletion, settings, pin } as const;

type Kinds = typeof kinds;
type StateOf<K> = K extends { readonly state: infer State } ? (fields: State) => void : never;
type All<Union> = (Union extends unknown ? Union : never) extends (fields: infer Fields) => void ? Fields : never;
/** What of the kinds stands in the state of a room, by the kinds' own `state`. */
export const stateFields = Object.assign({}, ...Object.values(kinds).map((kind) => ("state" in kind ? kind.state : {}))) as All<
	StateOf<Kinds[EventKind]>
>;

/** What an event is called in the log: `message`, `delete` … */
export type EventKind = keyof Kinds;
/** The frame that asks for a kind. */
export type FrameOf<K extends EventKind> = v.InferOutput<Kinds[K]["command"]>;
/** What the log says of a kind. */
export type EventOf<K extends EventKind> = v.InferOutput<Kinds[K]["event"]>;

/** The kinds' schemas of one sort, for a variant. */
export const commands = Object.values(kinds).map(({ command }) => command);
export const events = Object.values(kinds).map(({ event }) => event);
