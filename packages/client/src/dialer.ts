import type { Code } from "@hubbub/protocol/codes.ts";
import type { Bye, Downstream } from "@hubbub/protocol/downstream.ts";
import { backoffCapMs, backoffMs, hintedMs } from "./backoff.ts";
import type { Environment, Signal } from "./environment.ts";
import { doubtDeadlineMs, Heartbeat } from "./heartbeat.ts";
import type { Greeter, Route, Traveller } from "./route.ts";
import { broken, type Fault, type Link, type LinkEnd, type LinkListener, type Transport, type TransportName } from "./transport.ts";
import { judge, type Verdict } from "./verdict.ts";

/** Time for a link to open, and again from the hello to the welcome; after failures two and three times as long, for networks that are slow. */
export const attemptDeadlineMs = 6_000;
/** A connection that lasted this long is in good health; the next loss starts the backoff from the beginning. */
export const healthyAfterMs = 10_000;
/** Time for the other side to close after a bye, or to answer our close. */
export const closeDeadlineMs = 3_000;
/** Why a link is given up that opened too late, was not welcomed, or fell silent. */
const unanswered = "The server did not answer in time.";
/** In a `ping` of the dialer's own, to tell its pongs from others'. */
export const heartbeatRef = "hubbub.heartbeat";

/** Where a connection stands. Times are Unix milliseconds; `attempt` counts from 1 and from the last time in good health. */
export type ConnectionState =
	| { readonly phase: "connecting"; readonly attempt: number }
	| { readonly phase: "live"; readonly transport: TransportName }
	/** `reason` is the server's sentence or the fault's, where there was one. */
	| { readonly phase: "waiting"; readonly attempt: number; readonly retryAt: number; readonly reason: string | null }
	/** The browser says there is no network. Resumes by itself. */
	| { readonly phase: "offline" }
	/** Over for good: closed on this side (`code` null, `message` empty), or by the server with a final code. */
	| { readonly phase: "closed"; readonly code: Code | null; readonly message: string };

/** What the dialer asks of the connection above it. */
export interface DialerOwner extends Greeter {
	frame(frame: Downstream): void;
	/** The link is gone, whatever comes next. */
	lost(): void;
	/** The token was refused: whether another attempt may go better. */
	mayTryAgain(wasLive: boolean): boolean;
	changed(state: ConnectionState): void;
	/** Nothing more will happen. `end` is how the last link ended. */
	finished(end: LinkEnd): void;
}

/**
 * Keeps one link to the server: opens it, finds out when it is dead, and opens the next after a wait that fits the reason.
 * Knows nothing of rooms. The state machine is `ConnectionState`; at most one link is listened to at a time.
 */
export class Dialer implements Traveller {
	readonly owner: DialerOwner;
	readonly #route: Route;
	readonly #environment: Environment;
	readonly #heartbeat: Heartbeat;
	readonly #unwatch: () => void;
	#state: ConnectionState = { phase: "connecting", attempt: 1 };
	#link: Link | null = null;
	/** What the link goes over. */
	#transport: Transport;
	#liveSince = 0;
	/** Names the attempt in use; what belongs to an earlier one is not listened to. */
	#generation = 0;
	#failures = 0;
	#bye: Bye | null = null;
	/** Ends an attempt, a health watch or a wait; there is only ever one of them. */
	#timer: unknown = null;
	/** The wait in progress was asked for by the server, so that good news of the network does not cut it short. */
	#hinted = false;

	constructor(route: Route, environment: Environment, owner: DialerOwner) {
		this.#route = route;
		this.#transport = route.transport;
		this.#environment = environment;
		this.owner = owner;
		this.#heartbeat = new Heartbeat(
			environment,
			() => this.send({ type: "ping", ref: heartbeatRef }),
			() => this.#abandon(unanswered, "silent"),
		);
		this.#unwatch = environment.watch((signal) => this.#onSignal(signal));
	}

	get state(): ConnectionState {
		return this.#state;
	}

	/** Begins the first attempt. */
	start(): void {
		this.#attempt();
	}

	/** Sends one frame on the open link; without one, the frame is dropped. */
	send(frame: object): void {
		this.sendJson(JSON.stringify(frame));
	}

	sendJson(json: string): void {
		this.#link?.send(json);
	}

	/** The server said welcome. */
	welcomed(heartbeatMs: number): void {
		this.#setTimer(healthyAfterMs, () => {
			this.#failures = 0;
		});
		this.#liveSince = this.#environment.now();
		if (this.#transport.pings) this.#heartbeat.start(heartbeatMs);
		this.#become({ phase: "live", transport: this.#transport.name });
		this.#route.live();
	}

	adopt(transport: Transport, link: Link): LinkListener {
		const old = this.#link;
		this.#generation++;
		this.#transport = transport;
		this.#link = link;
		this.#heartbeat.stop();
		this.owner.lost();
		old?.close();
		return this.#listen(this.#generation);
	}

	/** The server said bye; it closes next, and where it does not, this side does. */
	byeSaid(bye: Bye): void {
		this.#bye = bye;
		this.#setTimer(closeDeadlineMs, () => this.#abandon(bye.message));
	}

	/** Does not wait any longer. Does nothing while connecting, live or closed. */
	retryNow(): void {
		if (this.#state.phase === "waiting" || this.#state.phase === "offline") this.#attempt();
	}

	/** Ends it all; `finished` follows once the other side has agreed, or after `closeDeadlineMs`. */
	close(code?: number, reason?: string): void {
		if (this.#state.phase === "closed") return;
		const link = this.#link;
		const wasOpen = this.#state.phase === "live";
		this.#stop();
		this.#become({ phase: "closed", code: null, message: "" });
		link?.close(code, reason);
		const gone = broken("");
		if (link && wasOpen) this.#setTimer(closeDeadlineMs, () => this.#finish(gone));
		else this.#finish(gone);
	}

	#attempt(): void {
		const generation = ++this.#generation;
		this.#bye = null;
		this.#allowTime();
		this.#become({ phase: "connecting", attempt: this.#failures + 1 });
		const prepared = this.#route.prepare(this);
		if (!prepared) return this.#open(generation);
		prepared.then(
			() => this.#open(generation),
			(error: unknown) => this.#ended(generation, broken(error instanceof Error ? error.message : String(error))),
		);
	}

	#open(generation: number): void {
		if (generation !== this.#generation) return;
		this.#transport = this.#route.transport;
		this.#link = this.#transport.open(this.#listen(generation));
	}

	#listen(generation: number): LinkListener {
		return {
			opened: () => {
				if (generation !== this.#generation || this.#state.phase !== "connecting" || !this.#link) return;
				this.#allowTime();
				this.owner.greet(this.#link, this.#transport.accept);
			},
			frame: (frame) => {
				if (generation !== this.#generation || this.#state.phase === "closed") return;
				this.#heartbeat.heard();
				this.owner.frame(frame);
			},
			ended: (end) => this.#ended(generation, end),
		};
	}

	#allowTime(): void {
		this.#setTimer(attemptDeadlineMs * Math.min(1 + this.#failures, 3), () => this.#abandon(unanswered));
	}

	/** Lets go of a link that is not worth waiting for. */
	#abandon(reason: string, fault?: Fault): void {
		const link = this.#link;
		this.#ended(this.#generation, broken(reason, fault));
		link?.close();
	}

	#ended(generation: number, end: LinkEnd): void {
		if (generation !== this.#generation) return;
		if (this.#state.phase === "closed") return this.#finish(end);
		const wasLive = this.#state.phase === "live";
		const livedMs = wasLive ? this.#environment.now() - this.#liveSince : null;
		const elsewhere = this.#link !== null && this.#route.ended({ end, bye: this.#bye, livedMs });
		this.#generation++;
		this.#link = null;
		this.#heartbeat.stop();
		this.owner.lost();
		const verdict = judge(end, this.#bye);
		if (verdict.kind === "again" && elsewhere && verdict.afterMs === null) this.#attempt();
		else if (verdict.kind === "again") this.#wait(verdict.afterMs, verdict.reason);
		else if (verdict.code === "unauthorized" && this.owner.mayTryAgain(wasLive)) this.#wait(null, verdict.message);
		else this.#closeFor(verdict, end);
	}

	#wait(afterMs: number | null, reason: string | null): void {
		const { now, random, isOnline } = this.#environment;
		this.#failures++;
		this.#hinted = afterMs !== null;
		const offline = !isOnline();
		// "Offline" can be wrong (a server on this very machine), so even then a try is made now and again.
		const waitMs = afterMs !== null ? hintedMs(afterMs, random) : offline ? backoffCapMs : backoffMs(this.#failures, random);
		this.#setTimer(waitMs, () => this.#attempt());
		this.#become(offline ? { phase: "offline" } : { phase: "waiting", attempt: this.#failures, retryAt: now() + waitMs, reason });
	}

	#onSignal(signal: Signal): void {
		// A connection may outlive such news, or be dead since; a ping tells.
		if (this.#state.phase === "live") this.#heartbeat.probe(signal === "offline" ? doubtDeadlineMs : undefined);
		else if (signal !== "offline" && !this.#hinted) this.retryNow();
	}

	#closeFor(verdict: Extract<Verdict, { kind: "final" }>, end: LinkEnd): void {
		this.#stop();
		this.#become({ phase: "closed", code: verdict.code, message: verdict.message });
		this.#finish(end);
	}

	#finish(end: LinkEnd): void {
		this.#generation++;
		this.#link = null;
		this.#setTimer(0, null);
		this.owner.finished(end);
	}

	#stop(): void {
		this.#heartbeat.stop();
		this.#route.stop();
		this.#setTimer(0, null);
		this.#unwatch();
	}

	#become(state: ConnectionState): void {
		this.#state = state;
		this.owner.changed(state);
	}

	#setTimer(ms: number, callback: (() => void) | null): void {
		this.#environment.clearTimeout(this.#timer);
		this.#timer = callback && this.#environment.setTimeout(callback, ms);
	}
}
