/** What a room makes of one chat message when deciding what everybody is shown. */
export type Sampled =
	| { readonly verdict: "shown" }
	/** Left out of the live view, and counted. */
	| { readonly verdict: "omitted" }
	/** Left out, but counted on a message with the same text that was shown a moment ago. */
	| { readonly verdict: "repeat"; readonly of: string };

/** A person's share fades by half in this time. */
const shareHalfLifeMs = 2_000;
/** With an empty bucket the limit on shares falls, with a full one it rises, to e-fold in this time. */
const limitMs = 125;
/** The limit never falls to nothing: whoever was not shown lately can be. */
const shareMaxMin = 0.05;
/** A text shown this long ago can still gather repeats. */
const repeatMs = 10_000;
/** Texts remembered for that. */
const textsMax = 1_000;
/** An event may be older than the one before it by this much, as the clocks of nodes differ; time stands still then. By more, a clock was set. */
const clockSkewMsMax = 5_000;
/** People remembered before those with no share left are forgotten. */
const peopleMax = 2_000;

interface Share {
	/** How much of the room this person had lately: messages shown, fading. */
	shown: number;
	atMs: number;
}

/**
 * Keeps what a room shows within a budget of messages a second, fairly by person and not by message (SPEC FAN-7).
 *
 * A bucket of half a second's budget is filled evenly. One is shown whose share of the room is under a limit; the limit falls while the
 * bucket is less than half full and rises while it is fuller, so that it settles where the budget is just used and everybody is held to
 * the same share: a person who writes a hundred messages cannot crowd out fifty who write one. What repeats a text just shown is counted
 * there instead.
 *
 * Time is that of the messages, in the order of the log: the same messages have the same verdicts wherever and whenever they are read.
 */
export class Sampler {
	#perSecond: number;
	#tokens: number;
	#filledAtMs = 0;
	/** The share under which one is shown. */
	#shareMax: number;
	readonly #shares = new Map<string, Share>();
	readonly #texts = new Map<string, { readonly id: string; readonly atMs: number }>();

	/** `perSecond` messages are shown; 0 shows everything. */
	constructor(perSecond: number) {
		this.#perSecond = perSecond;
		this.#tokens = this.#burst;
		this.#shareMax = this.#everything;
	}

	set perSecond(perSecond: number) {
		this.#perSecond = perSecond;
		this.#tokens = Math.min(this.#tokens, this.#burst);
		this.#shareMax = this.#everything;
	}

	/** People whose share is remembered. */
	get people(): number {
		return this.#shares.size;
	}

	/** Decides on one message of somebody who is held to the budget, said at `atMs`. */
	take(message: { id: string; authorId: string; text: string }, atMs: number): Sampled {
		if (this.#perSecond === 0) return { verdict: "shown" };
		const nowMs = this.#filledAtMs - atMs > clockSkewMsMax ? atMs : Math.max(atMs, this.#filledAtMs);
		this.#fill(nowMs);
		const share = this.#shareOf(message.authorId, nowMs);
		if (this.#tokens >= 1 && share.shown <= this.#shareMax) {
			this.#tokens -= 1;
			share.shown += 1;
			this.#rememberText(message, nowMs);
			return { verdict: "shown" };
		}
		const same = this.#texts.get(message.text);
		return same && nowMs - same.atMs < repeatMs ? { verdict: "repeat", of: same.id } : { verdict: "omitted" };
	}

	get #burst(): number {
		return Math.max(1, this.#perSecond / 2);
	}

	#fill(nowMs: number): void {
		const elapsedMs = Math.max(0, nowMs - this.#filledAtMs);
		this.#tokens = Math.min(this.#burst, this.#tokens + (elapsedMs * this.#perSecond) / 1_000);
		this.#filledAtMs = nowMs;
		const fullness = this.#tokens / this.#burst;
		const changed = this.#shareMax * Math.exp((elapsedMs / limitMs) * (2 * fullness - 1));
		this.#shareMax = Math.min(this.#everything, Math.max(shareMaxMin, changed));
	}

	/** The share of somebody who has the whole room. */
	get #everything(): number {
		return Math.max(1, (this.#perSecond * shareHalfLifeMs) / 1_000 / Math.LN2);
	}

	#shareOf(authorId: string, nowMs: number): Share {
		const known = this.#shares.get(authorId);
		if (known) {
			known.shown *= 0.5 ** (Math.max(0, nowMs - known.atMs) / shareHalfLifeMs);
			known.atMs = nowMs;
			return known;
		}
		if (this.#shares.size >= peopleMax) this.#forget(nowMs);
		const share = { shown: 0, atMs: nowMs };
		this.#shares.set(authorId, share);
		return share;
	}

	/** Forgets whose share has faded; where a crowd is really that large, whoever was met longest ago. */
	#forget(nowMs: number): void {
		for (const [authorId, share] of this.#shares) if (nowMs - share.atMs > 5 * shareHalfLifeMs) this.#shares.delete(authorId);
		for (const authorId of this.#shares.keys()) {
			if (this.#shares.size < peopleMax) break;
			this.#shares.delete(authorId);
		}
	}

	#rememberText({ id, text }: { id: string; text: string }, nowMs: number): void {
		this.#texts.delete(text);
		this.#texts.set(text, { id, atMs: nowMs });
		for (const [oldest, { atMs }] of this.#texts) {
			if (this.#texts.size <= textsMax && nowMs - atMs < repeatMs) break;
			this.#texts.delete(oldest);
		}
	}
}
