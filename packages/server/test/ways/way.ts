import type { Ambient, Downstream, Fate, RoomState } from "@hubbub/protocol/downstream.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import type { User } from "@hubbub/protocol/fields.ts";
import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import type { CommandFrame } from "@hubbub/protocol/upstream.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";

/** Where a server is found, and as who from where one comes. */
export interface House {
	readonly http: string;
	readonly ws: string;
	/** Sent with everything, such as an address handed on by a proxy. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly tls?: { readonly ca: string };
}

export interface Wish {
	readonly room: string;
	readonly token?: string;
	readonly name?: string;
	readonly after?: string;
	readonly view?: "all" | "top";
}

/** What was not done, and why. */
export interface Refusal {
	readonly ok: false;
	readonly code: Code;
	readonly words: string;
	readonly retryAfterMs?: number;
}

/** What became of a command: its one answer. */
export type Answer =
	| Refusal
	| { readonly ok: true; readonly id: string; readonly cursor: string; readonly fate: Fate; readonly event?: RoomEvent };

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type Command = DistributiveOmit<CommandFrame, "ref" | "room">;

/** Somebody in a room, on whatever way, who knows nothing but the protocol. */
export interface Visitor {
	readonly user: User;
	/** What to come back with as the same person. */
	readonly token: string | undefined;
	readonly told: Told;
	command(command: Command): Promise<Answer>;
	say(text: string, more?: Partial<Extract<Command, { type: "say" }>>): Promise<Answer>;
	like(count: number): Promise<void>;
	/** Sends any text where a frame is due, and answers what comes back for it. */
	raw(text: string): Promise<{ readonly code?: Code; readonly type?: string; readonly ref?: unknown }>;
	/** Resolves when the condition holds. */
	until(condition: () => boolean): Promise<void>;
	leave(): Promise<void>;
}

export type Admitted = { readonly ok: true; readonly visitor: Visitor } | Refusal;

/** One of the ways into a room. */
export interface Way {
	readonly name: "websocket" | "event-stream" | "long-poll" | "short-poll";
	/** Comes in, after a cursor where there is one; answers when the room has told where the reader stands. */
	enter(house: House, wish: Wish): Promise<Admitted>;
}

/** What a reader was told of one room: how it began, every event in the order it came, and where the reader stands. */
export class Told {
	/** Null until the room has told where the reader stands. */
	start: {
		readonly recovered: boolean;
		readonly state?: RoomState;
		readonly events: readonly RoomEvent[];
		readonly cursor: string;
	} | null = null;
	cursor = "";
	readonly events: RoomEvent[] = [];
	omitted = 0;
	repeats = 0;
	gaps = 0;
	ambient: Ambient = {};
	/** Times the reader was told to start over after it had begun. */
	restarts = 0;
	/** The last word of the server, where it said good-bye. */
	bye: Code | null = null;

	take(frame: Downstream): void {
		if (frame.type === "bye") this.bye = frame.code;
		if (frame.type === "gap") {
			this.gaps++;
			this.cursor = frame.to;
		}
		if (frame.type !== "joined" && frame.type !== "batch") return;
		const { cursor, events } = frame;
		if (!this.start) this.start = { recovered: frame.recovered ?? true, state: frame.state, events, cursor };
		else if (frame.recovered === false) this.restarts++;
		this.cursor = cursor;
		this.events.push(...events);
		if (frame.type === "joined") return;
		this.omitted += frame.omitted ?? 0;
		this.repeats += frame.repeats?.reduce((sum, { count }) => sum + count, 0) ?? 0;
		this.ambient = { ...this.ambient, ...frame.ambient };
	}

	messages(): MessageEvent[] {
		return this.events.filter((event) => event.kind === "message");
	}

	texts(): string[] {
		return this.messages().map(({ text }) => text);
	}
}

let keys = 0;

/** A key nobody else here uses. */
export function freshKey(): string {
	return `key ${process.pid} ${keys++}`;
}
