import type { Environment } from "../environment.ts";
import type { TokenStorage } from "../identity.ts";
import type { AttemptResult, Link, LinkListener, SelectorHost, Transport, TransportName, TransportSelector } from "../transport.ts";
import { bestFirst, FallbackPolicy, faultOf, HeldWait } from "./fallback-policy.ts";
import { HeldSlots } from "./held-slots.ts";
import { type FrameReader, HttpLink, type HttpTransportName } from "./http-link.ts";

/** Time for a better transport to be welcomed while the lesser one carries on. */
export const probeDeadlineMs = 8_000;

/** Within this long after another page let go of its connection, those who wait for one ask for it. */
const freedWithinMs = 2_000;

export interface SelectorParts {
	readonly host: SelectorHost;
	readonly environment: Environment;
	readonly httpBase: string;
	readonly readFrame: FrameReader;
	readonly websocket: Transport;
	readonly choice: "auto" | TransportName;
	readonly memory: TransportMemory;
}

/** Begins with the transport that the last visit ended with, and carries out what the policy decides. */
export function openSelector(parts: SelectorParts): TransportSelector {
	return new FallbackSelector(parts);
}

class FallbackSelector implements TransportSelector {
	readonly #parts: SelectorParts;
	readonly #policy: FallbackPolicy;
	readonly #transports: Readonly<Record<TransportName, Transport>>;
	/** Finds out whether the server is there, by a request of twenty bytes, and carries nothing. */
	readonly #question: Transport;
	readonly #slots: HeldSlots | null;
	readonly #unwatch: () => void;
	#timer: unknown = null;
	/** Gives up the probe in progress. */
	#giveUp: (() => void) | null = null;

	constructor(parts: SelectorParts) {
		const { environment, choice, memory, websocket } = parts;
		this.#parts = parts;
		this.#policy = new FallbackPolicy(choice, recall(memory, environment.now()));
		const wait = new HeldWait();
		// Where the page asked for one transport it is given that, whatever others do.
		this.#slots = this.#policy.isFree ? new HeldSlots(environment, parts.httpBase, () => this.#freed()) : null;
		const slots = this.#slots;
		const over = (name: HttpTransportName): Transport => ({
			name,
			accept: [],
			pings: false,
			open: (listener) => new HttpLink(name, parts, listener, wait, slots),
		});
		this.#transports = {
			websocket,
			"event-stream": over("event-stream"),
			"long-poll": over("long-poll"),
			"short-poll": over("short-poll"),
		};
		this.#question = {
			...over("short-poll"),
			open(listener) {
				const link = new HttpLink(
					"short-poll",
					parts,
					{ ...listener, opened: () => link.fail("The server is there.", "there") },
					wait,
					null,
				);
				return link;
			},
		};
		// Another network may let through what the last one did not.
		this.#unwatch = environment.watch((signal) => signal === "online" && this.#timer !== null && this.#probe());
	}

	get transport(): Transport {
		return this.#policy.asks ? this.#question : this.#transports[this.#policy.transport];
	}

	live(name: TransportName): void {
		const { environment, memory } = this.#parts;
		const nowMs = environment.now();
		this.#plan(this.#policy.live(name, nowMs, environment.random()));
		// What other pages hold says nothing of the network.
		if (this.#policy.isFree && !this.#policy.isCrowded) remember(memory, name, nowMs);
	}

	ended(result: AttemptResult): boolean {
		const { environment } = this.#parts;
		this.#plan(null);
		this.#giveUp?.();
		return this.#policy.ended(faultOf(result, environment.isOnline()), environment.now());
	}

	stop(): void {
		this.#plan(null);
		this.#giveUp?.();
		this.#slots?.close();
		this.#unwatch();
	}

	/** Another page let go of a connection: not all who wait for one ask in the same moment. */
	#freed(): void {
		if (this.#policy.isCrowded && this.#timer !== null) this.#plan(freedWithinMs * this.#parts.environment.random());
	}

	#plan(ms: number | null): void {
		const { environment } = this.#parts;
		environment.clearTimeout(this.#timer);
		this.#timer = ms === null ? null : environment.setTimeout(() => this.#probe(), ms);
	}

	/**
	 * Tries what is better, best first, until one is welcomed; the link in use carries on meanwhile. Where other pages hold the connections, a transport that
	 * holds one too is not tried: it might get what another page gives back right now, and keep it for the lesser transport.
	 */
	async #probe(): Promise<void> {
		const { environment } = this.#parts;
		this.#plan(null);
		this.#policy.probe();
		for (const name of this.#policy.better) {
			const outcome = await this.#try(this.#transports[name]);
			if (outcome === "crowded") break;
			if (outcome !== "failed") return;
		}
		this.#plan(this.#policy.stay(environment.now(), environment.random()));
	}

	#try(transport: Transport): Promise<"failed" | "crowded" | "upgraded" | "given up"> {
		const { host, environment } = this.#parts;
		return new Promise((resolve) => {
			let link: Link | null = null;
			let phase: "probing" | "over" | LinkListener = "probing";
			const end = (outcome: "failed" | "crowded" | "given up") => {
				if (phase !== "probing") return;
				phase = "over";
				settle();
				link?.close();
				resolve(outcome);
			};
			const timer = environment.setTimeout(() => end("failed"), probeDeadlineMs);
			const settle = () => {
				environment.clearTimeout(timer);
				this.#giveUp = null;
			};
			this.#giveUp = () => end("given up");
			const listener: LinkListener = {
				opened: () => {
					if (phase === "probing" && link) host.owner.hello(link, transport.accept);
				},
				frame: (frame) => {
					if (typeof phase === "object") return phase.frame(frame);
					if (phase === "over" || !link || frame.type !== "welcome") return;
					settle();
					this.#policy.upgrade(transport.name);
					phase = host.switchTo(transport, link);
					resolve("upgraded");
					phase.frame(frame);
				},
				ended: (last) => (typeof phase === "object" ? phase.ended(last) : end(last.fault === "crowded" ? "crowded" : "failed")),
			};
			const open = () => {
				if (phase === "probing") link = transport.open(listener);
			};
			Promise.resolve(host.owner.prepare()).then(open, () => end("failed"));
		});
	}
}

/** What worked in one network may not in the next, so it is forgotten after a day. */
export const keptMs = 24 * 3_600_000;

/** Where it is kept which transport works in this network. Storage may be missing, full or forbidden. */
export interface TransportMemory {
	readonly storage: TokenStorage | null;
	readonly key: string;
}

/** What worked here within a day; null for the best, and where nothing usable is kept. */
export function recall({ storage, key }: TransportMemory, nowMs: number): TransportName | null {
	try {
		const { transport, until } = JSON.parse(storage?.getItem(key) ?? "{}");
		return bestFirst.includes(transport) && until > nowMs && until <= nowMs + keptMs ? transport : null;
	} catch {
		return null;
	}
}

/** Keeps `transport`; the best one needs no keeping. */
export function remember({ storage, key }: TransportMemory, transport: TransportName, nowMs: number): void {
	try {
		if (transport === bestFirst[0]) storage?.removeItem(key);
		else storage?.setItem(key, JSON.stringify({ transport, until: nowMs + keptMs }));
	} catch {
		// The next visit finds out again.
	}
}
