import type { Codec } from "@hubbub/protocol/codec.ts";
import { encodeJoinedJson } from "@hubbub/protocol/codec.ts";
import type { Downstream, Gap } from "@hubbub/protocol/downstream.ts";
import type { Ref, User } from "@hubbub/protocol/fields.ts";
import type { CloseCode } from "@hubbub/protocol/wire/close-codes.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import type { Position } from "@hubbub/protocol/wire/cursor.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { eventLine, greetingLines, serverLine } from "@hubbub/protocol/wire/lines.ts";
import type { BacklogPage } from "../host/backlog.ts";
import type { Laggard } from "../host/catch-up.ts";
import type { Channel, View } from "../host/channel.ts";
import type { Placement } from "../host/placement.ts";
import type { Reader } from "../host/reader.ts";
import type { RoomHost } from "../host/room-host.ts";
import type { Barred } from "../room/access.ts";
import type { Outbound } from "./outbound.ts";

/** A session as its rooms see it: where words to this one client go. */
export interface RoomClient {
	readonly address: string;
	/** Who this is in a room, once they have said hello. */
	actorIn(room: string): User;
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
	bye(code: CloseCode, detail?: string, retryAfterMs?: number): void;
	/** The link has just stopped taking frames. */
	watchStall(): void;
	countGap(): void;
}

/** Who took the subscription out, and is told when the room ends it. */
export interface Subscriber {
	evicted(subscription: Subscription, barred: Barred): void;
}

/**
 * How far a reader is: being placed; behind, with pages of what it missed to read; reading one of them; live in the window; gone.
 */
type Phase = "placing" | "behind" | "reading" | "live" | "left";

/**
 * One session's cursor into one room. There is one a viewer, and a flush passes through thousands: it is a few fields and no objects of
 * its own.
 */
export class Subscription implements Reader, Laggard {
	/** Where it sits in its section; the channel's to write. */
	seat = -1;
	readonly host: RoomHost;
	readonly codec: Codec;
	readonly client: RoomClient;
	readonly #channel: Channel;
	readonly #outbound: Outbound;
	readonly #subscriber: Subscriber;
	#phase: Phase = "placing";
	/** The reader has everything up to here. */
	#offset = 0;
	/** Where it goes on in the window; counts only while it is live. */
	#sequence = 0;

	constructor(host: RoomHost, view: View, options: { client: RoomClient; subscriber: Subscriber }) {
		this.host = host;
		this.#channel = host.channel(view);
		this.#outbound = options.client.outbound;
		this.codec = options.client.codec;
		this.client = options.client;
		this.#subscriber = options.subscriber;
	}

	get actor(): User {
		return this.client.actorIn(this.host.room);
	}

	/** Places the reader, tells it `joined`, and goes on from there. Throws `LogUnavailable`, with nothing told. */
	async start(after: Position | null, ref: Ref | undefined): Promise<void> {
		const placement = await this.host.place(after, this.#channel.window.through, limits.recoveryOnJoin);
		if (this.#hasLeft) return;
		this.host.admit(this, this.#channel.view);
		if (this.#hasLeft) return;
		if (this.codec === "text") this.#tellLines(placement.events.flatMap((entry) => eventLine(entry.event) ?? []));
		else this.#tellJoined(placement, ref);
		this.#continueAfter(placement.through);
	}

	get #hasLeft(): boolean {
		return this.#phase === "left";
	}

	#tellJoined({ json, recovered, through }: Placement, ref: Ref | undefined): void {
		const { room, publicState: state } = this.host;
		const cursor = this.host.cursorAt(through);
		const head = { type: "joined" as const, ...(ref !== undefined && { ref }), room, cursor, recovered, state };
		this.client.send(encodeJoinedJson(head, json), cursor);
	}

	#tellLines(history: readonly string[]): void {
		this.client.send([...history, ...greetingLines(this.host.publicState)].join("\n"));
	}

	/** Goes live where the window reaches back to `offset`; otherwise reads on. */
	#continueAfter(offset: number): void {
		const sequence = this.#channel.window.sequenceAfter(offset);
		this.#phase = sequence === null ? "behind" : "live";
		this.#sequence = sequence ?? 0;
		this.#offset = offset;
		this.wake();
	}

	/**
	 * Writes what there is to write, as long as the link takes it; who has much to catch up on waits for a turn. Called when its section's
	 * turn has come, and when the link is writable again.
	 */
	wake(): void {
		if (this.#phase === "live") this.#pump();
		else if (this.#phase === "behind" && this.#outbound.isClear) this.host.catchUp.enter(this);
	}

	/** The turn of a reader who is far behind has come: one page. A link that takes nothing now wakes it when it does. */
	catchUp(page: BacklogPage | null): void {
		if (!this.#outbound.isClear) return;
		// While it waited for its turn, the window may have moved on without it: what it misses is in the log.
		if (this.#phase === "live" && this.#sequence < this.#channel.window.oldest) this.#phase = "behind";
		if (this.#phase === "behind" && page && !page.isStale()) this.#writePage(page);
		else if (this.#phase === "behind") void this.#readOn();
		else if (this.#phase === "live") this.#pump(1);
	}

	/** `pages` is how many frames a reader who is far behind may be written before it waits for its next turn. */
	#pump(pages = 0): void {
		const outbound = this.#outbound;
		const { window } = this.#channel;
		let written = 0;
		while (this.#sequence !== window.next && outbound.isClear) {
			if (window.isFar(this.#sequence) && this.#sequence >= window.oldest && written >= pages) {
				this.host.catchUp.enter(this);
				break;
			}
			const run = window.after(this.#sequence);
			if (!run) {
				// Who stands in the queue is not too slow: what has left the window meanwhile is read from the log in its turn.
				if (this.host.catchUp.has(this)) break;
				this.#skip();
				continue;
			}
			this.#sequence = run.next;
			this.#offset = run.to;
			const payload = run.payload(this.codec);
			if (!payload) continue;
			outbound.sendShared(payload);
			written++;
		}
		if (written > 0) this.#noteWritten(written);
	}

	#noteWritten(frames: number): void {
		this.#channel.countWrites(frames);
		if (!this.#outbound.isClear) this.client.watchStall();
	}

	/** The window has moved past this reader: it is told what it missed, and goes on with the newest (SPEC FAN-5). */
	#skip(): void {
		const { window } = this.#channel;
		const from = this.#offset;
		this.#sequence = window.next;
		this.#offset = window.through;
		if (from >= window.through) return;
		this.client.countGap();
		if (this.codec === "text")
			this.client.send(serverLine(`${window.through - from} lines were too many for this connection and left out.`));
		else {
			const gap: Gap = { type: "gap", room: this.host.room, from: this.host.cursorAt(from), to: this.host.cursorAt(window.through) };
			this.client.send(JSON.stringify(gap), gap.to);
		}
	}

	/** Reads the next page, and takes a place in the queue again to write it. */
	async #readOn(): Promise<void> {
		this.#phase = "reading";
		const { through } = this.#channel.window;
		const isTooFar = through - this.#offset > limits.recoveryEventsMax;
		const page = isTooFar ? null : await this.host.backlog(this.#offset, through).catch(() => null);
		if (this.#phase !== "reading") return;
		this.#phase = page ? "behind" : "live";
		if (page) this.host.catchUp.enter(this, page);
		// Too slow for the room, or the store does not answer: an honest gap, and on with what is live.
		else this.#skip();
	}

	#writePage(page: BacklogPage): void {
		const payload = page.payload(this.codec);
		if (payload) {
			this.#outbound.sendShared(payload);
			this.#noteWritten(1);
		}
		this.#continueAfter(page.to);
	}

	leave(): void {
		this.#phase = "left";
		this.host.catchUp.leave(this);
		this.host.release(this, this.#channel.view);
	}

	evict(barred: Barred): void {
		this.leave();
		this.#subscriber.evicted(this, barred);
	}
}
