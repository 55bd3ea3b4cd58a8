import type { Codec } from "@hubbub/protocol/codec.ts";
import { encodeBatchJson, encodeJoinedJson, eventLine, serverLine } from "@hubbub/protocol/codec.ts";
import type { CloseCode, Code } from "@hubbub/protocol/codes.ts";
import type { Position } from "@hubbub/protocol/cursor.ts";
import type { Downstream, Gap } from "@hubbub/protocol/downstream.ts";
import type { Ref } from "@hubbub/protocol/upstream.ts";
import type { Channel, View } from "../host/channel.ts";
import type { Placement, Reader } from "../host/reader.ts";
import type { RoomHost } from "../host/room-host.ts";
import type { Outbound } from "./outbound.ts";

/** A session as its rooms see it: where words to this one client go. */
export interface Desk {
	readonly address: string;
	readonly codec: Codec;
	readonly isOpen: boolean;
	readonly outbound: Outbound;
	/** Resolves when nothing waits to be read by this client, or the session is over. */
	untilClear(): Promise<void>;
	/** Sends a frame to this client alone, after those already waiting. `cursor` is where the client stands after it. */
	send(data: string, cursor?: string): void;
	sendFrame(frame: Downstream): void;
	/** Tells the client what was not done, and why; the connection goes on. */
	reject(code: Code, detail?: string, ref?: Ref, retryAfterMs?: number, room?: string): void;
	bye(code: CloseCode, detail?: string): void;
	/** The link has just stopped taking frames. */
	watchStall(): void;
	countGap(): void;
}

/** Who took the subscription out, and is told when the room ends it. */
export interface Subscriber {
	turnedOut(subscription: Subscription): void;
}

/**
 * How far a reader is: being placed; behind, with pages of what it missed to read; reading one of them; live in the window; gone.
 */
type Phase = "placing" | "behind" | "reading" | "live" | "left";

/**
 * One session's cursor into one room. There is one a viewer, and a flush passes through thousands: it is a few fields and no objects of
 * its own.
 */
export class Subscription implements Reader {
	seat = -1;
	readonly host: RoomHost;
	readonly codec: Codec;
	readonly desk: Desk;
	readonly isGuest: boolean;
	readonly #channel: Channel;
	readonly #outbound: Outbound;
	readonly #subscriber: Subscriber;
	#phase: Phase = "placing";
	/** The reader has everything up to here. */
	#offset = 0;
	/** Where it goes on in the window; counts only while it is live. */
	#sequence = 0;

	constructor(host: RoomHost, view: View, options: { desk: Desk; isGuest: boolean; subscriber: Subscriber }) {
		this.host = host;
		this.#channel = host.channel(view);
		this.#outbound = options.desk.outbound;
		this.codec = options.desk.codec;
		this.desk = options.desk;
		this.isGuest = options.isGuest;
		this.#subscriber = options.subscriber;
	}

	/** Places the reader, tells it `joined`, and goes on from there. Throws `LogUnavailable`, with nothing told. */
	async start(after: Position | null, ref: Ref | undefined): Promise<void> {
		const placement = await this.host.place(after, this.#channel.window.through);
		if (this.#phase === "left") return;
		this.host.admit(this, this.#channel.view);
		if (this.codec === "text") this.#tellLines(placement.events.flatMap((entry) => eventLine(entry.event) ?? []));
		else this.#tellJoined(placement, ref);
		this.#continueAfter(placement.through);
	}

	#tellJoined({ events, recovered, through }: Placement, ref: Ref | undefined): void {
		const { room, publicState: state } = this.host;
		const cursor = this.host.cursorAt(through);
		const head = { type: "joined" as const, ...(ref !== undefined && { ref }), room, cursor, recovered, state };
		const eventsJson = events.map((entry) => entry.json);
		this.desk.send(encodeJoinedJson(head, eventsJson), cursor);
	}

	#tellLines(history: readonly string[]): void {
		const { title } = this.host.settings;
		const watching = this.host.viewers === 1 ? "You are the first here" : `${this.host.viewers} are here`;
		this.desk.send([...history, serverLine(`${title}. ${watching}. Write, and it is sent.`)].join("\n"));
	}

	/** Goes live where the window reaches back to `offset`; otherwise reads on. */
	#continueAfter(offset: number): void {
		const sequence = this.#channel.window.sequenceAfter(offset);
		this.#phase = sequence === null ? "behind" : "live";
		this.#sequence = sequence ?? 0;
		this.#offset = offset;
		this.wake();
	}

	/** Writes what there is to write, as long as the link takes it. Called at each flush, and when the link is writable again. */
	wake(): void {
		if (this.#phase === "live") this.#pump();
		else if (this.#phase === "behind" && this.#outbound.isClear) {
			this.#phase = "reading";
			void this.#readOn(this.#offset);
		}
	}

	#pump(): void {
		const outbound = this.#outbound;
		const { window } = this.#channel;
		let written = 0;
		while (this.#sequence !== window.next && outbound.isClear) {
			const stretch = window.after(this.#sequence);
			if (!stretch) {
				this.#skip();
				continue;
			}
			this.#sequence = stretch.next;
			this.#offset = stretch.to;
			const payload = stretch.payload(this.codec);
			if (!payload) continue;
			outbound.sendShared(payload);
			written++;
		}
		if (written === 0) return;
		this.#channel.countWrites(written);
		if (!outbound.isClear) this.desk.watchStall();
	}

	/** The window has moved past this reader: it is told what it missed, and goes on with the newest (SPEC FAN-5). */
	#skip(): void {
		const { window } = this.#channel;
		const from = this.#offset;
		this.#sequence = window.next;
		this.#offset = window.through;
		if (from >= window.through) return;
		this.desk.countGap();
		if (this.codec === "text") this.desk.send(serverLine(`${window.through - from} lines were too many for this connection and left out.`));
		else {
			const gap: Gap = { type: "gap", room: this.host.room, from: this.host.cursorAt(from), to: this.host.cursorAt(window.through) };
			this.desk.send(JSON.stringify(gap), gap.to);
		}
	}

	async #readOn(offset: number): Promise<void> {
		const events = await this.host.next(offset, this.#channel.window.through).catch(() => []);
		if (this.#phase !== "reading") return;
		const last = events.at(-1);
		if (!last) {
			// The store does not answer: an honest gap, and on with what is live.
			this.#phase = "live";
			return this.#skip();
		}
		const cursor = this.host.cursorAt(last.event.offset);
		this.desk.send(encodeBatchJson({ room: this.host.room, cursor, events, omitted: 0, repeats: [], ambient: null, spreadMs: 0 }), cursor);
		this.#continueAfter(last.event.offset);
	}

	leave(): void {
		this.#phase = "left";
		this.host.release(this, this.#channel.view);
	}

	turnOut(): void {
		this.leave();
		this.#subscriber.turnedOut(this);
	}
}
