import type { Style } from "@hubbub/protocol/kinds/message.ts";
import { countGraphemes } from "@hubbub/protocol/wire/graphemes.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import type { Clock } from "./clock.ts";
import { endsWithWait, Pacing, type Wait } from "./pacing.ts";
import type { TabMemory } from "./tab-memory.ts";
import type { Answered, Leaving, Unsent } from "./unsent.ts";
import type { Visit } from "./visit.ts";
import { type Circumstances, type Writing, writingOf } from "./writing.ts";

/** What of a visit the writer needs. */
export type WriterVisit = Pick<Visit, "roomId" | "place" | "connection" | "settings" | "user" | "clockSkewMs" | "lastSaidAt" | "say">;

/** What a writer tells the page. */
export interface WriterListener {
	/** What the composer shows has changed. */
	changed(): void;
	/** A text has left the box. */
	left(leaving: Leaving): void;
}

/** Where a refusal for being too fast does not say how long to wait. */
const pacingMs = 1_000;

/**
 * One reader's writing in one room: the text in the box, whether it may be sent and what there is to say about that, and what becomes of
 * it. A text that is refused comes back into the box. Knows no DOM; the composer shows it.
 */
export class Writer {
	readonly #visit: WriterVisit;
	readonly #unsent: Unsent;
	readonly #memory: TabMemory;
	readonly #clock: Clock;
	readonly #listener: WriterListener;
	readonly #pacing = new Pacing();
	#userId: string | null = null;
	/** When the reader wrote last as it is kept for the tab, in the server's Unix milliseconds. */
	#keptAt = 0;
	#refusal: string | null = null;
	#isFreeAgain = false;
	#cancelTick: (() => void) | null = null;
	#hasResumed = false;

	constructor(visit: WriterVisit, unsent: Unsent, memory: TabMemory, clock: Clock, listener: WriterListener) {
		this.#visit = visit;
		this.#unsent = unsent;
		this.#memory = memory;
		this.#clock = clock;
		this.#listener = listener;
	}

	get text(): string {
		return this.#unsent.text;
	}

	get answering(): Answered | null {
		return this.#unsent.answering;
	}

	get writing(): Writing {
		const { place, settings, user } = this.#visit;
		return writingOf(place, settings, user);
	}

	/** The wait under way, or null. */
	get wait(): Wait | null {
		return this.#pacing.wait(this.#clock.monotonic());
	}

	/** Milliseconds until the next message may go. */
	get leftMs(): number {
		return Math.max(0, (this.wait?.endsAtMs ?? 0) - this.#clock.monotonic());
	}

	/** Graphemes of the text in the box. */
	get length(): number {
		return lengthOf(this.#unsent.text);
	}

	/** Graphemes that the room takes. */
	get lengthMax(): number {
		return this.#visit.settings?.textGraphemesMax ?? limits.textGraphemesMax;
	}

	/** Whether a wait ended a moment ago while a text stood in the box. */
	get isFreeAgain(): boolean {
		return this.#isFreeAgain;
	}

	get maySend(): boolean {
		return this.writing.phase === "open" && this.#unsent.text.trim() !== "" && this.length <= this.lengthMax && this.wait === null;
	}

	/** What there is to say about the box. */
	get circumstances(): Circumstances {
		const wait = this.wait;
		return {
			writing: this.writing,
			connection: this.#visit.connection.phase,
			hasText: this.#unsent.text !== "",
			over: Math.max(0, this.length - this.lengthMax),
			refusal: this.#refusal,
			wait: wait && { code: wait.code, secondsLeft: Math.ceil(this.leftMs / 1_000) },
			slowModeSeconds: this.#pacing.slowModeSeconds,
		};
	}

	write(text: string): void {
		this.#unsent.write(text);
		// The reason was read and is being acted upon.
		if (this.wait === null) this.#refusal = null;
		this.#isFreeAgain = false;
		this.#listener.changed();
	}

	answer(answering: Answered | null): void {
		this.#unsent.answer(answering);
		this.#listener.changed();
	}

	/** Sends the text in the box, if it may be sent; answers whether it was. */
	send(style: Style | null): boolean {
		if (!this.maySend) return false;
		this.#refusal = null;
		this.#isFreeAgain = false;
		const leaving = this.#unsent.send(style);
		this.#listener.left(leaving);
		void this.#deliver(leaving);
		this.#listener.changed();
		return true;
	}

	/** The visit has changed: looks again at what it means for the next message. To be called with every change. */
	look(): void {
		const { user, settings, place } = this.#visit;
		this.#pacing.know(settings, user, this.#clock.monotonic());
		if (user) this.#lookBack(user.id);
		if (place.phase === "open" && user && !this.#hasResumed) this.#resume();
		this.#count();
	}

	/** Stops counting down. */
	end(): void {
		this.#cancelTick?.();
	}

	/** When the reader wrote last, also if that was on an earlier page of this tab and is further back than what is shown now. */
	#lookBack(userId: string): void {
		const { roomId, lastSaidAt, clockSkewMs } = this.#visit;
		const address = `hubbub.said.${roomId}`;
		const isNew = userId !== this.#userId;
		if (isNew && this.#userId !== null) this.#pacing.forget();
		this.#userId = userId;
		const [by, keptAt] = isNew ? (this.#memory.recall(address)?.split(" ") ?? []) : [];
		const saidAt = Math.max(lastSaidAt ?? 0, by === userId ? Number(keptAt) || 0 : 0);
		if (saidAt === 0) return;
		const nowMs = this.#clock.monotonic();
		this.#pacing.said(nowMs - Math.max(0, this.#clock.wall() + clockSkewMs - saidAt));
		if (saidAt !== this.#keptAt) this.#memory.remember(address, `${userId} ${saidAt}`);
		this.#keptAt = saidAt;
	}

	/** What an earlier page of this tab had sent and got no answer to. */
	#resume(): void {
		this.#hasResumed = true;
		for (const leaving of this.#unsent.leaving) void this.#deliver(leaving);
	}

	async #deliver({ key, text, answering, style }: Leaving): Promise<void> {
		const result = await this.#visit.say(text, { key, replyTo: answering?.id ?? null, style });
		if (result.outcome === "accepted") {
			this.#unsent.settle(key);
		} else {
			this.#unsent.comeBack(key);
			this.#refusal = result.code;
			const waitMs = result.retryAfterMs ?? (endsWithWait(result.code) ? pacingMs : 0);
			if (waitMs > 0) this.#pacing.told(result.code, waitMs, this.#clock.monotonic());
		}
		this.look();
		this.#listener.changed();
	}

	/** Tells the composer each time another whole second is left, and when none is. */
	#count(): void {
		this.#cancelTick?.();
		this.#cancelTick = null;
		const leftMs = this.leftMs;
		if (leftMs <= 0) {
			// A refusal for being too fast is over with its wait; any other still says what is to be done.
			if (this.#refusal !== null && endsWithWait(this.#refusal)) this.#refusal = null;
			return;
		}
		this.#cancelTick = this.#clock.after(leftMs % 1_000 || 1_000, () => {
			this.#isFreeAgain = this.wait === null && this.#unsent.text.trim() !== "";
			this.#count();
			this.#listener.changed();
		});
	}
}

/** As the server will count, but for what it cleans away. Of what is far too long only the order matters, and counting it is dear. */
function lengthOf(text: string): number {
	const trimmed = text.trim();
	return trimmed.length > limits.textUnitsMax ? trimmed.length : countGraphemes(trimmed);
}
