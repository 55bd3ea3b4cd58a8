import type { Batch, Downstream, RoomState } from "@hubbub/protocol/downstream.ts";
import type { Environment } from "../environment.ts";
import type { Fault } from "../transport.ts";
import type { HeldWait } from "./fallback-policy.ts";
import { type HttpClient, type Problem, readProblem } from "./http-client.ts";

/** A room to read, as a `join` or a hello names it. */
export interface RoomRequest {
	readonly room: string;
	readonly after?: string;
	readonly view?: string;
}

/** What reading a room needs of its link. */
export interface ReadingHost {
	readonly environment: Environment;
	readonly client: HttpClient;
	readFrame(json: string): Downstream | null;
	/** Hands a frame to the connection. */
	deliver(frame: Downstream): void;
	/** The server refused to let the room be read. Answers how long to wait before asking again; null where this reading is over. */
	refused(request: RoomRequest, failure: Problem): number | null;
	/** Ends the whole link. `fault` where it is not the times that tell. */
	fail(reason: string, fault?: Fault): void;
	/** Waits, or until the page is looked at again, or `life` ends. */
	sleep(ms: number, life: AbortSignal): Promise<void>;
}

/** Reads one room until `life` ends; `proven` is called once, before the first frame, when it is known that frames come through. */
export type Reading = (host: ReadingHost, request: RoomRequest, life: AbortSignal, proven: () => void) => Promise<void>;

/** The address of a room's events; the same words in the same order for everyone, since caches go by them. */
export function eventsPath({ room, after, view }: RoomRequest, wait?: number): string {
	const query = Object.entries({ after, wait, view }).filter(([, value]) => value !== undefined);
	return `/rooms/${room}/events?${new URLSearchParams(query as string[][])}`;
}

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
	return (host, request, life, proven) => new Poll(host, request, life, wait).run(proven);
}

class Poll {
	readonly #host: ReadingHost;
	#request: RoomRequest;
	readonly #life: AbortSignal;
	readonly #wait: HeldWait | null;
	#joined = false;
	/** Rooms that let guests in are read without a token, so that any cache may answer. */
	#anonymous = true;
	#failures = 0;
	/** The validator of the last answer, and what it answered. */
	#known: { readonly path: string; readonly etag: string } | null = null;
	#ambient = "";

	constructor(host: ReadingHost, request: RoomRequest, life: AbortSignal, wait: HeldWait | null) {
		this.#host = host;
		this.#request = request;
		this.#life = life;
		this.#wait = wait;
	}

	async run(proven: () => void): Promise<void> {
		proven();
		const { environment } = this.#host;
		while (!this.#life.aborted) {
			const startedMs = environment.now();
			const waitMs = this.#wait ? (this.#joined ? this.#wait.ms : enterWaitMs) : 0;
			const pauseMs = await this.#once(waitMs);
			if (this.#life.aborted || pauseMs === null) return;
			const leftMs = pauseMs - (environment.now() - startedMs);
			if (leftMs > 0) await this.#host.sleep(leftMs, this.#life);
		}
	}

	/** One request. Answers how long after it began the next may; null where it is over. */
	async #once(waitMs: number): Promise<number | null> {
		const { environment, client } = this.#host;
		const startedMs = environment.now();
		const path = eventsPath(this.#request, waitMs / 1_000);
		const headers = this.#known?.path === path ? { "If-None-Match": this.#known.etag } : undefined;
		const deadlineMs = waitMs + pollDeadlineMs;
		const answer = await client.ask(path, { headers, anonymous: this.#anonymous, deadlineMs }, this.#life);
		if (this.#life.aborted) return null;
		const tookMs = environment.now() - startedMs;
		const frame = answer?.status === 200 ? this.#host.readFrame(answer.text) : null;
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
			const againMs = this.#host.refused(this.#request, failure);
			return againMs === null ? null : tookMs + againMs;
		}
		const hung = tookMs >= deadlineMs;
		if (waitMs <= enterWaitMs || hung || tookMs < cutMsMin) return this.#failed(hung && waitMs > enterWaitMs);
		if (this.#wait?.cut(tookMs)) return 0;
		this.#host.fail("Held requests are cut on the way.", "refused");
		return null;
	}

	/** A request came to nothing. Once may be chance. */
	#failed(hung: boolean): number | null {
		if (!hung && ++this.#failures < 2) return pollEveryMs;
		this.#host.fail("The server does not answer any more.", hung ? "silent" : undefined);
		return null;
	}

	#pauseMs(waitMs: number, tookMs: number, isNews: boolean): number {
		const { environment } = this.#host;
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
			this.#host.deliver({ type: "joined", room, cursor, recovered: recovered !== false, state: { ...now, settings }, events });
		} else if (isNews || ambient) {
			this.#host.deliver({ type: "batch", room, cursor, events, omitted, repeats, spreadMs, ambient });
		}
		this.#ambient = told;
		this.#request = { ...this.#request, after: cursor };
		return isNews;
	}

	/** Where the room stands now. An answer to a known cursor does not say, one to nobody in particular does. */
	async #state(): Promise<RoomState | undefined> {
		const path = eventsPath({ ...this.#request, after: undefined }, enterWaitMs / 1_000);
		const answer = await this.#host.client.ask(path, { anonymous: this.#anonymous, deadlineMs: pollDeadlineMs }, this.#life);
		const frame = answer?.status === 200 ? this.#host.readFrame(answer.text) : null;
		return frame?.type === "batch" ? frame.state : undefined;
	}
}

/** A proxy that gathers what passes keeps the first frame back; after this long it is taken for one. */
export const firstFrameMs = 4_000;
/** The server says something at least every 25 s, if only a comment. */
export const streamSilentMs = 40_000;

/** Reads a room by server-sent events (HTML Living Standard, section 9.2), each `data` one downstream frame. */
export async function readStream(host: ReadingHost, request: RoomRequest, life: AbortSignal, proven: () => void): Promise<void> {
	const { environment, client } = host;
	let timer: unknown;
	const expect = (ms: number, late: () => void) => {
		environment.clearTimeout(timer);
		timer = environment.setTimeout(late, ms);
	};
	life.addEventListener("abort", () => environment.clearTimeout(timer));
	for (;;) {
		expect(firstFrameMs, () => host.fail("The event stream is kept back on the way.", "refused"));
		try {
			const response = await client.open(eventsPath(request), { headers: { Accept: "text/event-stream" } }, life);
			if (response.ok && response.body && response.headers.get("content-type")?.startsWith("text/event-stream")) {
				await follow(response.body, (data) => {
					expect(streamSilentMs, () => host.fail("The event stream fell silent.", "silent"));
					take(data);
				});
				return life.aborted ? undefined : host.fail("The event stream was cut.");
			}
			const failure = readProblem(await response.text());
			if (!failure) return host.fail(`The server answered ${response.status} to an event stream.`, "refused");
			proven();
			const waitMs = host.refused(request, failure);
			if (waitMs === null) return;
			environment.clearTimeout(timer);
			await host.sleep(waitMs, life);
			if (life.aborted) return;
		} catch {
			return life.aborted ? undefined : host.fail("The event stream broke.");
		}
	}

	function take(data: string): void {
		const frame = data ? host.readFrame(data) : null;
		if (!frame || life.aborted) return;
		proven();
		// The link has its welcome already.
		if (frame.type !== "welcome") host.deliver(frame);
	}
}

/** Calls `block` with the data of each block of the stream, empty for a comment. Resolves at its end. */
async function follow(body: ReadableStream<Uint8Array>, block: (data: string) => void): Promise<void> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let text = "";
	for (let part = await reader.read(); !part.done; part = await reader.read()) {
		text += decoder.decode(part.value, { stream: true });
		const blocks = text.split("\n\n");
		text = blocks.pop() ?? "";
		for (const lines of blocks) {
			const data = lines.split("\n").filter((line) => line.startsWith("data:"));
			block(data.map((line) => line.slice(5)).join("\n"));
		}
	}
}
