import type { Batch, RoomState } from "@hubbub/protocol/downstream.ts";
import { type Desk, eventsPath, type Reading, type Wish } from "./desk.ts";
import type { HeldWait } from "./held-wait.ts";
import { readProblem } from "./problem.ts";

/** Short polls are this far apart, a tenth more or less, in a page that is looked at; and in one that is not. */
export const pollEveryMs = 1_000;
export const pollHiddenMs = 5_000;
/** A request that should be answered at once is lost after this long, a held one as long after its wait. */
export const pollDeadlineMs = 8_000;
/** What fails sooner was not held and then cut. */
const cutMsMin = 1_500;
/** As good as no wait: `wait=0` would be answered as of the last whole second. */
const enterWaitMs = 10;
/** In a busy room a held request is answered at once, again and again: this is as often as one asks. */
const heldEveryMs = 250;

/** Reads a room by asking again and again after the last cursor; held requests where `wait` is given. */
export function polling(wait: HeldWait | null): Reading {
	return (desk, wish, life, proven) => new Poll(desk, wish, life, wait).run(proven);
}

class Poll {
	readonly #desk: Desk;
	#wish: Wish;
	readonly #life: AbortSignal;
	readonly #wait: HeldWait | null;
	#joined = false;
	/** Rooms that let guests in are read without a token, so that any cache may answer. */
	#anonymous = true;
	#failures = 0;
	/** The validator of the last answer, and what it answered. */
	#known: { readonly path: string; readonly etag: string } | null = null;
	#ambient = "";

	constructor(desk: Desk, wish: Wish, life: AbortSignal, wait: HeldWait | null) {
		this.#desk = desk;
		this.#wish = wish;
		this.#life = life;
		this.#wait = wait;
	}

	async run(proven: () => void): Promise<void> {
		proven();
		const { environment } = this.#desk;
		while (!this.#life.aborted) {
			const startedMs = environment.now();
			const waitMs = this.#wait ? (this.#joined ? this.#wait.ms : enterWaitMs) : 0;
			const pauseMs = await this.#once(waitMs);
			if (this.#life.aborted || pauseMs === null) return;
			const leftMs = pauseMs - (environment.now() - startedMs);
			if (leftMs > 0) await this.#desk.sleep(leftMs, this.#life);
		}
	}

	/** One request. Answers how long after it began the next may; null where it is over. */
	async #once(waitMs: number): Promise<number | null> {
		const { environment, wire } = this.#desk;
		const startedMs = environment.now();
		const path = eventsPath(this.#wish, waitMs / 1_000);
		const headers = this.#known?.path === path ? { "If-None-Match": this.#known.etag } : undefined;
		const deadlineMs = waitMs + pollDeadlineMs;
		const answer = await wire.ask(path, { headers, anonymous: this.#anonymous, deadlineMs }, this.#life);
		if (this.#life.aborted) return null;
		const tookMs = environment.now() - startedMs;
		const frame = answer?.status === 200 ? this.#desk.readFrame(answer.text) : null;
		if (frame?.type === "batch" || answer?.status === 304) {
			this.#known = answer?.etag ? { path, etag: answer.etag } : null;
			const isNews = frame?.type === "batch" ? await this.#take(frame) : false;
			if (isNews === null) return this.#failed(false);
			this.#failures = 0;
			return this.#pauseMs(waitMs, tookMs, isNews);
		}
		const failure = answer && readProblem(answer.text);
		if (failure && this.#anonymous && (failure.code === "guests_not_allowed" || failure.code === "unauthorized")) {
			this.#anonymous = false;
			return 0;
		}
		if (failure) {
			const againMs = this.#desk.turnedAway(this.#wish, failure);
			return againMs === null ? null : tookMs + againMs;
		}
		const hung = tookMs >= deadlineMs;
		if (waitMs <= enterWaitMs || hung || tookMs < cutMsMin) return this.#failed(hung && waitMs > enterWaitMs);
		if (this.#wait?.cut(tookMs)) return 0;
		this.#desk.fail("Held requests are cut on the way.", "refused");
		return null;
	}

	/** A request came to nothing. Once may be chance. */
	#failed(hung: boolean): number | null {
		if (!hung && ++this.#failures < 2) return pollEveryMs;
		this.#desk.fail("The server does not answer any more.", hung ? "silent" : undefined);
		return null;
	}

	#pauseMs(waitMs: number, tookMs: number, isNews: boolean): number {
		const { environment } = this.#desk;
		if (this.#wait) {
			if (waitMs <= enterWaitMs || isNews) return heldEveryMs;
			// Answered before its time with nothing: the server holds no more requests just now.
			if (tookMs < waitMs * 0.9) return pollEveryMs;
			this.#wait.kept();
			return 0;
		}
		return ((environment.isHidden?.() ?? globalThis.document?.hidden) ? pollHiddenMs : pollEveryMs) * (0.9 + 0.2 * environment.random());
	}

	/** Whether the answer held anything; null where it could not be used. */
	async #take(answer: Batch): Promise<boolean | null> {
		const { room, cursor, events, recovered, state, omitted, repeats, spreadMs } = answer;
		const isNews = events.length > 0 || !!omitted || !!repeats?.length;
		const told = JSON.stringify(answer.ambient);
		const ambient = told === this.#ambient ? undefined : answer.ambient;
		if (!this.#joined || recovered === false) {
			const now = state ?? (await this.#state());
			if (!now || this.#life.aborted) return null;
			// What was missed may hold a change of settings that the answer about the state was too early for.
			const changes = events.map((event) => (event.kind === "settings" ? event.settings : {}));
			const settings = Object.assign({}, now.settings, ...changes);
			this.#joined = true;
			this.#desk.deliver({ type: "joined", room, cursor, recovered: recovered !== false, state: { ...now, settings }, events });
		} else if (isNews || ambient) {
			this.#desk.deliver({ type: "batch", room, cursor, events, omitted, repeats, spreadMs, ambient });
		}
		this.#ambient = told;
		this.#wish = { ...this.#wish, after: cursor };
		return isNews;
	}

	/** Where the room stands now. An answer to a known cursor does not say, one to nobody in particular does. */
	async #state(): Promise<RoomState | undefined> {
		const path = eventsPath({ ...this.#wish, after: undefined }, enterWaitMs / 1_000);
		const answer = await this.#desk.wire.ask(path, { anonymous: this.#anonymous, deadlineMs: pollDeadlineMs }, this.#life);
		const frame = answer?.status === 200 ? this.#desk.readFrame(answer.text) : null;
		return frame?.type === "batch" ? frame.state : undefined;
	}
}
