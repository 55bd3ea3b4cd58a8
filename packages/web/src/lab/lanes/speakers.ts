import type { Clock } from "../../clock.ts";

/** What became of something said: its id in the room and when it left, on the page's clock; or the code it was refused with. */
export type Said = { readonly ok: true; readonly id: string; readonly saidMs: number } | { readonly ok: false; readonly code: string };

/** A speaker: a guest of their own, as the rate of one person is held by the room. */
interface Speaker {
	readonly name: string;
	/** Asked for once, with the first thing they say. */
	token: Promise<string | null> | null;
}

/** How often one message is tried again where the server says how long to wait. Its key makes that safe. */
const triesMax = 6;

export interface SpeakersOptions {
	readonly room: string;
	readonly names: readonly string[];
	readonly clock: Clock;
	readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
	readonly newKey: () => string;
}

/**
 * Says things in the room over `POST rooms/{room}/messages`, the same for all four lanes: by several guests in turn, since a room holds
 * each person to a pace of their own.
 */
export class Speakers {
	readonly #options: SpeakersOptions;
	readonly #speakers: readonly Speaker[];
	#next = 0;

	constructor(options: SpeakersOptions) {
		this.#options = options;
		this.#speakers = options.names.map((name) => ({ name, token: null }));
	}

	/** Says `text` by the next speaker. Waits where the room asks to, a few times; never rejects. */
	async say(text: string): Promise<Said> {
		const speaker = this.#speakers[this.#next++ % this.#speakers.length] as Speaker;
		const { room, clock, newKey } = this.#options;
		const body = JSON.stringify({ key: newKey(), text });
		let code = "network";
		for (let tries = 0; tries < triesMax; tries++) {
			speaker.token ??= this.#introduce(speaker);
			const token = await speaker.token;
			if (token === null) speaker.token = null;
			const saidMs = clock.monotonic();
			const answer = await this.#post(`rooms/${encodeURIComponent(room)}/messages`, body, token);
			if (answer.ok) return { ok: true, id: String(answer.value.id), saidMs };
			code = answer.code;
			if (answer.retryAfterMs === null) break;
			const { retryAfterMs } = answer;
			await new Promise<void>((resolve) => clock.after(retryAfterMs, resolve));
		}
		return { ok: false, code };
	}

	/** A guest's token from `POST /frames`; null where there is none to be had, and the speaker is a guest by address. */
	async #introduce(speaker: Speaker): Promise<string | null> {
		const answer = await this.#post("frames", JSON.stringify({ type: "hello", name: speaker.name }), null);
		return answer.ok && typeof answer.value.token === "string" ? answer.value.token : null;
	}

	async #post(path: string, body: string, token: string | null): Promise<Answer> {
		const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
		try {
			const response = await this.#options.fetch(path, {
				method: "POST",
				headers: { "content-type": "application/json", ...authorization },
				body,
			});
			const value = (await response.json()) as Record<string, unknown>;
			if (response.ok) return { ok: true, value };
			const { code, retryAfterMs } = value;
			return { ok: false, code: typeof code === "string" ? code : String(response.status), retryAfterMs: waitOf(retryAfterMs) };
		} catch {
			return { ok: false, code: "network", retryAfterMs: null };
		}
	}
}

type Answer =
	| { readonly ok: true; readonly value: Record<string, unknown> }
	| { readonly ok: false; readonly code: string; readonly retryAfterMs: number | null };

function waitOf(value: unknown): number | null {
	return typeof value === "number" && value >= 0 && value < 60_000 ? value : null;
}
