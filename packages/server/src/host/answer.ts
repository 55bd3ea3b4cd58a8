import { jsonWith } from "@hubbub/protocol/codec.ts";
import type { Ambient, Repeat, RoomState } from "@hubbub/protocol/downstream.ts";
import type { Position } from "@hubbub/protocol/wire/cursor.ts";
import type { Window } from "../fanout/window.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Placement } from "./placement.ts";

/** What a poll is answered: one `batch` with everything after the asker's cursor. The same for everyone with that cursor. */
export interface Answer {
	readonly json: string;
	readonly cursor: string;
	/** Whether it says anything but "nothing new". */
	readonly isNews: boolean;
}

/** A room as its answers see it. */
export interface AnswerSource {
	readonly room: string;
	readonly publicState: RoomState;
	cursorAt(offset: number): string;
	isOwnPosition(position: Position): boolean;
	place(after: Position | null, through: number): Promise<Placement>;
}

/**
 * Answers polls in one room. Answers hold nothing of one asker's own and are made once for each cursor, so that a thousand askers with
 * one cursor cost one; short polls are answered as of the last whole second, so that cursors fall together and a cache in front can
 * serve them (SPEC POLL-4).
 */
export class Answers {
	readonly #host: AnswerSource;
	readonly #window: Window;
	#through: number;
	#madeAtSecond = Number.NEGATIVE_INFINITY;
	readonly #made = new Map<string, Promise<Answer>>();
	#units = 0;

	constructor(host: AnswerSource, window: Window) {
		this.#host = host;
		this.#window = window;
		this.#through = window.through;
	}

	/** Everything up to now. Throws `LogUnavailable`. */
	now(after: Position | null, nowMs: number): Promise<Answer> {
		this.#startSecond(nowMs);
		return this.#remembered(after, this.#window.through);
	}

	/** Everything up to where the room was when this second's first asker came. Throws `LogUnavailable`. */
	asOfSecond(after: Position | null, nowMs: number): Promise<Answer> {
		this.#startSecond(nowMs);
		return this.#remembered(after, this.#through);
	}

	/** Answers of another second are forgotten: how many are watching has changed. */
	#startSecond(nowMs: number): void {
		const second = Math.floor(nowMs / serverLimits.pollStepMs);
		if (second === this.#madeAtSecond) return;
		this.#madeAtSecond = second;
		this.#through = this.#window.through;
		this.forget();
	}

	/** Makes every answer anew. */
	forget(): void {
		this.#made.clear();
		this.#units = 0;
	}

	#remembered(after: Position | null, through: number): Promise<Answer> {
		const key = after ? `${after.epoch}.${after.offset}-${through}` : `-${through}`;
		const known = this.#made.get(key);
		if (known) return known;
		const made = this.#make(after, through);
		this.#made.set(key, made);
		made.then(
			({ json }) => {
				this.#units += json.length;
				if (this.#units > serverLimits.answersUnitsMax) this.forget();
			},
			() => this.#made.delete(key),
		);
		for (const oldest of this.#made.keys()) {
			if (this.#made.size <= serverLimits.answersMax) break;
			this.#made.delete(oldest);
		}
		return made;
	}

	async #make(after: Position | null, through: number): Promise<Answer> {
		const { room } = this.#host;
		const sequence = after && this.#host.isOwnPosition(after) ? this.#window.sequenceAfter(after.offset) : null;
		if (after && sequence !== null) {
			const { reached, ...load } = this.#gather(after.offset, sequence, through);
			const cursor = this.#host.cursorAt(Math.max(after.offset, reached));
			const { viewers, likes } = this.#host.publicState;
			const ambient = { viewers, likes };
			return {
				json: answerJson({ room, cursor, ambient, recovered: true, ...load }),
				cursor,
				isNews: load.events.length > 0 || load.omitted > 0 || load.repeats.length > 0,
			};
		}
		const placement = await this.#host.place(after, through);
		const events = placement.events.map((entry) => entry.json);
		// Not before: what was taken back while the log was read is in it no longer.
		const state = this.#host.publicState;
		const ambient = { viewers: state.viewers, likes: state.likes };
		const cursor = this.#host.cursorAt(placement.through);
		const { recovered } = placement;
		return {
			json: answerJson({ room, cursor, ambient, recovered, events, omitted: 0, repeats: [], ...(!recovered && { state }) }),
			cursor,
			isNews: true,
		};
	}

	/** The window's batches after an offset, up to another, as one; not more of them than fit one answer, but one at least. */
	#gather(after: number, from: number, through: number): { events: string[]; omitted: number; repeats: Repeat[]; reached: number } {
		const window = this.#window;
		const events: string[] = [];
		const repeats: Repeat[] = [];
		let omitted = 0;
		let reached = after;
		let units = 0;
		for (let sequence = from; sequence < window.next; sequence++) {
			const batch = window.at(sequence);
			if (!batch || batch.to > through || units > serverLimits.pageUnitsMax) break;
			reached = batch.to;
			omitted += batch.source.omitted;
			repeats.push(...batch.source.repeats);
			for (const entry of batch.source.events) {
				if (entry.event.offset <= after) continue;
				events.push(entry.json);
				units += entry.json.length;
			}
		}
		return { events, omitted, repeats, reached };
	}
}

function answerJson(answer: {
	room: string;
	cursor: string;
	recovered: boolean;
	ambient: Ambient;
	omitted: number;
	repeats: readonly Repeat[];
	events: readonly string[];
	state?: RoomState;
}): string {
	const { events, omitted, repeats, ...head } = answer;
	const frame = { type: "batch", ...head, ...(omitted > 0 && { omitted }), ...(repeats.length > 0 && { repeats }) };
	return jsonWith(frame, { events: `[${events.join(",")}]` });
}
