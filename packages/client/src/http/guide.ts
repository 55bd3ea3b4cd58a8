import type { Environment } from "../environment.ts";
import type { Guide, Leg, Traveller } from "../route.ts";
import type { Link, LinkListener, Transport, TransportName } from "../transport.ts";
import { faultOf } from "./fault.ts";
import { HeldWait } from "./held-wait.ts";
import { Ladder } from "./ladder.ts";
import { type FrameReader, HttpLink, type HttpWay } from "./link.ts";
import { type Memory, recall, remember } from "./memory.ts";

/** Time for a better way to be welcomed while the lesser one carries on. */
export const lookDeadlineMs = 8_000;

export interface GuideParts {
	readonly traveller: Traveller;
	readonly environment: Environment;
	readonly httpBase: string;
	readonly readFrame: FrameReader;
	readonly websocket: Transport;
	readonly choice: "auto" | TransportName;
	readonly memory: Memory;
}

/** Starts where the last visit ended, and carries out what the ladder decides. */
export function openGuide(parts: GuideParts): Guide {
	return new LadderGuide(parts);
}

class LadderGuide implements Guide {
	readonly #parts: GuideParts;
	readonly #ladder: Ladder;
	readonly #transports: Readonly<Record<TransportName, Transport>>;
	readonly #unwatch: () => void;
	#timer: unknown = null;
	/** Gives up the look upward in progress. */
	#giveUp: (() => void) | null = null;

	constructor(parts: GuideParts) {
		const { environment, choice, memory, websocket } = parts;
		this.#parts = parts;
		this.#ladder = new Ladder(choice, recall(memory, environment.now()));
		const wait = new HeldWait();
		const over = (name: HttpWay): Transport => ({
			name,
			accept: [],
			pings: false,
			open: (listener) => new HttpLink(name, parts, listener, wait),
		});
		this.#transports = {
			websocket,
			"event-stream": over("event-stream"),
			"long-poll": over("long-poll"),
			"short-poll": over("short-poll"),
		};
		// Another network may let through what the last one did not.
		this.#unwatch = environment.watch((signal) => signal === "online" && this.#timer !== null && this.#look());
	}

	get transport(): Transport {
		return this.#transports[this.#ladder.rung];
	}

	live(): void {
		const { environment, choice, memory } = this.#parts;
		const nowMs = environment.now();
		if (choice === "auto") remember(memory, this.#ladder.rung, nowMs);
		this.#plan(this.#ladder.live(nowMs, environment.random()));
	}

	ended(leg: Leg): boolean {
		const { environment } = this.#parts;
		this.#plan(null);
		this.#giveUp?.();
		return this.#ladder.ended(faultOf(leg, environment.isOnline()), environment.now());
	}

	stop(): void {
		this.#plan(null);
		this.#giveUp?.();
		this.#unwatch();
	}

	#plan(ms: number | null): void {
		const { environment } = this.#parts;
		environment.clearTimeout(this.#timer);
		this.#timer = ms === null ? null : environment.setTimeout(() => this.#look(), ms);
	}

	/** Tries what is better, best first, until one is welcomed; the link in use carries on meanwhile. */
	async #look(): Promise<void> {
		const { environment } = this.#parts;
		this.#plan(null);
		this.#ladder.look();
		for (const name of this.#ladder.better) {
			const outcome = await this.#try(this.#transports[name]);
			if (outcome !== "in vain") return;
		}
		this.#plan(this.#ladder.stay(environment.now(), environment.random()));
	}

	#try(transport: Transport): Promise<"in vain" | "moved" | "given up"> {
		const { traveller, environment } = this.#parts;
		return new Promise((resolve) => {
			let link: Link | null = null;
			let phase: "looking" | "over" | LinkListener = "looking";
			const end = (outcome: "in vain" | "given up") => {
				if (phase !== "looking") return;
				phase = "over";
				settle();
				link?.close();
				resolve(outcome);
			};
			const timer = environment.setTimeout(() => end("in vain"), lookDeadlineMs);
			const settle = () => {
				environment.clearTimeout(timer);
				this.#giveUp = null;
			};
			this.#giveUp = () => end("given up");
			const listener: LinkListener = {
				opened: () => {
					if (phase === "looking" && link) traveller.owner.greet(link, transport.accept);
				},
				frame: (frame) => {
					if (typeof phase === "object") return phase.frame(frame);
					if (phase === "over" || !link || frame.type !== "welcome") return;
					settle();
					this.#ladder.climb(transport.name);
					phase = traveller.adopt(transport, link);
					resolve("moved");
					phase.frame(frame);
				},
				ended: (last) => (typeof phase === "object" ? phase.ended(last) : end("in vain")),
			};
			const open = () => {
				if (phase === "looking") link = transport.open(listener);
			};
			Promise.resolve(traveller.owner.prepare()).then(open, () => end("in vain"));
		});
	}
}
