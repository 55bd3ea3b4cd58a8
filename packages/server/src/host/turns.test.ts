import { expect, test } from "bun:test";
import { Turns } from "./turns.ts";

/** Work that says when it begins, and ends when it is told to. */
function work(name: string, log: string[]) {
	const { promise, resolve, reject } = Promise.withResolvers<void>();
	const run = () => {
		log.push(name);
		return promise;
	};
	return { run, end: resolve, fail: reject };
}

/** Long enough for whatever may begin to have begun: nothing here waits for more than promises. */
async function settle(): Promise<void> {
	for (let step = 0; step < 20; step++) await Promise.resolve();
}

test("changes come one after another, in the order they were asked for, and one that fails holds up nobody", async () => {
	const [turns, log] = [new Turns(), [] as string[]];
	const [first, second, third] = [work("1", log), work("2", log), work("3", log)];
	const failing = turns.change(first.run);
	void turns.change(second.run);
	void turns.change(third.run);
	await settle();
	expect(log).toEqual(["1"]);
	first.fail(new Error("no disk"));
	await expect(failing).rejects.toThrow("no disk");
	await settle();
	expect(log).toEqual(["1", "2"]);
	second.end();
	await settle();
	expect(log).toEqual(["1", "2", "3"]);
});

test("what rests on the state goes side by side, but not beside a change", async () => {
	const [turns, log] = [new Turns(), [] as string[]];
	const [one, other, change, later] = [work("one", log), work("other", log), work("change", log), work("later", log)];
	void turns.between(one.run);
	void turns.between(other.run);
	void turns.change(change.run);
	void turns.between(later.run);
	await settle();
	expect(log).toEqual(["one", "other"]);
	one.end();
	await settle();
	expect(log).toEqual(["one", "other"]);
	other.end();
	await settle();
	expect(log).toEqual(["one", "other", "change"]);
	change.end();
	await settle();
	expect(log).toEqual(["one", "other", "change", "later"]);
});
