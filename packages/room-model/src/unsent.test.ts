import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { FakeClock } from "../test/fake-clock.ts";
import type { TabMemory } from "./tab-memory.ts";
import { Unsent } from "./unsent.ts";

class Memory implements TabMemory {
	readonly kept = new Map<string, string>();
	recall(key: string): string | null {
		return this.kept.get(key) ?? null;
	}
	remember(key: string, value: string | null): void {
		if (value === null) this.kept.delete(key);
		else this.kept.set(key, value);
	}
}

const forgetful: TabMemory = { recall: () => null, remember: () => {} };
const answered = { id: "m1", name: "Marigold", text: "who knows?" };

let keys = 0;
function open(memory: TabMemory = new Memory(), clock = new FakeClock(), room = "lobby"): Unsent {
	return new Unsent(room, memory, clock, () => `key-${++keys}`);
}

describe("what was written and not sent", () => {
	test("is there again after a reload, with the message it answers, letter by letter", () => {
		const memory = new Memory();
		const before = open(memory);
		before.answer(answered);
		for (const text of ["h", "he", "hej 👋🏽\n"]) {
			before.write(text);
			const after = open(memory);
			expect(after.text).toBe(text);
			expect(after.answering).toEqual(answered);
		}
	});

	test("is kept for its own room alone, and leaves nothing behind once the box is empty", () => {
		const memory = new Memory();
		const here = open(memory);
		here.write("for the lobby");
		expect(open(memory, new FakeClock(), "other").text).toBe("");
		here.write("");
		expect(memory.kept.size).toBe(0);
		here.write("sent");
		here.settle(here.send(null).key);
		expect(memory.kept.size).toBe(0);
	});

	test("is kept in the page where the browser forbids storage, and what is stored wrongly is taken for nothing", () => {
		const here = open(forgetful);
		here.write("kept");
		expect(here.text).toBe("kept");
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.json()), (stored) => {
				const memory = new Memory();
				memory.kept.set("hubbub.unsent.lobby", stored);
				expect(typeof open(memory).text).toBe("string");
			}),
		);
		for (const stored of ['{"text":5,"leaving":[null,{"key":1}]}', "null", "[]", '{"answering":"x"}', "{"]) {
			const memory = new Memory();
			memory.kept.set("hubbub.unsent.lobby", stored);
			const opened = open(memory);
			expect([opened.text, opened.answering, opened.leaving]).toEqual(["", null, []]);
		}
	});
});

describe("a message on its way", () => {
	test("comes back into the box with what it answers, above what was typed since; several in their order", () => {
		const unsent = open();
		unsent.answer(answered);
		unsent.write("first");
		const first = unsent.send(null);
		expect([unsent.text, unsent.answering]).toEqual(["", null]);
		unsent.write("second");
		const second = unsent.send(null);
		unsent.write("typing");
		unsent.comeBack(first.key);
		expect(unsent.text).toBe("first\ntyping");
		unsent.comeBack(second.key);
		expect(unsent.text).toBe("first\nsecond\ntyping");
		expect(unsent.answering).toEqual(answered);
		unsent.comeBack(second.key);
		expect(unsent.text).toBe("first\nsecond\ntyping");
	});

	test("that came back goes out under its first key while it is the same, so that it cannot stand in the room twice", () => {
		const memory = new Memory();
		const unsent = open(memory);
		unsent.write("once");
		const first = unsent.send({ mode: 5, color: 0xff0000 });
		unsent.comeBack(first.key);
		// Also after a reload.
		const again = open(memory).send(null);
		expect(again.key).toBe(first.key);
		const changed = open(memory);
		changed.comeBack(again.key);
		changed.write("once more");
		expect(changed.send(null).key).not.toBe(first.key);
	});

	test("when the page went is sent again by the next page of the tab if that comes soon, else it waits in the box", () => {
		const memory = new Memory();
		const clock = new FakeClock();
		const before = open(memory, clock);
		for (const text of ["one", "two"]) {
			before.write(text);
			before.send({ mode: 4, color: 0x00ff00 });
		}
		before.write("three");
		clock.pass(9 * 60_000);
		const soon = open(memory, clock);
		expect(soon.leaving.map(({ text, style }) => [text, style])).toEqual([
			["one", { mode: 4, color: 0x00ff00 }],
			["two", { mode: 4, color: 0x00ff00 }],
		]);
		expect(soon.text).toBe("three");
		clock.pass(2 * 60_000);
		const late = open(memory, clock);
		expect(late.leaving).toEqual([]);
		expect(late.text).toBe("one\ntwo\nthree");
	});
});
