import { serverLimits } from "../runtime/limits.ts";
import type { Logger } from "../runtime/log.ts";
import { linesFor, type Obstacle, type ProxyName } from "./proxy-lines.ts";

/** Clients give up an event stream of which nothing has come for so long (`client/src/http/stream.ts`), here with what a way takes. */
const givenUpMs = { from: 3_500, to: 4_600 };
/** Ends that have lasted equally long, but for this much, were one timer's doing. */
const equalMs = 150;
/** So many of them, one after the other, are no chance. */
const equalEnds = 4;
const givenUpStreams = 3;
/** Ends in one moment have one cause, such as a proxy that is restarted. */
const momentMs = 500;

/**
 * Gathers what gives away a proxy that stands in the way of a transport (SPEC OPS-11), and logs each kind once, with the line to change. What a
 * request says can be made up: nothing but the log and the operator's checklist goes by it.
 */
export class ProxySigns {
	readonly #logger: Logger;
	readonly #nowMs: () => number;
	/** When each was seen last. */
	readonly #seen = new Map<Obstacle, number>();
	readonly #logged = new Set<Obstacle>();
	#streamsGivenUp: number[] = [];
	#cuts: { readonly atMs: number; readonly heldMs: number }[] = [];

	constructor(logger: Logger, nowMs: () => number) {
		this.#logger = logger;
		this.#nowMs = nowMs;
	}

	/** What was seen of late: a proxy that has been mended gives no more signs. */
	get obstacles(): readonly Obstacle[] {
		const sinceMs = this.#nowMs() - serverLimits.proxySignMs;
		return [...this.#seen].flatMap(([obstacle, atMs]) => (atMs >= sinceMs ? obstacle : []));
	}

	/** A request that has all of a WebSocket's handshake (RFC 6455 section 4.1) but its `Upgrade`, which no client leaves out. */
	handshakeWithoutUpgrade(headers: Headers): void {
		this.#see("websocket", "WebSockets reach us without their Upgrade, so viewers take event streams instead", proxyOf(headers));
	}

	/** A reader left an event stream that was open for so long. One that shows nothing is given up at a known age. */
	streamLeft(ageMs: number): void {
		const nowMs = this.#nowMs();
		if (ageMs < givenUpMs.from || ageMs > givenUpMs.to) {
			this.#streamsGivenUp = [];
			return;
		}
		if (isOfOneMoment(nowMs, this.#streamsGivenUp.at(-1))) return;
		this.#streamsGivenUp = [...this.#streamsGivenUp, nowMs].slice(-givenUpStreams);
		if (this.#streamsGivenUp.length < givenUpStreams) return;
		this.#see("streams", "event streams are given up as soon as a client may, so it seems that a proxy gathers them until they are over");
	}

	/** A poll that was held was ended by its peer after so long, before it was answered. */
	pollCut(heldMs: number): void {
		const atMs = this.#nowMs();
		if (isOfOneMoment(atMs, this.#cuts.at(-1)?.atMs)) return;
		this.#cuts = [...this.#cuts, { atMs, heldMs }].slice(-equalEnds);
		const held = this.#cuts.map((cut) => cut.heldMs);
		if (held.length < equalEnds || Math.max(...held) - Math.min(...held) > equalMs) return;
		const seconds = Math.round(heldMs / 100) / 10;
		this.#see("quiet", `what is quiet is cut after ${seconds} s again and again, so it seems that a proxy does not wait for 25 s`);
	}

	#see(obstacle: Obstacle, words: string, proxy: ProxyName | null = null): void {
		this.#seen.set(obstacle, this.#nowMs());
		if (this.#logged.has(obstacle)) return;
		this.#logged.add(obstacle);
		const lines = linesFor(obstacle, proxy).map((each) => `${each.proxy}: ${each.line.replace(/\s*\n\s*/g, " ")}`);
		this.#logger.warn({ obstacle }, `${words}. ${lines.join(" | ")} (docs/proxies/README.md)`);
	}
}

function isOfOneMoment(nowMs: number, lastMs: number | undefined): boolean {
	return lastMs !== undefined && nowMs - lastMs < momentMs;
}

/** Which proxy handed a request on, where it has put its name there. */
function proxyOf(headers: Headers): ProxyName | null {
	if (headers.has("x-varnish")) return "Varnish";
	// Traefik says this too, and more.
	return headers.has("x-forwarded-server") && !headers.has("x-forwarded-port") ? "Apache" : null;
}
