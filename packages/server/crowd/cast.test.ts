import { expect, test } from "bun:test";
import fc from "fast-check";
import { Cast } from "./cast.ts";
import type { Departure, Person, PersonEvents } from "./person.ts";
import type { Line } from "./recordings/line.ts";
import { type Outcome, Tally } from "./tally.ts";

interface Puppet {
	readonly name: string;
	readonly token: string | undefined;
	readonly events: PersonEvents;
	phase: "entering" | "present" | "leaving" | "gone";
	readonly unsent: Line[];
	readonly waiting: Line[];
	enter(): void;
	answer(outcome: Outcome): void;
	end(departure?: Partial<Departure>): void;
}

const left: Departure = { how: "left", code: null, words: "Left.", final: true, reconnectAfterMs: null };
const ack: Outcome = { kind: "ack", fate: "shown", ms: 1, position: null };

/** A cast whose people are puppets: the test decides when they get in, are answered, and are gone. */
function stage(clientsMax: number) {
	const tally = new Tally();
	const puppets: Puppet[] = [];
	const open = (name: string, token: string | undefined, events: PersonEvents): Person => {
		const puppet: Puppet = {
			name,
			token,
			events,
			phase: "entering",
			unsent: [],
			waiting: [],
			enter() {
				this.phase = "present";
				events.onPresent?.({} as never, `token of ${name}`);
				for (const line of this.unsent.splice(0)) send(line);
			},
			answer(outcome) {
				const line = this.waiting.shift();
				if (line) events.onOutcome?.(outcome, line, 0);
			},
			end(departure = {}) {
				if (this.phase === "gone") return;
				this.phase = "gone";
				while (this.waiting.length > 0) this.answer({ kind: "unanswered" });
				events.onGone?.({ ...left, how: "lost", ...departure }, this.unsent.splice(0));
			},
		};
		const send = (line: Line) => {
			puppet.waiting.push(line);
			events.onSent?.(line);
		};
		puppets.push(puppet);
		return {
			name,
			get busy() {
				return puppet.unsent.length + puppet.waiting.length;
			},
			say: (line) => (puppet.phase === "present" ? send(line) : puppet.unsent.push(line)),
			tend: () => {},
			leave() {
				if (puppet.phase === "entering") puppet.end(left);
				else if (puppet.phase === "present") {
					while (puppet.waiting.length > 0) puppet.answer({ kind: "unanswered" });
					puppet.phase = "leaving";
				}
			},
		};
	};
	const cast = new Cast({ clientsMax, tally, open });
	const say = (person: string, text = "x") => cast.say({ at: 0, person, text });
	const alive = () => puppets.filter((puppet) => puppet.phase !== "gone");
	return { cast, tally, puppets, say, alive };
}

test("each person has a connection of their own, and their lines go out in order", () => {
	const { puppets, say } = stage(10);
	say("a", "1");
	say("b", "1");
	say("a", "2");
	expect(puppets.map(({ name }) => name)).toEqual(["a", "b"]);
	puppets[0]?.enter();
	say("a", "3");
	expect(puppets[0]?.waiting.map(({ text }) => text)).toEqual(["1", "2", "3"]);
});

test("past the bound, whoever has been silent longest and waits for nothing leaves for the next", () => {
	const { puppets, say, alive } = stage(2);
	say("a");
	say("b");
	for (const puppet of puppets) puppet.enter();
	puppets[0]?.answer(ack);
	puppets[1]?.answer(ack);
	say("a");
	say("c");
	expect(puppets.map(({ phase }) => phase)).toEqual(["present", "leaving"]);
	puppets[1]?.end(left);
	expect(alive().map(({ name }) => name)).toEqual(["a", "c"]);
});

test("nobody is sent away while an answer is due: the next one waits for it", () => {
	const { puppets, say } = stage(1);
	say("a");
	puppets[0]?.enter();
	say("b");
	expect(puppets[0]?.phase).toBe("present");
	puppets[0]?.answer(ack);
	expect(puppets[0]?.phase).toBe("leaving");
	puppets[0]?.end(left);
	expect(puppets[1]?.name).toBe("b");
});

test("whoever comes back is the same guest as before", () => {
	const { puppets, say } = stage(1);
	for (const name of ["a", "b", "a"]) {
		say(name);
		puppets.findLast((puppet) => puppet.phase === "present" || puppet.phase === "leaving")?.end(left);
		puppets.at(-1)?.enter();
		puppets.at(-1)?.answer(ack);
	}
	expect(puppets.map(({ name, token }) => [name, token])).toEqual([
		["a", undefined],
		["b", undefined],
		["a", "token of a"],
	]);
});

test("a line that could not go out is skipped with the reason, one that did is unanswered", () => {
	const { puppets, say, tally } = stage(5);
	say("a");
	puppets[0]?.end({ how: "refused", code: "guests_not_allowed" });
	say("b");
	puppets[1]?.end({ how: "unreachable" });
	say("c");
	puppets[2]?.enter();
	puppets[2]?.end();
	expect([...tally.skipped]).toEqual([
		["refused: guests_not_allowed", 1],
		["not connected", 1],
	]);
	expect(tally.account(3)).toEqual({ played: 1, skipped: 2, total: 3, balanced: true });
	expect(tally.unanswered).toBe(1);
});

test("a line too large for a frame is not sent, for it would cost its sender the connection", () => {
	const { puppets, say, tally } = stage(5);
	say("a", "文".repeat(22_000));
	expect(puppets).toHaveLength(0);
	expect(tally.skipped.get("larger than a frame")).toBe(1);
});

test("hushed, what waits is skipped, and what went out may still be answered", async () => {
	const { cast, puppets, say, tally } = stage(1);
	say("a");
	puppets[0]?.enter();
	say("b");
	cast.hush("not reached");
	const settled = cast.settled(new AbortController().signal);
	puppets[0]?.answer(ack);
	await settled;
	expect(tally.acknowledged).toBe(1);
	expect(tally.skipped.get("not reached")).toBe(1);
});

test("whatever happens to connections, every line ends in one place and the bound holds", () => {
	const person = fc.constantFrom("a", "b", "c", "d", "e");
	const step = fc.oneof(
		{ weight: 4, arbitrary: fc.record({ do: fc.constant("say" as const), person }) },
		{ weight: 3, arbitrary: fc.record({ do: fc.constant("enter" as const), which: fc.nat() }) },
		{ weight: 3, arbitrary: fc.record({ do: fc.constant("ack" as const), which: fc.nat() }) },
		{ weight: 1, arbitrary: fc.record({ do: fc.constant("reject" as const), which: fc.nat() }) },
		{ weight: 2, arbitrary: fc.record({ do: fc.constant("lose" as const), which: fc.nat() }) },
		{ weight: 2, arbitrary: fc.record({ do: fc.constant("closed" as const), which: fc.nat() }) },
	);
	fc.assert(
		fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 1, max: 4 }), (steps, clientsMax) => {
			const { cast, tally, puppets, say, alive } = stage(clientsMax);
			let lines = 0;
			const pick = (which: number, phase: Puppet["phase"]) => {
				const candidates = puppets.filter((puppet) => puppet.phase === phase);
				return candidates[which % Math.max(1, candidates.length)];
			};
			for (const step of steps) {
				if (step.do === "say") {
					lines++;
					say(step.person);
				} else if (step.do === "enter") pick(step.which, "entering")?.enter();
				else if (step.do === "ack") pick(step.which, "present")?.answer(ack);
				else if (step.do === "reject") pick(step.which, "present")?.answer({ kind: "reject", code: "rate_limited" });
				else if (step.do === "closed") pick(step.which, "leaving")?.end(left);
				else (pick(step.which, "present") ?? pick(step.which, "entering"))?.end();
				expect(alive().length).toBeLessThanOrEqual(clientsMax);
				const names = alive().map(({ name }) => name);
				expect(new Set(names).size).toBe(names.length);
			}
			// Where connections do come about and answers do come, nobody is left waiting.
			for (let round = 0; round < 1_000 && (alive().some((puppet) => puppet.phase !== "present") || tally.open > 0); round++) {
				const [puppet] = alive().filter(({ phase }) => phase !== "present");
				if (puppet?.phase === "entering") puppet.enter();
				else if (puppet?.phase === "leaving") puppet.end(left);
				else
					alive()
						.find(({ waiting }) => waiting.length > 0)
						?.answer(ack);
			}
			expect(tally.account(lines).balanced).toBe(true);
			void cast.leave(AbortSignal.abort());
			expect(tally.account(lines)).toMatchObject({ balanced: true });
		}),
	);
});
