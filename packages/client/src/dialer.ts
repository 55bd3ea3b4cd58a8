import type { Bye, Downstream } from "@hubbub/protocol/downstream.ts";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import type { Environment, Signal } from "./environment.ts";
import { doubtDeadlineMs, Heartbeat } from "./heartbeat.ts";
import { backoffCapMs, backoffMs, hintedMs, judge } from "./reconnect-policy.ts";
import {
	type AttemptResult,
	briefMs,
	broken,
	type Fault,
	type Greeter,
	type Link,
	type LinkEnd,
	type LinkListener,
	type SelectorHost,
	type Transport,
	type TransportName,
	type TransportSelector,
} from "./transport.ts";

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
	/** `code` is the server's word, where it gave one; `reason` its sentence or the fault's. */
	| {
			readonly phase: "waiting";
			readonly attempt: number;
			readonly retryAt: number;
			readonly code: Code | null;
			readonly reason: string | null;
	  }
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
export class Dialer implements SelectorHost {
	readonly owner: DialerOwner;
	readonly #selector: LazySelector;
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
	/** When the first of these failures was. */
	#awaySinceMs = 0;
	#bye: Bye | null = null;
	/** Ends an attempt, a health watch or a wait; there is only ever one of them. */
	#timer: unknown = null;
	/** The wait in progress was asked for by the server, so that good news of the network does not cut it short. */
	#hinted = false;

	constructor(selector: LazySelector, environment: Environment, owner: DialerOwner) {
		this.#selector = selector;
		this.#transport = selector.transport;
		this.#environment = environment;
		this.owner = owner;
		this.#heartbeat = new Heartbeat(
			environment,
			() => this.send(JSON.stringify({ type: "ping", ref: heartbeatRef })),
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

	/** Sends one frame as JSON on the open link; without one, the frame is dropped. */
	send(json: string): void {
		this.#link?.send(json);
	}

	/** The server said welcome. */
	welcome(heartbeatMs: number): void {
		this.#setTimer(healthyAfterMs, () => {
			this.#failures = 0;
			this.#selector.steady(this);
		});
		this.#liveSince = this.#environment.now();
		if (this.#transport.pings) this.#heartbeat.start(heartbeatMs);
		this.#become({ phase: "live", transport: this.#transport.name });
		this.#selector.live(this.#transport.name);
	}

	switchTo(transport: Transport, link: Link): LinkListener {
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
	bye(bye: Bye): void {
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
		this.#closed(null, "");
		link?.close(code, reason);
		const finish = () => this.#finish(broken(""));
		if (link && wasOpen) this.#setTimer(closeDeadlineMs, finish);
		else finish();
	}

	#attempt(): void {
		const generation = ++this.#generation;
		this.#bye = null;
		this.#allowTime();
		this.#become({ phase: "connecting", attempt: this.#failures + 1 });
		const prepared = this.#selector.prepare(this);
		if (!prepared) return this.#open(generation);
		prepared.then(
			() => this.#open(generation),
			(error: unknown) => this.#ended(generation, broken(error instanceof Error ? error.message : String(error))),
		);
	}

	#open(generation: number): void {
		if (generation !== this.#generation) return;
		this.#transport = this.#selector.transport;
		this.#link = this.#transport.open(this.#listen(generation));
	}

	#listen(generation: number): LinkListener {
		return {
			opened: () => {
				if (generation !== this.#generation || this.#state.phase !== "connecting" || !this.#link) return;
				this.#allowTime();
				this.owner.hello(this.#link, this.#transport.accept);
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
		const elsewhere = this.#link !== null && this.#selector.ended({ end, bye: this.#bye, livedMs });
		this.#generation++;
		this.#link = null;
		this.#heartbeat.stop();
		this.owner.lost();
		const { isFinal, code, afterMs, reason } = judge(end, this.#bye);
		if (!isFinal && elsewhere && afterMs === null) this.#attempt();
		else if (!isFinal || (code === "unauthorized" && this.owner.mayTryAgain(wasLive))) this.#wait(afterMs, code, reason);
		else {
			this.#closed(code, reason ?? `The connection was closed with code ${end.code}.`);
			this.#finish(end);
		}
	}

	#wait(afterMs: number | null, code: Code | null, reason: string | null): void {
		const { now, random, isOnline } = this.#environment;
		if (this.#failures++ === 0) this.#awaySinceMs = now();
		this.#hinted = afterMs !== null;
		const offline = !isOnline();
		// "Offline" can be wrong (a server on this very machine), so even then a try is made now and again.
		const awayMs = now() - this.#awaySinceMs;
		const waitMs = afterMs !== null ? hintedMs(afterMs, random) : offline ? backoffCapMs : backoffMs(this.#failures, awayMs, random);
		this.#setTimer(waitMs, () => this.#attempt());
		this.#become(offline ? { phase: "offline" } : { phase: "waiting", attempt: this.#failures, retryAt: now() + waitMs, code, reason });
	}

	#onSignal(signal: Signal): void {
		// A connection may outlive such news, or be dead since; a ping tells.
		if (this.#state.phase === "live") this.#heartbeat.probe(signal === "offline" ? doubtDeadlineMs : undefined);
		else if (signal !== "offline" && !this.#hinted) this.retryNow();
	}

	#finish(end: LinkEnd): void {
		this.#generation++;
		this.#link = null;
		this.#setTimer(0, null);
		this.owner.finished(end);
	}

	#closed(code: Code | null, message: string): void {
		this.#heartbeat.stop();
		this.#selector.stop();
		this.#setTimer(0, null);
		this.#unwatch();
		this.#become({ phase: "closed", code, message });
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

/**
 * The transport for each attempt: the first, until there is reason to ask the selector, which is loaded then; and once a link has held for a while, since
 * a network or a server that is away hands out no modules. Where it cannot be loaded, the first transport is tried again.
 */
export class LazySelector {
	readonly #first: Transport;
	readonly #load: ((host: SelectorHost) => Promise<TransportSelector>) | null;
	#selector: TransportSelector | null = null;
	#loading: "not" | "loading" | "failed" | "stopped" = "not";
	/** Whether the selector is needed from the start. */
	readonly #isNeeded: boolean;
	/** How the last link went that did not hold. */
	#last: AttemptResult | null = null;
	/** What carried a link last, and whether it still does. */
	#held: TransportName | null = null;
	#isLive = false;

	/** Without `load` the first transport is the only one. `isNeeded`: no attempt is made before it was tried to load it. */
	constructor(first: Transport, load: ((host: SelectorHost) => Promise<TransportSelector>) | null, isNeeded: boolean) {
		this.#first = first;
		this.#load = load;
		this.#isNeeded = isNeeded;
	}

	get transport(): Transport {
		return this.#selector?.transport ?? this.#first;
	}

	/** Makes everything ready for the next attempt; a promise only where that takes a while. */
	prepare(host: SelectorHost): void | Promise<void> {
		const loading = this.#isNeeded || this.#last ? this.#loadNow(host) : null;
		return loading ? loading.then(() => host.owner.prepare()) : host.owner.prepare();
	}

	live(name: TransportName): void {
		this.#held = name;
		this.#isLive = true;
		this.#selector?.live(name);
	}

	/** The link in use has held for a while: a good moment to get what is needed when it does not. */
	steady(host: SelectorHost): void {
		void this.#loadNow(host);
	}

	/** Tells how a link went. True where the next attempt uses another transport and need not wait. */
	ended(result: AttemptResult): boolean {
		this.#isLive = false;
		if (this.#selector) return this.#selector.ended(result);
		const { end, bye, livedMs } = result;
		if (bye || (!end.fault && livedMs !== null && livedMs > briefMs)) return false;
		this.#last = result;
		return this.#loading === "not" && this.#load !== null && (!!end.fault || livedMs === null);
	}

	stop(): void {
		this.#loading = "stopped";
		this.#selector?.stop();
	}

	/** Loads the selector; null where there is nothing to wait for: a module that takes long to load must not keep the first transport from being tried again. */
	#loadNow(host: SelectorHost): Promise<void> | null {
		if (this.#selector || !this.#load || this.#loading === "loading") return null;
		this.#loading = "loading";
		return this.#load(host).then(
			(selector) => {
				if (this.#loading === "stopped") return selector.stop();
				this.#selector = selector;
				if (this.#held) selector.live(this.#held);
				if (this.#last && !this.#isLive) selector.ended(this.#last);
			},
			() => {
				if (this.#loading !== "stopped") this.#loading = "failed";
			},
		);
	}
}
