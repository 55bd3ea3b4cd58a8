import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import { addressOf } from "../root.ts";

/** Asks an address of the service, from its path without a slash at the front. */
export type Send = (path: string, init: RequestInit) => Promise<Response>;

export const send: Send = (path, init) => fetch(addressOf(path), init);

/** What the server looks at for the operator: the ids of `GET /api/v1/checklist`. */
export type CheckId =
	| "https"
	| "proxy"
	| "origins"
	| "sign-in"
	| "guests"
	| "rooms"
	| "rate-limit"
	| "lab"
	| "data"
	| "websocket"
	| "streams"
	| "quiet";

export type CheckState = "settled" | "open";

export interface Check {
	readonly id: CheckId;
	readonly state: CheckState;
	readonly setting: string | null;
	/** What mends it in the configuration of each proxy. */
	readonly lines?: readonly { readonly proxy: string; readonly line: string }[];
}

export interface Checklist {
	readonly reach: "this-machine" | "network";
	/** By what people sign in, beside the operator's key. */
	readonly signIn: "nothing" | "secret" | "key-set";
	readonly checks: readonly Check[];
}

export type Answer<T> = { readonly ok: true; readonly value: T } | Refusal;

export interface Refusal {
	readonly ok: false;
	/** A code of the protocol's table; `network` where the server did not answer. */
	readonly code: string;
	/** The server's own sentence, in English. */
	readonly detail: string;
}

/** The operators' API, with one key. Nothing rejects. */
export class OperatorApi {
	readonly key: string;
	readonly #send: Send;

	constructor(key: string, by: Send = send) {
		this.key = key;
		this.#send = by;
	}

	/** Keeps what the operator is called; answers the name as it is shown. */
	async rename(name: string): Promise<Answer<string>> {
		const answer = await this.#ask<{ name: string }>("api/v1/operator", "PUT", { name });
		return answer.ok ? { ok: true, value: answer.value.name } : answer;
	}

	/** Ids of the first rooms there are, in their order. */
	async rooms(): Promise<Answer<readonly string[]>> {
		const answer = await this.#ask<{ rooms: { room: string }[] }>("api/v1/rooms");
		return answer.ok ? { ok: true, value: answer.value.rooms.map(({ room }) => room) } : answer;
	}

	/** A room's settings; null where there is no such room. */
	async room(room: string): Promise<Answer<RoomSettings | null>> {
		const answer = await this.#ask<{ settings: RoomSettings }>(`api/v1/rooms/${encodeURIComponent(room)}`);
		if (answer.ok) return { ok: true, value: answer.value.settings };
		return answer.code === "room_not_found" ? { ok: true, value: null } : answer;
	}

	/** Changes some of a room's settings, and makes it where it is not there. */
	async configure(room: string, changes: Partial<RoomSettings>): Promise<Answer<RoomSettings>> {
		const answer = await this.#ask<{ settings: RoomSettings }>(`api/v1/rooms/${encodeURIComponent(room)}`, "PUT", changes);
		return answer.ok ? { ok: true, value: answer.value.settings } : answer;
	}

	checklist(room: string): Promise<Answer<Checklist>> {
		return this.#ask<Checklist>(`api/v1/checklist?room=${encodeURIComponent(room)}`);
	}

	async #ask<T>(path: string, method = "GET", body?: object): Promise<Answer<T>> {
		const headers = { authorization: `Bearer ${this.key}`, ...(body && { "content-type": "application/json" }) };
		try {
			const response = await this.#send(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
			const answer = (await response.json()) as T & { code?: unknown; detail?: unknown; title?: unknown };
			if (response.ok) return { ok: true, value: answer };
			const words = [answer.detail, answer.title].find((words) => typeof words === "string");
			return { ok: false, code: String(answer.code ?? "internal"), detail: String(words ?? "") };
		} catch {
			return { ok: false, code: "network", detail: "" };
		}
	}
}
