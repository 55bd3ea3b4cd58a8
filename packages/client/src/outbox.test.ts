import { expect, test } from "bun:test";
import { HubbubError } from "./error.ts";
import { Outbox } from "./outbox.ts";

const say = (text: string, room = "lobby") => ({ type: "say", room, key: text, text });
const ack = { type: "ack", room: "lobby", id: "m1", cursor: "e.1", fate: "shown" } as const;

test("a full outbox takes no more and keeps what it has", () => {
	const outbox = new Outbox(2);
	expect(outbox.add(say("a"), 1, () => {})).not.toBeNull();
	expect(outbox.add(say("b"), 1, () => {})).not.toBeNull();
	expect(outbox.add(say("c"), 1, () => {})).toBeNull();
	expect(outbox.size).toBe(2);
	expect(outbox.bytes).toBe(2);
});

test("an answer settles its command once, and frees its place", () => {
	const outbox = new Outbox(1);
	const answers: unknown[] = [];
	const entry = outbox.add(say("a"), 5, (answer) => answers.push(answer));
	outbox.settle(entry?.ref, ack);
	outbox.settle(entry?.ref, ack);
	outbox.settle("unknown", ack);
	expect(answers).toEqual([ack]);
	expect([outbox.size, outbox.bytes]).toEqual([0, 0]);
	expect(outbox.add(say("b"), 1, () => {})).not.toBeNull();
});

test("[SAY-3] what was in flight on a lost link goes out again, in order, word for word", () => {
	const outbox = new Outbox(8);
	const entries = ["a", "b", "c"].map((text) => outbox.add(say(text), 1, () => {}));
	const first = outbox.unsent("lobby").map((entry) => entry.json);
	for (const entry of entries.slice(0, 2)) if (entry) entry.inFlight = true;
	expect(outbox.unsent("lobby").map((entry) => entry.json)).toEqual(first.slice(2));
	outbox.lost();
	expect(outbox.unsent("lobby").map((entry) => entry.json)).toEqual(first);
	expect(first.map((json) => JSON.parse(json).key)).toEqual(["a", "b", "c"]);
});

test("giving up a room leaves the others alone", () => {
	const outbox = new Outbox(8);
	const settled: string[] = [];
	outbox.add(say("a", "one"), 1, (answer) => settled.push(`one ${(answer as HubbubError).code}`));
	outbox.add(say("b", "two"), 1, (answer) => settled.push(`two ${(answer as HubbubError).code}`));
	outbox.drop("one", new HubbubError("left", "gone"));
	expect(settled).toEqual(["one left"]);
	outbox.drop(null, new HubbubError("closed", "over"));
	expect(settled).toEqual(["one left", "two closed"]);
});

test("a ref is never used twice", () => {
	const outbox = new Outbox(4);
	const refs = [outbox.nextRef(), outbox.add(say("a"), 1, () => {})?.ref, outbox.nextRef(), outbox.add(say("b"), 1, () => {})?.ref];
	expect(new Set(refs).size).toBe(4);
});
