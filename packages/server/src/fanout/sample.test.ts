import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Sampler } from "./sample.ts";

interface Spoken {
	readonly atMs: number;
	readonly authorId: string;
	readonly text: string;
}

/** Plays messages through a sampler in order of time; answers how many of each author's were shown, and all verdicts. */
function play(perSecond: number, spoken: readonly Spoken[]) {
	const sampler = new Sampler(perSecond);
	const shown = new Map<string, number>();
	const verdicts = [...spoken]
		.sort((a, b) => a.atMs - b.atMs)
		.map((message, index) => {
			const verdict = sampler.take({ id: `m${index}`, ...message }, message.atMs);
			if (verdict.verdict === "shown") shown.set(message.authorId, (shown.get(message.authorId) ?? 0) + 1);
			return { ...message, id: `m${index}`, verdict };
		});
	return { sampler, shown, verdicts, total: [...shown.values()].reduce((sum, count) => sum + count, 0) };
}

/** `perSecond` messages a second of one author for `seconds`, evenly, each text its own. */
function stream(authorId: string, perSecond: number, seconds: number, offsetMs = 0): Spoken[] {
	return Array.from({ length: Math.floor(perSecond * seconds) }, (_, index) => ({
		atMs: offsetMs + (index * 1_000) / perSecond,
		authorId,
		text: `${authorId} ${index}`,
	}));
}

const anySpoken = fc.array(
	fc.record({
		atMs: fc.integer({ min: 0, max: 20_000 }),
		authorId: fc.constantFrom("a", "b", "c", "d", "e"),
		text: fc.constantFrom("1", "2", "3", "x y"),
	}),
	{ maxLength: 200 },
);

describe("the room's budget", () => {
	test("[FAN-7] a budget of 0 shows everything", () => {
		expect(play(0, stream("a", 1_000, 5)).total).toBe(5_000);
	});

	test("[FAN-7] a room within its budget shows everything", () => {
		expect(play(100, [...stream("a", 20, 10), ...stream("b", 20, 10, 7)]).total).toBe(400);
	});

	test("[FAN-7] in no stretch of time is more shown than the burst and what the stretch allows", () => {
		fc.assert(
			fc.property(anySpoken, fc.integer({ min: 1, max: 50 }), (spoken, perSecond) => {
				const times = play(perSecond, spoken)
					.verdicts.filter(({ verdict }) => verdict.verdict === "shown")
					.map(({ atMs }) => atMs);
				for (const [from, start] of times.entries())
					for (const [to, end] of times.entries())
						if (to >= from)
							expect(to - from + 1).toBeLessThanOrEqual(Math.max(1, perSecond / 2) + ((end - start) * perSecond) / 1_000 + 1e-6);
			}),
			{ numRuns: 60 },
		);
	});

	test("[FAN-7] a room far above its budget still uses nearly all of it", () => {
		const crowd = Array.from({ length: 200 }, (_, index) => stream(`p${index}`, 2, 20, index * 2.5)).flat();
		expect(play(50, crowd).total).toBeGreaterThan(50 * 20 * 0.9);
	});

	test("[FAN-7] one who writes two hundred a second does not crowd out fifty who write one", () => {
		const people = Array.from({ length: 50 }, (_, index) => stream(`p${index}`, 1, 30, index * 19)).flat();
		const { shown } = play(100, [...stream("spammer", 200, 30), ...people]);
		const quietly = Array.from({ length: 50 }, (_, index) => shown.get(`p${index}`) ?? 0);
		// All thirty of each, but for the moment until the spammer is known.
		expect(Math.min(...quietly)).toBeGreaterThanOrEqual(28);
		expect(shown.get("spammer") ?? 0).toBeGreaterThan(0);
	});

	test("[FAN-7] people who write alike are shown alike", () => {
		const crowd = Array.from({ length: 40 }, (_, index) => stream(`p${index}`, 5, 30, index * 4.7)).flat();
		const { shown } = play(40, crowd);
		const counts = Array.from({ length: 40 }, (_, index) => shown.get(`p${index}`) ?? 0);
		expect(Math.max(...counts)).toBeLessThanOrEqual(2 * Math.min(...counts) + 2);
	});

	test("[FAN-7] at any one moment, of two people, who had less of the room is never refused while the other is shown", () => {
		fc.assert(
			fc.property(anySpoken, fc.integer({ min: 1, max: 20 }), (spoken, perSecond) => {
				// The same moment asked twice: two samplers with one past, each asked for another person.
				const past = [...spoken].sort((a, b) => a.atMs - b.atMs);
				const atMs = past.at(-1)?.atMs ?? 0;
				const { shown } = play(perSecond, past);
				const ask = (authorId: string) => play(perSecond, past).sampler.take({ id: "q", authorId, text: "?" }, atMs).verdict;
				const [little, much] = ["nobody yet", [...shown].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "a"];
				if (ask(much) === "shown") expect(ask(little)).toBe("shown");
			}),
			{ numRuns: 60 },
		);
	});
});

describe("repeats", () => {
	test("[FAN-7] above the budget, what says exactly what was just shown is counted there", () => {
		const cheer = Array.from({ length: 300 }, (_, index) => ({ atMs: index, authorId: `p${index}`, text: "哈哈哈哈哈" }));
		const { verdicts } = play(20, cheer);
		const first = verdicts[0];
		expect(first?.verdict.verdict).toBe("shown");
		const repeats = verdicts.filter(({ verdict }) => verdict.verdict === "repeat");
		expect(repeats.length).toBeGreaterThan(250);
		expect(verdicts.some(({ verdict }) => verdict.verdict === "omitted")).toBe(false);
	});

	test("[FAN-7] a repeat is counted on a message that was shown within ten seconds and says the same", () => {
		fc.assert(
			fc.property(anySpoken, fc.integer({ min: 1, max: 10 }), (spoken, perSecond) => {
				const { verdicts } = play(perSecond, spoken);
				const byId = new Map(verdicts.map((message) => [message.id, message]));
				for (const { verdict, text, atMs } of verdicts) {
					if (verdict.verdict !== "repeat") continue;
					const original = byId.get(verdict.of);
					expect(original?.verdict.verdict).toBe("shown");
					expect(original?.text).toBe(text);
					expect(atMs - (original?.atMs ?? 0)).toBeLessThan(10_000);
				}
			}),
		);
	});
});

test("[FAN-4] a hundred thousand people leave no more behind than two thousand", () => {
	const sampler = new Sampler(10);
	for (let index = 0; index < 100_000; index++) sampler.take({ id: `m${index}`, authorId: `p${index}`, text: `t${index}` }, index);
	expect(sampler.people).toBeLessThanOrEqual(2_000);
});
