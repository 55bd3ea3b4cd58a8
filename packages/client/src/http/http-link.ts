import type { Downstream, Welcome } from "@hubbub/protocol/downstream.ts";
import { passes } from "@hubbub/protocol/wire/passing-codes.ts";
import type { Environment } from "../environment.ts";
import type { Fault, Link, LinkEnd, LinkListener, TransportName } from "../transport.ts";
import type { HeldWait } from "./fallback-policy.ts";
import type { HeldSlots } from "./held-slots.ts";
import { type Answer, HttpClient, type Problem, readProblem } from "./http-client.ts";
import { polling, type ReadingHost, type RoomRequest, readStream } from "./readings.ts";

export type HttpTransportName = Exclude<TransportName, "websocket">;
export type FrameReader = (json: string) => Downstream | null;

/** Time for an answer to a frame. */
export const answerMs = 10_000;
/** Rooms read by a stream or held requests; further ones are asked for every second, since browsers keep six connections to a server. */
export const heldMax = 3;
/** Wait before asking again, where the server could not just now and did not say how long. */
const againMs = 2_000;

type Upstream = {
	readonly type: string;
	readonly ref?: number;
	readonly token?: string;
	readonly rooms?: readonly RoomRequest[];
} & RoomRequest;

/** Frames over plain HTTP: up by `POST /frames`, down by one reading for each room (SPEC SSE-1, POLL-1, POST-1). */
export class HttpLink implements Link, ReadingHost {
	readonly environment: Environment;
	readonly client: HttpClient;
	readonly readFrame: FrameReader;
	readonly #transport: HttpTransportName;
	readonly #listener: LinkListener;
	readonly #wait: HeldWait;
	/** Null where places are not shared out. */
	readonly #slots: HeldSlots | null;
	/** Places taken, and how many of them no reading needs now. */
	#places = 0;
	#spare = 0;
	readonly #life = new AbortController();
	readonly #readings = new Map<string, { readonly life: AbortController; readonly held: boolean }>();
	readonly #sleepers = new Set<() => void>();
	readonly #unwatch: () => void;
	/** Commands go one after the other, so that they arrive in the order they were given. */
	#line: Promise<void> = Promise.resolve();

	constructor(
		transport: HttpTransportName,
		surroundings: { readonly environment: Environment; readonly httpBase: string; readonly readFrame: FrameReader },
		listener: LinkListener,
		wait: HeldWait,
		slots: HeldSlots | null,
	) {
		this.#transport = transport;
		this.environment = surroundings.environment;
		this.readFrame = surroundings.readFrame;
		this.client = new HttpClient(surroundings.environment, surroundings.httpBase);
		this.#listener = listener;
		this.#wait = wait;
		this.#slots = transport === "short-poll" ? null : slots;
		this.#unwatch = surroundings.environment.watch((signal) => {
			if (signal === "visible") for (const wake of this.#sleepers) wake();
		});
		void this.#checkServer();
	}

	send(json: string): void {
		const frame = JSON.parse(json) as Upstream;
		switch (frame.type) {
			case "hello":
				return void this.#hello(frame);
			case "join":
				return this.#read(frame);
			case "leave":
				this.#stop(frame.room);
				return this.deliver({ type: "left", ref: frame.ref, room: frame.room });
			case "like":
			case "ping":
				return void this.#post(frame, json);
			default:
				this.#line = this.#line.then(() => this.#post(frame, json));
		}
	}

	close(code = 1000, reason = ""): void {
		this.#end({ code, reason, wasClean: true });
	}

	// —— for the readings ——

	deliver(frame: Downstream): void {
		if (this.#life.signal.aborted) return;
		// A room that the server speaks of like this is read no more, until it is joined again.
		if ((frame.type === "reject" && frame.ref === undefined && frame.room) || (frame.type === "left" && frame.ref === undefined))
			this.#stop(frame.room as string);
		this.#listener.frame(frame);
	}

	refused(request: RoomRequest, failure: Problem): number | null {
		const { code, message, retryAfterMs } = failure;
		if (this.#endsAll(failure)) return null;
		if (passes(code)) return retryAfterMs ?? againMs * (1 + this.environment.random());
		this.deliver({ type: "reject", code, message, room: request.room });
		this.deliver({ type: "left", room: request.room });
		return null;
	}

	fail(reason: string, fault?: Fault): void {
		this.#end({ code: 1006, reason, wasClean: false, fault });
	}

	sleep(ms: number, life: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const wake = () => {
				this.environment.clearTimeout(timer);
				this.#sleepers.delete(wake);
				life.removeEventListener("abort", wake);
				resolve();
			};
			const timer = this.environment.setTimeout(wake, ms);
			this.#sleepers.add(wake);
			life.addEventListener("abort", wake);
		});
	}

	// —— the link itself ——

	/** Finds out whether anybody is there, as the opening handshake does for a WebSocket, and whether there is a place for this page. */
	async #checkServer(): Promise<void> {
		const [answer, hasPlace] = await Promise.all([this.#ask('{"type":"ping"}'), this.#slots?.take(this.#lost) ?? true]);
		if (this.#slots && hasPlace) this.#gained();
		if (!hasPlace) return this.#lost();
		if (this.#frameOf(answer)?.type === "pong") this.#listener.opened();
		else this.#unreachable(answer);
	}

	async #hello({ rooms = [], ...hello }: Upstream): Promise<void> {
		this.client.token = hello.token ?? null;
		const answer = await this.#ask(JSON.stringify(hello));
		const welcome = this.#frameOf(answer);
		if (welcome?.type !== "welcome") return this.#unreachable(answer);
		this.client.token = welcome.token ?? this.client.token;
		this.#begin(welcome, rooms);
	}

	/** A stream must show that it carries frames before the welcome is told: a proxy that keeps it back shows only here. */
	#begin(welcome: Welcome, [first, ...others]: readonly RoomRequest[]): void {
		const begin = () => {
			this.deliver(welcome);
			for (const request of others) this.#read(request);
		};
		if (first) this.#read(first, begin);
		else begin();
	}

	#read(request: RoomRequest, proven = () => {}): void {
		this.#stop(request.room);
		if (this.#life.signal.aborted) return;
		const held = this.#mayHold();
		const reading = held && this.#transport === "event-stream" ? readStream : polling(held ? this.#wait : null);
		const life = new AbortController();
		this.#readings.set(request.room, { life, held });
		let isProven = false;
		void reading(this, request, life.signal, () => {
			if (!isProven && !life.signal.aborted) {
				isProven = true;
				proven();
			}
		});
	}

	/** Whether one more room may be read by a stream or held requests. */
	#mayHold(): boolean {
		if (this.#transport === "short-poll" || [...this.#readings.values()].filter(({ held }) => held).length >= heldMax) return false;
		if (!this.#slots) return true;
		if (this.#spare === 0 && this.#slots.takeAnother(this.#lost)) this.#gained();
		if (this.#spare === 0) return false;
		this.#spare--;
		return true;
	}

	/** A place was taken; where the link is over by now, it is given back. */
	#gained(): void {
		if (this.#life.signal.aborted) return this.#slots?.give(this.#lost);
		this.#places++;
		this.#spare++;
	}

	readonly #lost = (): void => this.fail("Other pages of this site hold as many connections as a browser allows.", "crowded");

	#stop(room: string): void {
		if (this.#readings.get(room)?.held) this.#spare++;
		this.#readings.get(room)?.life.abort();
		this.#readings.delete(room);
	}

	/** Sends one frame and delivers what answers it. Where nothing does, the link is over: what was sent goes out again on the next. */
	async #post(frame: Upstream, json: string): Promise<void> {
		const answer = await this.#ask(json);
		if (this.#life.signal.aborted || answer?.status === 204) return;
		const answered = this.#frameOf(answer);
		if (answered) return this.deliver(answered);
		const failure = answer && readProblem(answer.text);
		if (!failure) return this.fail("The server does not answer any more.");
		if (this.#endsAll(failure)) return;
		const { ref, room } = frame;
		// Without a ref it is about the frame alone: the room is read on.
		this.#listener.frame({ type: "reject", ref, room, ...failure });
	}

	#ask(body: string): Promise<Answer | null> {
		return this.client.ask("/frames", { body, deadlineMs: answerMs }, this.#life.signal);
	}

	#frameOf(answer: Answer | null): Downstream | null {
		return answer?.status === 200 ? this.readFrame(answer.text) : null;
	}

	/** Refusals that end a WebSocket too, and the same way. */
	#endsAll(failure: Problem): boolean {
		if (failure.code !== "unauthorized" && failure.code !== "draining") return false;
		this.#bye(failure);
		this.fail(failure.message);
		return true;
	}

	#bye({ code, message, retryAfterMs }: Problem): void {
		this.deliver({ type: "bye", code, message, reconnectAfterMs: retryAfterMs });
	}

	/** Not even a plain request was answered as it should be. */
	#unreachable(answer: Answer | null): void {
		if (this.#life.signal.aborted) return;
		const failure = answer && readProblem(answer.text);
		if (failure) this.#bye(failure);
		this.fail(failure?.message ?? "The server cannot be reached.", "unreachable");
	}

	#end(end: LinkEnd): void {
		if (this.#life.signal.aborted) return;
		this.#life.abort();
		for (const room of [...this.#readings.keys()]) this.#stop(room);
		for (; this.#places > 0; this.#places--) this.#slots?.give(this.#lost);
		this.#unwatch();
		queueMicrotask(() => this.#listener.ended(end));
	}
}
