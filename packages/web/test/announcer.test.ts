import { describe, expect, test } from "bun:test";
import type { Role } from "@hubbub/protocol/fields.ts";
import { Announcer, announceEveryMs } from "@hubbub/room-model/announcer.ts";
import { type MessageRow, messageRow } from "@hubbub/room-model/rows.ts";
import { FakeClock } from "../../room-model/test/fake-clock.ts";
import { announcementWords } from "../src/room/announcement-words.ts";
import { en, type Words } from "../src/words/en.ts";
import { ja } from "../src/words/ja.ts";
import { zhCN } from "../src/words/zh-cn.ts";
import { zhTW } from "../src/words/zh-tw.ts";

let count = 0;

function row(
	text: string,
	more: { name?: string; roles?: Role[]; stance?: MessageRow["stance"]; fate?: MessageRow["fate"] } = {},
): MessageRow {
	const offset = ++count;
	const from = { id: "u-a", name: more.name ?? "Ann", roles: more.roles ?? ["guest"] };
	const shown = messageRow({ kind: "message", id: `m${offset}`, offset, at: 0, from, text }, more.stance ?? "other");
	return { ...shown, fate: more.fate ?? "shown" };
}

/** What is told, when, in seconds of a clock that stands still otherwise. */
function listen(words: Words = en) {
	const clock = new FakeClock();
	const told: string[] = [];
	const announcer = new Announcer(clock, (announcement) =>
		told.push(`${clock.monotonic() / 1_000} s ${announcementWords(announcement, words)}`),
	);
	return { clock, told, announcer };
}

describe("in a quiet room", () => {
	test("each message is read once, the moment it comes, also where its words were said before", () => {
		const { clock, told, announcer } = listen();
		for (const text of ["hello", "hello", "how are you?", "hello"]) {
			announcer.heard([row(text)]);
			clock.pass(6_000);
		}
		clock.pass(60_000);
		expect(told).toEqual(["0 s Ann: hello", "6 s Ann: hello", "12 s Ann: how are you?", "18 s Ann: hello"]);
	});

	test("a few that come quickly are read word by word, in order, in one announcement five seconds after the last", () => {
		const { clock, told, announcer } = listen();
		announcer.heard([row("one")]);
		clock.pass(1_000);
		announcer.heard([row("two", { name: "Bob" })]);
		clock.pass(1_000);
		announcer.heard([row("three"), row("four\nwith a\nsecond line")]);
		clock.pass(20_000);
		expect(told).toEqual(["0 s Ann: one", "5 s Bob: two Ann: three Ann: four with a second line"]);
	});

	test("nothing is said while nothing happens, and no timer runs", () => {
		const { clock, told, announcer } = listen();
		announcer.heard([]);
		announcer.removed("nobody");
		expect(clock.waiting).toBe(0);
		announcer.heard([row("one")]);
		clock.pass(60_000);
		expect([told.length, clock.waiting]).toEqual([1, 0]);
	});
});

describe("in a busy room", () => {
	test("there is at most one announcement in five seconds, a digest that counts everything and quotes the hosts and what was said to the reader", () => {
		const { clock, told, announcer } = listen();
		for (let tick = 0; tick < 400; tick++) {
			announcer.heard([
				tick === 40
					? row("Welcome!", { name: "Kim", roles: ["host"] })
					: tick === 60
						? row("@me are you here?", { stance: "to-me" })
						: row("666"),
			]);
			clock.pass(50);
		}
		clock.pass(60_000);
		expect(told).toEqual([
			"0 s Ann: 666",
			"5 s 99 new messages, 1 to you; Kim (Host): Welcome!; Ann: @me are you here?",
			"10 s 100 new messages",
			"15 s 100 new messages",
			"20 s 100 new messages",
		]);
	});

	test("a host who is alone in writing is bound to the same rhythm, and every word is told", () => {
		const { clock, told, announcer } = listen();
		for (let at = 1; at <= 6; at++) {
			announcer.heard([row(`news ${at}`, { name: "Kim", roles: ["owner"] })]);
			clock.pass(500);
		}
		clock.pass(60_000);
		expect(told).toEqual([
			"0 s Kim (Owner): news 1",
			`5 s 5 new messages; ${[2, 3, 4, 5, 6].map((at) => `Kim (Owner): news ${at}`).join("; ")}`,
		]);
	});

	test("what the reader said themselves is told at once, after all that came before it", () => {
		const { clock, told, announcer } = listen();
		announcer.heard([row("one")]);
		clock.pass(100);
		for (let at = 0; at < 9; at++) announcer.heard([row("666")]);
		announcer.heard([row("Hello all", { stance: "mine" })]);
		clock.pass(1_000);
		announcer.heard([row("And again", { stance: "mine", fate: "held" })]);
		announcer.heard([row("two")]);
		clock.pass(announceEveryMs);
		expect(told).toEqual(["0 s Ann: one", "0.1 s 9 new messages; You: Hello all", `1.1 s You: And again ${en.held}`, "6.1 s Ann: two"]);
	});

	test("people whom the server counted instead of showing them are counted, and what waits is bounded", () => {
		const { clock, told, announcer } = listen();
		announcer.heard([row("one")]);
		clock.pass(0);
		announcer.heardAgain(30);
		announcer.heard([row("Listen", { name: "Kim", roles: ["moderator"] })]);
		announcer.heard(Array.from({ length: 20_000 }, () => row("666")));
		clock.pass(announceEveryMs);
		expect(told[1]).toBe("5 s 20031 new messages; Kim (Moderator): Listen");
	});
});

describe("whatever the room is like", () => {
	test("a message that was taken back before it was told is not told, nor counted", () => {
		const { clock, told, announcer } = listen();
		announcer.heard([row("one")]);
		clock.pass(100);
		const [slip, rest] = [row("a slip"), row("two")];
		announcer.heard([slip, rest]);
		announcer.removed(slip.id as string);
		clock.pass(announceEveryMs);
		const alone = row("another slip");
		announcer.heard([alone]);
		announcer.removed(alone.id as string);
		clock.pass(60_000);
		expect(told).toEqual(["0 s Ann: one", "5 s Ann: two"]);
	});

	test("a change of the room is told among the messages", () => {
		const { clock, told, announcer } = listen();
		announcer.heard([row("one")]);
		clock.pass(1_000);
		announcer.heard([row("two")]);
		announcer.noticed({ type: "settings", settings: { slowModeSeconds: 10 } });
		clock.pass(60_000);
		expect(told).toEqual(["0 s Ann: one", `5 s Ann: two ${en.slowModeOn(10)}`]);
	});

	test("every language has its words, and a long quotation is cut in a digest alone", () => {
		const long = "字".repeat(400);
		for (const words of [en, zhCN, zhTW, ja]) {
			const { clock, told, announcer } = listen(words);
			announcer.heard([row(long, { roles: ["host"] })]);
			clock.pass(0);
			announcer.heard([row("a"), row("b"), row("c"), row(long, { roles: ["host"] })]);
			clock.pass(announceEveryMs);
			expect(told[0]).toContain(long);
			expect(told[1]).toContain(`${"字".repeat(160)}…`);
			expect(told[1]).not.toContain("字".repeat(161));
			expect(told[1]).toContain(words.roles.host);
			expect(told[1]).toContain("4");
		}
	});
});
