import type { Style } from "@hubbub/protocol/kinds/message.ts";
import type { Clock } from "./clock.ts";
import type { TabMemory } from "./tab-memory.ts";
import { putBack } from "./writing.ts";

/** The message that is being answered, in as many words as it takes to show it again after a reload. */
export interface Answered {
	readonly id: string;
	readonly name: string;
	readonly text: string;
}

/** A message that has left the box and has no answer from the server yet. */
export interface Leaving {
	/** Its idempotency key: sent again under it, by the same person, it is the same message. */
	readonly key: string;
	readonly text: string;
	readonly answering: Answered | null;
	readonly style: Style | null;
	/** When it left the box, in Unix milliseconds. */
	readonly at: number;
}

/** A message that was on its way when the page went is sent again on its own if the page is back this soon; else it waits in the box. */
const sendAgainMs = 10 * 60_000;

/**
 * What a reader has written in a room and the server does not have: the text in the box, and the messages on their way. Every change
 * is kept for the tab at once, so that it outlives whatever becomes of the page: a reload, a crash, a lost sign-in.
 *
 * @example
 * const unsent = new Unsent("lobby", tabMemory, browserClock);
 * unsent.write("hello");
 * const leaving = unsent.send(null); // the box is empty now
 * unsent.comeBack(leaving.key); // refused: the box says "hello" again
 */
export class Unsent {
	readonly #address: string;
	readonly #memory: TabMemory;
	readonly #clock: Clock;
	readonly #newKey: () => string;
	#text = "";
	#answering: Answered | null = null;
	#leaving: readonly Leaving[] = [];
	/** What came back into the box as it is, and may already have reached the server: unchanged, it goes out under its first key. */
	#triedBefore: Leaving | null = null;
	/** What came back into the box, as it stood then: what comes back next stands below it, and above what was typed since. */
	#back = "";

	constructor(room: string, memory: TabMemory, clock: Clock, newKey: () => string = randomKey) {
		this.#address = `hubbub.unsent.${room}`;
		this.#memory = memory;
		this.#clock = clock;
		this.#newKey = newKey;
		const kept = parseKept(memory.recall(this.#address));
		this.#text = kept.text;
		this.#answering = kept.answering;
		this.#triedBefore = kept.triedBefore;
		this.#leaving = kept.leaving;
		for (const late of kept.leaving.filter(({ at }) => Math.abs(clock.wall() - at) > sendAgainMs)) this.comeBack(late.key);
	}

	/** The text in the box. */
	get text(): string {
		return this.#text;
	}

	/** The message that the text in the box answers. */
	get answering(): Answered | null {
		return this.#answering;
	}

	/** Messages without an answer, oldest first. Right after construction: those that an earlier page of this tab had sent. */
	get leaving(): readonly Leaving[] {
		return this.#leaving;
	}

	write(text: string): void {
		this.#text = text;
		this.#keep();
	}

	answer(answering: Answered | null): void {
		this.#answering = answering;
		this.#keep();
	}

	/** Takes the text out of the box to be sent. */
	send(style: Style | null): Leaving {
		const tried = this.#triedBefore;
		const isTheSame = tried !== null && tried.text === this.#text && tried.answering?.id === this.#answering?.id;
		const key = isTheSame ? tried.key : this.#newKey();
		const leaving: Leaving = { key, text: this.#text, answering: this.#answering, style, at: this.#clock.wall() };
		this.#leaving = [...this.#leaving, leaving];
		this.#text = "";
		this.#answering = null;
		this.#triedBefore = null;
		this.#keep();
		return leaving;
	}

	/** The server has it. */
	settle(key: string): void {
		this.#leaving = this.#leaving.filter((other) => other.key !== key);
		this.#keep();
	}

	/** It could not be sent: back into the box, above what was typed since. */
	comeBack(key: string): void {
		const leaving = this.#leaving.find((other) => other.key === key);
		if (!leaving) return;
		this.#leaving = this.#leaving.filter((other) => other !== leaving);
		this.#triedBefore = this.#text.trim() === "" ? leaving : null;
		const isBack = this.#back !== "" && this.#text.startsWith(this.#back);
		const typed = isBack ? this.#text.slice(this.#back.length).replace(/^\n/, "") : this.#text;
		this.#back = isBack ? `${this.#back}\n${leaving.text}` : leaving.text;
		this.#text = putBack(this.#back, typed);
		this.#answering ??= leaving.answering;
		this.#keep();
	}

	#keep(): void {
		const kept: Kept = { text: this.#text, answering: this.#answering, triedBefore: this.#triedBefore, leaving: this.#leaving };
		const isEmpty = kept.text === "" && kept.answering === null && kept.leaving.length === 0;
		this.#memory.remember(this.#address, isEmpty ? null : JSON.stringify(kept));
	}
}

interface Kept {
	readonly text: string;
	readonly answering: Answered | null;
	readonly triedBefore: Leaving | null;
	readonly leaving: readonly Leaving[];
}

/** 32 characters from the system's generator. `crypto.randomUUID` is missing on pages served over plain HTTP. */
function randomKey(): string {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Reads what was kept; whatever is missing or of the wrong type is left out. Never throws. */
function parseKept(json: string | null): Kept {
	const kept = parsed(json);
	return {
		text: typeof kept.text === "string" ? kept.text : "",
		answering: asAnswered(kept.answering),
		triedBefore: asLeaving(kept.triedBefore),
		leaving: Array.isArray(kept.leaving) ? kept.leaving.map(asLeaving).filter((leaving) => leaving !== null) : [],
	};
}

function parsed(json: string | null): Record<string, unknown> {
	try {
		return fieldsOf(JSON.parse(json ?? "{}"));
	} catch {
		return {};
	}
}

function fieldsOf(value: unknown): Record<string, unknown> {
	return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function asAnswered(value: unknown): Answered | null {
	const { id, name, text } = fieldsOf(value);
	return typeof id === "string" && typeof name === "string" && typeof text === "string" ? { id, name, text } : null;
}

function asLeaving(value: unknown): Leaving | null {
	const { key, text, answering, style, at } = fieldsOf(value);
	if (typeof key !== "string" || typeof text !== "string" || typeof at !== "number") return null;
	return { key, text, answering: asAnswered(answering), style: asStyle(style), at };
}

function asStyle(value: unknown): Style | null {
	const { mode, color } = fieldsOf(value);
	return (mode === 1 || mode === 4 || mode === 5) && typeof color === "number" ? { mode, color } : null;
}
