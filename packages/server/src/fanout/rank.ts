import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import type { LoggedEvent } from "./lane.ts";

/** Messages a second that the `top` view shows: what one can read. */
export const topPerSecond = 8;
/** How often the `top` view is flushed while there is more than it can show. */
export const topFlushMs = 1_000;

/** People remembered as having spoken. */
const speakersMax = 5_000;

/**
 * Chooses what the `top` view shows of a moment (SPEC FAN-8): first who speaks for the room, then answers, then people not heard yet;
 * among equals the later one. Everything but chat passes untouched.
 */
export class Ranking {
	readonly #heard = new Set<string>();

	/** The `limit` best of these, in the order of the log, and how many were left out. */
	choose(entries: readonly LoggedEvent[], limit: number): { shown: LoggedEvent[]; omitted: number } {
		const ranked = entries.flatMap((entry, order) =>
			entry.event.kind === "message" ? [{ entry, order, score: this.#score(entry.event) }] : [],
		);
		ranked.sort((a, b) => b.score - a.score || b.order - a.order);
		const chosen = new Set(ranked.slice(0, limit).map(({ entry }) => entry));
		for (const { entry } of ranked) if (entry.event.kind === "message") this.#hear(entry.event.from.id);
		const shown = entries.filter((entry) => entry.event.kind !== "message" || chosen.has(entry));
		return { shown, omitted: entries.length - shown.length };
	}

	#score(message: MessageEvent): number {
		const roles = new Set<string>(message.from.roles);
		let score = 0;
		if (roles.has("owner") || roles.has("host")) score += 16;
		else if (roles.has("moderator")) score += 8;
		else if (roles.has("vip")) score += 4;
		if (message.replyTo !== undefined) score += 3;
		if (!this.#heard.has(message.from.id)) score += 2;
		if (roles.has("member")) score += 1;
		return score;
	}

	#hear(id: string): void {
		this.#heard.delete(id);
		this.#heard.add(id);
		if (this.#heard.size <= speakersMax) return;
		for (const longestAgo of this.#heard) {
			this.#heard.delete(longestAgo);
			break;
		}
	}
}
