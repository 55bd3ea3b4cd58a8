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
	countWrites(batches: number): void;
	countGap(): void;
}

/**
 * How far a reader is: being placed; reading pages of what it missed, after `offset`; or live, at a batch of the window. Live is a
 * cursor and nothing else.
 */
type Progress =
	| { phase: "placing" }
	| { phase: "recovering"; offset: number; reading: boolean }
	| { phase: "live"; sequence: number; offset: number }
	| { phase: "left" };

/** One session's cursor into one room. */
export class Subscription implements Reader {
	readonly host: RoomHost;
	readonly codec: Codec;
	readonly desk: Desk;
	#progress: Progress = { phase: "placing" };

	readonly #view: View;
	readonly #window: Channel["window"];

	readonly isGuest: boolean;
	readonly #onTurnedOut: () => void;

	constructor(host: RoomHost, view: View, options: { desk: Desk; isGuest: boolean; onTurnedOut: () => void }) {
		this.host = host;
		this.#view = view;
		this.#window = host.channel(view).window;
		this.codec = options.desk.codec;
		this.desk = options.desk;
		this.isGuest = options.isGuest;
		this.#onTurnedOut = options.onTurnedOut;
	}

	/** Places the reader, tells it `joined`, and goes on from there. Throws `LogUnavailable`, with nothing told. */
	async start(after: Position | null, ref: Ref | undefined): Promise<void> {
		const placement = await this.host.place(after, this.#window.through);
		if (this.#progress.phase === "left") return;
		this.host.admit(this, this.#view);
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
		const sequence = this.#window.sequenceAfter(offset);
		this.#progress = sequence === null ? { phase: "recovering", offset, reading: false } : { phase: "live", sequence, offset };
		this.wake();
	}

	/** Writes what there is to write, as long as the link takes it. Called at each flush, and when the link is writable again. */
	wake(): void {
		const progress = this.#progress;
		if (progress.phase === "live") this.#pump(progress);
		else if (progress.phase === "recovering" && !progress.reading && this.desk.outbound.isClear) {
			progress.reading = true;
			void this.#readOn(progress.offset);
		}
	}

	#pump(progress: Progress & { phase: "live" }): void {
		const window = this.#window;
		let written = 0;
		while (this.desk.outbound.isClear) {
			const batch = window.at(progress.sequence);
			if (!batch) {
				if (progress.sequence >= window.oldest) break;
				this.#skip(progress);
				continue;
			}
			progress.sequence++;
			progress.offset = batch.to;
			const payload = batch.payload(this.codec);
			if (!payload) continue;
			this.desk.outbound.sendShared(payload);
			written++;
		}
		if (written > 0) this.desk.countWrites(written);
	}

	/** The window has moved past this reader: it is told what it missed, and goes on with the newest (SPEC FAN-5). */
	#skip(progress: Progress & { phase: "live" }): void {
		const window = this.#window;
		const from = progress.offset;
		progress.sequence = window.next;
		progress.offset = window.through;
		if (from >= window.through) return;
		this.desk.countGap();
		if (this.codec === "text") this.desk.send(serverLine(`${window.through - from} lines were too many for this connection and left out.`));
		else {
			const gap: Gap = { type: "gap", room: this.host.room, from: this.host.cursorAt(from), to: this.host.cursorAt(window.through) };
			this.desk.send(JSON.stringify(gap), gap.to);
		}
	}

	async #readOn(offset: number): Promise<void> {
		const events = await this.host.next(offset, this.#window.through).catch(() => []);
		if (this.#progress.phase !== "recovering") return;
		const last = events.at(-1);
		if (!last) {
			// The store does not answer: an honest gap, and on with what is live.
			this.#progress = { phase: "live", sequence: Number.NEGATIVE_INFINITY, offset };
			return this.wake();
		}
		const cursor = this.host.cursorAt(last.event.offset);
		this.desk.send(encodeBatchJson({ room: this.host.room, cursor, events, omitted: 0, repeats: [], ambient: null, spreadMs: 0 }), cursor);
		this.#continueAfter(last.event.offset);
	}

	leave(): void {
		this.#progress = { phase: "left" };
		this.host.release(this, this.#view);
	}

	turnOut(): void {
		this.leave();
		this.#onTurnedOut();
	}
}
