import { createHash } from "node:crypto";
import { entryOf, isObjectText, isRetryOf, redactedBody } from "../entry.ts";
import type { Entry, NewEntry } from "../log.ts";
import { type Append, failed, numberOf, type Operation, type Outcome } from "./operations.ts";

/** A room's row, held by the transaction where the batch adds to it. */
export interface Room {
	readonly id: number;
	readonly epoch: string;
	/** Where its two logs end, and the times of their last entries. */
	readonly heads: [number, number];
	readonly times: [number, number];
	/** Made by this very batch: it is not there yet for what stands before its opening. */
	isThere: boolean;
}

/** An entry that is kept, or is going to be. */
export interface Kept {
	readonly roomId: number;
	readonly log: 0 | 1;
	readonly offset: number;
	readonly period: number;
	readonly at: number;
	readonly id: string;
	readonly kind: string;
	readonly author: string;
	readonly key: string | null;
	readonly stateKey: string | null;
	readonly removed: number;
	body: string;
}

/** What is left of a key: its entry, or, where the entry's partition was dropped, what stands beside. */
export interface KeptKey {
	readonly offset: number;
	readonly at: number;
	readonly id: string;
	readonly kind: string;
	readonly sum: string | null;
	readonly body: string | null;
}

/** What the log holds of what a batch names. Its maps are by `nameOf`. */
export interface Found {
	readonly rooms: ReadonlyMap<string, Room>;
	readonly ids: ReadonlyMap<string, Kept>;
	readonly keys: ReadonlyMap<string, KeptKey>;
	/** Offsets of what holds in the public logs, by state key. */
	readonly holds: ReadonlyMap<string, number>;
	readonly period: number;
}

/** Decides what becomes of a batch's operations, one after the other, from what the log holds. Touches nothing but itself. */
export class Plan {
	/** What is to be added. */
	readonly added: Kept[] = [];
	/** What the latest entry of a state key is from now on. */
	readonly states = new Map<string, Kept>();
	/** Entries kept before, whose text was taken back. */
	readonly redacted = new Set<Kept>();
	readonly #found: Found;
	readonly #ids = new Map<string, Kept>();
	readonly #keys = new Map<string, Kept>();
	readonly #again: boolean;

	/** `again`: the batch may have been committed before; what stands in the log already under its ids is its own. */
	constructor(found: Found, again: boolean) {
		this.#found = found;
		this.#again = again;
	}

	open({ room: name, log, epoch }: Extract<Operation, { kind: "open" }>): Outcome {
		const room = this.#found.rooms.get(name);
		if (!room || (!room.isThere && epoch === null)) return { outcome: "opened", head: null };
		room.isThere = true;
		return { outcome: "opened", head: { epoch: room.epoch, offset: room.heads[numberOf(log)], roomId: room.id } };
	}

	append({ room: name, entries, expect = {} }: Append): Outcome {
		const room = this.#found.rooms.get(name);
		if (!room?.isThere) return failed(`The room ${name} does not exist.`);
		if (entries.length === 0) return failed("There is nothing to add.");
		if (!entries.every(({ body }) => isObjectText(body))) return failed("The body is not the text of a JSON object.");
		const own = this.#again ? this.#ownOf(room, entries) : null;
		const answer = own ?? this.#answerToKey(room, entries) ?? this.#answerToExpected(room, expect) ?? this.#answerToNames(room, entries);
		if (answer) return answer;
		const bodies = new Map<Kept, string>();
		try {
			for (const entry of entries)
				for (const target of this.#targetsOf(room, entry, entries)) bodies.set(target, redactedBody(target.body));
		} catch {
			return failed("What the entry takes back could not be read.");
		}
		for (const [target, body] of bodies) {
			target.body = body;
			if (!this.added.includes(target)) this.redacted.add(target);
		}
		return { outcome: "appended", entries: entries.map((entry) => this.#add(room, entry)) };
	}

	#add(room: Room, entry: NewEntry): Entry {
		const log = numberOf(entry.log);
		const offset = ++room.heads[log];
		const at = Math.max(entry.at, offset === 1 ? entry.at : room.times[log]);
		room.times[log] = at;
		const { kind, body, key, isRemoved, stateKey = null } = entry;
		const [id, author] = [entry.id.toWellFormed(), entry.author.toWellFormed()];
		const kept: Kept = {
			...{ roomId: room.id, log, offset, at, id, kind, author, body },
			period: this.#found.period,
			key: key === null ? null : key.toWellFormed(),
			stateKey: stateKey === null ? null : stateKey.toWellFormed(),
			removed: isRemoved ? 1 : 0,
		};
		this.added.push(kept);
		this.#ids.set(nameOf(room.id, log, id), kept);
		if (kept.key !== null) this.#keys.set(nameOf(room.id, log, author, kept.key), kept);
		if (kept.stateKey !== null) this.states.set(nameOf(room.id, log, kept.stateKey), kept);
		return entryOf(offset, id, body);
	}

	/** The append as it was committed before the connection was lost; null where it was not. */
	#ownOf(room: Room, entries: readonly NewEntry[]): Outcome | null {
		const own: Entry[] = [];
		for (const { log, id, author, kind, body } of entries) {
			const kept = this.#found.ids.get(nameOf(room.id, numberOf(log), id.toWellFormed()));
			if (!kept || kept.author !== author.toWellFormed() || kept.kind !== kind) return null;
			own.push(entryOf(kept.offset, kept.id, body));
		}
		return { outcome: "appended", entries: own };
	}

	/** What becomes of an append one of whose keys was used before. */
	#answerToKey(room: Room, entries: readonly NewEntry[]): Outcome | null {
		for (const entry of entries) {
			if (entry.key === null) continue;
			const name = nameOf(room.id, numberOf(entry.log), entry.author.toWellFormed(), entry.key.toWellFormed());
			const first = this.#keys.get(name) ?? this.#found.keys.get(name);
			if (!first) continue;
			if (first.body === null) return isRetryBySum(first as KeptKey, entry) ? duplicate(first as KeptKey) : { outcome: "conflict" };
			const kept = this.#redactedSince(room, entry, first.id) ?? { kind: first.kind, body: first.body };
			if (!isRetryOf(kept, entry)) return { outcome: "conflict" };
			return { outcome: "duplicate", entry: entryOf(first.offset, first.id, kept.body) };
		}
		return null;
	}

	/** The entry as this batch left it, where it was found by its id too. */
	#redactedSince(room: Room, { log }: NewEntry, id: string): Kept | undefined {
		return this.#found.ids.get(nameOf(room.id, numberOf(log), id));
	}

	#answerToExpected(room: Room, expect: NonNullable<Append["expect"]>): Outcome | null {
		for (const [key, offset] of Object.entries(expect)) {
			const name = nameOf(room.id, 0, key.toWellFormed());
			const holds = this.states.get(name)?.offset ?? this.#found.holds.get(name) ?? 0;
			if (holds !== offset) return { outcome: "moved", offset: holds };
		}
		return null;
	}

	/** Ids and keys that are taken, in the log or by another entry of the same append. */
	#answerToNames(room: Room, entries: readonly NewEntry[]): Outcome | null {
		const names = new Set<string>();
		for (const { log, id, author, key } of entries) {
			const name = nameOf(room.id, numberOf(log), id.toWellFormed());
			const own = [name, ...(key === null ? [] : [`key ${nameOf(room.id, numberOf(log), author, key)}`])];
			if (this.#kept(name) || own.some((one) => names.has(one))) return failed(`The id ${id} or its key is taken in this room.`);
			for (const one of own) names.add(one);
		}
		return null;
	}

	/** What an entry takes back: earlier ones of its log, and none of those it came with. */
	#targetsOf(room: Room, { log, redacts = [] }: NewEntry, together: readonly NewEntry[]): Kept[] {
		const ids = redacts.filter((id) => !together.some((other) => other.id === id));
		return ids.flatMap((id) => this.#kept(nameOf(room.id, numberOf(log), id.toWellFormed())) ?? []);
	}

	#kept(name: string): Kept | undefined {
		return this.#ids.get(name) ?? this.#found.ids.get(name);
	}
}

/** One name for what is named by a room, a log, and one word or two. The length keeps ("ab", "c") and ("a", "bc") apart. */
export function nameOf(roomId: number, log: number, word: string, other?: string): string {
	return other === undefined ? `${roomId} ${log} ${word}` : `${roomId} ${log} ${word.length} ${word}${other}`;
}

/** Of what the author gave: by it a retry is told from another thing once the entry's partition was dropped. Null once the text was taken back. */
export function sumOf({ content = [], body }: Pick<NewEntry, "content" | "body">): string | null {
	try {
		const fields: Record<string, unknown> = JSON.parse(body);
		if (fields.deleted === true) return null;
		return createHash("sha256")
			.update(JSON.stringify(content.map((field) => [field, sorted(fields[field])])))
			.digest("base64url")
			.slice(0, 22);
	} catch {
		return null;
	}
}

/** A key whose entry is gone says what is left of it: a message without its text. */
export function remainderOf({ offset, at, id, kind }: Pick<KeptKey, "offset" | "at" | "id" | "kind">): Entry {
	return entryOf(offset, id, JSON.stringify({ at, kind, id, text: "", deleted: true }));
}

function duplicate(key: KeptKey): Outcome {
	return { outcome: "duplicate", entry: remainderOf(key) };
}

function isRetryBySum({ kind, sum }: KeptKey, entry: NewEntry): boolean {
	if (kind !== entry.kind) return false;
	return !entry.content?.length || sum === null || sum === sumOf(entry);
}

/** The same value with the fields of its objects in one order. */
function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== "object" || value === null) return value;
	return Object.entries(value)
		.sort(([one], [other]) => (one < other ? -1 : 1))
		.map(([key, inner]) => [key, sorted(inner)]);
}
