import { describe, expect, test } from "bun:test";
import { FakeWorld } from "../../test/fake-environment.ts";
import type { Channel } from "../environment.ts";
import { answerWithinMs, HeldSlots, heldBySiteMax } from "./held-slots.ts";

/** A site whose pages hear each other, under one clock. */
class Site {
	readonly world = new FakeWorld();
	readonly #channels = new Set<Channel>();
	readonly lost: string[] = [];
	/** Pages that hear and say nothing: frozen, or too busy. */
	readonly deaf = new Set<string>();

	page(name: string, freed = () => {}): { slots: HeldSlots; take(): Promise<boolean>; lost: () => void } {
		const openChannel = (): Channel => {
			const channel: Channel = {
				onmessage: null,
				postMessage: (data) => {
					if (this.deaf.has(name)) return;
					const text = JSON.stringify(data);
					for (const other of [...this.#channels]) if (other !== channel) other.onmessage?.({ data: JSON.parse(text) as never });
				},
				close: () => void this.#channels.delete(channel),
			};
			const heard = { ...channel };
			this.#channels.add(channel);
			// A deaf page's own handler is not called.
			Object.defineProperty(channel, "onmessage", {
				get: () => (this.deaf.has(name) ? null : heard.onmessage),
				set: (handler) => {
					heard.onmessage = handler;
				},
			});
			return channel;
		};
		const slots = new HeldSlots({ ...this.world.environment, openChannel }, "http://host", freed);
		const lost = () => void this.lost.push(name);
		return { slots, take: () => this.#after(slots.take(lost)), lost };
	}

	async #after(taking: Promise<boolean>): Promise<boolean> {
		await Promise.resolve();
		this.world.advance(answerWithinMs);
		return taking;
	}
}

describe("places among the pages of a site", () => {
	test("are given to those who come first, and no more than there are", async () => {
		const site = new Site();
		const answers: boolean[] = [];
		for (let number = 1; number <= 7; number++) answers.push(await site.page(`page ${number}`).take());
		expect(answers).toEqual([true, true, true, false, false, false, false]);
		expect(site.lost).toEqual([]);
	});

	test("are as many where all ask in the same moment, as after a browser's restart", async () => {
		const site = new Site();
		const pages = Array.from({ length: 7 }, (_, number) => site.page(`page ${number}`));
		const answers = await Promise.all(pages.map(({ take }) => take()));
		expect(answers.filter((answer) => answer)).toHaveLength(heldBySiteMax);
		expect(site.lost.filter((name) => answers[pages.findIndex((_, number) => name === `page ${number}`)])).toEqual([]);
	});

	test("are free again for who asks, once one is given back, and all others are told", async () => {
		const site = new Site();
		let freed = 0;
		const holders = [site.page("1"), site.page("2"), site.page("3")];
		for (const { take } of holders) await take();
		const waiting = site.page("4", () => freed++);
		expect(await waiting.take()).toBe(false);
		holders[0]?.slots.give(holders[0].lost);
		expect(freed).toBe(1);
		expect(await waiting.take()).toBe(true);
	});

	test("that were asked for in vain free nobody's: the others are not told", async () => {
		const site = new Site();
		let freed = 0;
		for (const name of ["1", "2", "3"]) await site.page(name).take();
		const waiting = ["4", "5"].map((name) => site.page(name, () => freed++));
		for (const { take } of waiting) expect(await take()).toBe(false);
		for (const { take } of waiting) expect(await take()).toBe(false);
		expect(freed).toBe(0);
	});

	test("are taken over by a page's next link, also where all are held", async () => {
		const site = new Site();
		const pages = ["1", "2", "3"].map((name) => site.page(name));
		for (const { take } of pages) await take();
		const next = () => void site.lost.push("the next link of 3");
		expect(await pages[2]?.slots.take(next)).toBe(true);
		expect(await site.page("4").take()).toBe(false);
		pages[2]?.slots.give(pages[2].lost);
		expect(await site.page("4").take()).toBe(false);
		expect(site.lost).toEqual([]);
		pages[2]?.slots.give(next);
		expect(await site.page("4").take()).toBe(true);
	});

	test("of a page that went without a word are free for who asks anew", async () => {
		const site = new Site();
		for (const name of ["1", "2", "3"]) await site.page(name).take();
		const waiting = site.page("4");
		expect(await waiting.take()).toBe(false);
		site.deaf.add("2");
		expect(await waiting.take()).toBe(true);
	});

	test("that too many took, because one was too busy to hear, go back to those who were there first", async () => {
		const site = new Site();
		const pages = ["1", "2", "3", "4"].map((name) => site.page(name));
		for (const { take } of pages.slice(0, 3)) await take();
		site.deaf.add("1");
		expect(await pages[3]?.take()).toBe(true);
		site.deaf.delete("1");
		// The busy one answers the next who asks, and the one who came last gives way.
		expect(await site.page("5").take()).toBe(false);
		expect(site.lost).toEqual(["4"]);
	});

	test("for one more room are taken only where nobody is the worse for it", async () => {
		const site = new Site();
		const [one, two] = [site.page("1"), site.page("2")];
		await one.take();
		await two.take();
		expect(one.slots.takeAnother(one.lost)).toBe(true);
		expect(one.slots.takeAnother(one.lost)).toBe(false);
		expect(two.slots.takeAnother(two.lost)).toBe(false);
		expect(site.lost).toEqual([]);
		one.slots.give(one.lost);
		expect(two.slots.takeAnother(two.lost)).toBe(true);
	});

	test("go back when a page closes", async () => {
		const site = new Site();
		const pages = ["1", "2", "3", "4"].map((name) => site.page(name));
		for (const { take } of pages) await take();
		pages[1]?.slots.close();
		expect(await pages[3]?.take()).toBe(true);
	});
});

test("where pages cannot hear each other, and in programs, everybody is alone and takes what they need", async () => {
	const { environment } = new FakeWorld();
	for (const openChannel of [() => null, undefined]) {
		const all = Array.from({ length: 9 }, () => new HeldSlots({ ...environment, openChannel }, "http://host", () => {}));
		for (const slots of all) {
			expect(await slots.take(() => {})).toBe(true);
			expect(slots.takeAnother(() => {})).toBe(true);
			slots.close();
		}
	}
});
