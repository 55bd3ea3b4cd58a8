import { createLocalJWKSet, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { TokenBucket } from "../room/token-bucket.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Logger } from "../runtime/log.ts";

/** The keys of one answer of the identity provider. */
export type Keys = JWTVerifyGetKey;

export interface KeySetOptions {
	readonly url: string;
	readonly clock: Clock;
	readonly logger: Logger;
	/** `fetch` of the runtime, where a test has no other. */
	readonly ask?: (url: string, init: { signal: AbortSignal; redirect: "manual"; headers: Record<string, string> }) => Promise<Response>;
}

/**
 * The public keys of an identity provider (RFC 7517), asked for when they are needed and kept. While the provider is out, whatever is in
 * hand goes on being used; where nothing is, that is told as a thing that passes (SPEC AUTH-7).
 */
export class KeySet {
	readonly #options: KeySetOptions;
	#keys: Keys | null = null;
	/** When the question was put that the keys in hand answer. */
	#askedAtMs = Number.NEGATIVE_INFINITY;
	/** The question on its way, shared by all who wait for it. Never rejects. */
	#asking: Promise<void> | null = null;
	#failures = 0;
	#askAgainAtMs = Number.NEGATIVE_INFINITY;
	/** Questions about keys that are not in hand: anybody can name one. */
	readonly #questions: TokenBucket;
	/** Ids of keys that the provider did not know lately, and when it was asked. */
	readonly #unknown = new Map<string, number>();

	constructor(options: KeySetOptions) {
		this.#options = options;
		this.#questions = new TokenBucket(serverLimits.keyQuestions, options.clock.monotonicMs());
	}

	/** The keys in hand, renewed when they are old; null where there are none and the provider does not answer. Never throws. */
	async current(): Promise<Keys | null> {
		const ageMs = this.#options.clock.monotonicMs() - this.#askedAtMs;
		if (this.#keys && ageMs < serverLimits.keysFreshMs) return this.#keys;
		const asking = this.#ask();
		// Nobody waits for a renewal but those who come when it is long overdue, and the provider was well when last heard of.
		if (!this.#keys || (ageMs > serverLimits.keysStaleMs && this.#failures === 0)) await asking;
		return this.#keys;
	}

	/**
	 * Keys that are newer than `known`, which did not hold the key called `id` of a token that came at `sinceMs`: asked for at a bounded
	 * rate, whoever names what. `unknown` where the provider was asked and does not know it; `unavailable` where it cannot be asked now.
	 * Never throws.
	 */
	async newerThan(known: Keys, id: string, sinceMs: number): Promise<Keys | "unknown" | "unavailable"> {
		if (this.#keys && this.#keys !== known) return this.#keys;
		if (this.#askedAtMs >= sinceMs) return "unknown";
		const nowMs = this.#options.clock.monotonicMs();
		const unknownAtMs = this.#unknown.get(id);
		if (unknownAtMs !== undefined && nowMs - unknownAtMs < serverLimits.keyUnknownMs) return "unknown";
		// Those who come while the provider is being asked are answered by the same answer.
		if (!this.#asking && (nowMs < this.#askAgainAtMs || this.#questions.take(nowMs) > 0)) return "unavailable";
		await this.#ask();
		return this.#keys && this.#keys !== known ? this.#keys : "unavailable";
	}

	/** The provider's newest answer does not hold this key either: it is not asked about it again for a while. */
	noteUnknown(id: string): void {
		this.#unknown.delete(id);
		this.#unknown.set(id, this.#options.clock.monotonicMs());
		for (const oldest of this.#unknown.keys()) {
			if (this.#unknown.size <= serverLimits.keysUnknownMax) break;
			this.#unknown.delete(oldest);
		}
	}

	/** When it makes sense to come back for what was `unavailable`, in milliseconds from now. */
	get retryAfterMs(): number {
		return Math.max(serverLimits.keysRetryMinMs, this.#askAgainAtMs - this.#options.clock.monotonicMs());
	}

	#ask(): Promise<void> {
		if (this.#asking) return this.#asking;
		if (this.#options.clock.monotonicMs() < this.#askAgainAtMs) return Promise.resolve();
		this.#asking = this.#renew().finally(() => {
			this.#asking = null;
		});
		return this.#asking;
	}

	async #renew(): Promise<void> {
		const { url, clock, logger } = this.#options;
		const provider = new URL(url).host;
		const askedAtMs = clock.monotonicMs();
		try {
			this.#keys = await this.#answer();
			this.#askedAtMs = askedAtMs;
			if (this.#failures > 0) logger.info({ provider }, "the identity provider's keys were had again");
			this.#failures = 0;
		} catch (fault) {
			const pauseMs = Math.min(serverLimits.keysPauseMaxMs, serverLimits.keysRetryMinMs * 2 ** this.#failures++);
			this.#askAgainAtMs = clock.monotonicMs() + pauseMs;
			if (this.#failures > 1) return;
			const words = this.#keys ? "those in hand go on being used" : "nobody can sign in until they are had";
			logger.warn({ provider, fault: wordsOf(fault) }, `the identity provider's keys cannot be had: ${words}`);
		}
	}

	async #answer(): Promise<Keys> {
		const { url, clock, ask = fetch } = this.#options;
		const abort = new AbortController();
		const timedOut = Promise.withResolvers<never>();
		const stopTimer = clock.after(serverLimits.keysAnswerMs, () => {
			timedOut.reject(new Error("no answer in time"));
			abort.abort();
		});
		const init = { signal: abort.signal, redirect: "manual", headers: { accept: "application/jwk-set+json, application/json" } } as const;
		try {
			return await Promise.race([timedOut.promise, ask(url, init).then(keysOf)]);
		} finally {
			stopTimer();
			abort.abort();
		}
	}
}

async function keysOf(response: Response): Promise<Keys> {
	if (response.status !== 200) throw new Error(`answered ${response.status}`);
	const set = JSON.parse(await boundedText(response)) as JSONWebKeySet;
	const keys = createLocalJWKSet(set);
	if (set.keys.length === 0) throw new Error("the set holds no keys");
	return keys;
}

async function boundedText(response: Response): Promise<string> {
	const decoder = new TextDecoder();
	let text = "";
	for await (const chunk of response.body ?? []) {
		text += decoder.decode(chunk, { stream: true });
		if (text.length > serverLimits.keysUnitsMax) throw new Error("the answer is too long for a set of keys");
	}
	return text + decoder.decode();
}

/** In our own words where they are ours; a parser's would quote what it was given. */
function wordsOf(fault: unknown): string {
	if (fault instanceof SyntaxError) return "the answer is not JSON";
	const { code, message } = fault as { code?: string; message?: string };
	return code ?? message ?? "unknown";
}
