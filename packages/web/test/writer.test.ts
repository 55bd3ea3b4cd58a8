import { describe, expect, test } from "bun:test";
import type { User } from "@hubbub/protocol/fields.ts";
import type { RoomSettings } from "@hubbub/protocol/kinds/settings.ts";
import { Pacing } from "@hubbub/room-model/pacing.ts";
import type { TabMemory } from "@hubbub/room-model/tab-memory.ts";
import { Unsent } from "@hubbub/room-model/unsent.ts";
import type { SayOptions, SayResult } from "@hubbub/room-model/visit.ts";
import { Writer, type WriterVisit } from "@hubbub/room-model/writer.ts";
import { writingOf } from "@hubbub/room-model/writing.ts";
import { FakeClock } from "../../room-model/test/fake-clock.ts";
import { noteOf } from "../src/room/writing.ts";
import { en } from "../src/words/en.ts";

const guest: User = { id: "g", name: "Marigold", roles: ["guest"] };
const vip: User = { id: "v", name: "Vesper", roles: ["vip"] };
const host: User = { id: "h", name: "Hedda", roles: ["host"] };
const open: RoomSettings = {
	title: "",
	streamUrl: "",
	slowModeSeconds: 0,
	write: "everyone",
	guests: true,
	textGraphemesMax: 500,
	deliveryBudget: 100,
};
const live = { phase: "live", transport: "websocket" } as const;

class Memory extends Map<string, string> implements TabMemory {
	recall(key: string): string | null {
		return this.get(key) ?? null;
	}
	remember(key: string, value: string | null): void {
		if (value === null) this.delete(key);
		else this.set(key, value);
	}
}

/** A room played by hand: what is said waits for `answer()`. */
class Stage {
	readonly clock = new FakeClock();
	readonly memory: Memory;
	readonly said: { text: string; options: SayOptions; answer: (result: SayResult) => Promise<void> }[] = [];
	readonly visit: { -readonly [Key in keyof WriterVisit]: WriterVisit[Key] };
	readonly shown: (string | null)[] = [];
	writer: Writer;

	constructor(user: User = guest, settings: Partial<RoomSettings> = {}, memory = new Memory()) {
		this.memory = memory;
		this.visit = {
			roomId: "lobby",
			place: { phase: "open" },
			connection: live,
			settings: { ...open, ...settings },
			user,
			clockSkewMs: 0,
			lastSaidAt: null,
			say: (text, options) => {
				const { promise, resolve } = Promise.withResolvers<SayResult>();
				this.said.push({
					text,
					options,
					answer: async (result) => {
						if (result.outcome === "accepted") this.visit.lastSaidAt = this.clock.wall();
						resolve(result);
						await promise;
						await Promise.resolve();
					},
				});
				return promise;
			},
		};
		this.writer = this.open();
	}

	/** Another page of the same tab. */
	open(): Writer {
		const unsent = new Unsent("lobby", this.memory, this.clock, () => `key-${Math.random()}`);
		const writer = new Writer(this.visit, unsent, this.memory, this.clock, {
			changed: () => this.shown.push(this.note),
			left: () => {},
		});
		this.writer = writer;
		writer.look();
		return writer;
	}

	get note(): string | null {
		const note = noteOf(this.writer.circumstances, en);
		return note && `${note.sentence}${note.secondsLeft > 0 ? ` ${note.secondsLeft}` : ""}`;
	}

	async say(text: string, result: SayResult = { outcome: "accepted" }): Promise<void> {
		this.writer.write(text);
		expect(this.writer.send(null)).toBe(true);
		await this.said.at(-1)?.answer(result);
	}
}

function refused(code: string, retryAfterMs: number | null = null): SayResult {
	return { outcome: "refused", code, message: "", retryAfterMs };
}

describe("slow mode", () => {
	test("is said before anybody writes, counts down after a message, and holds a VIP as the server does", async () => {
		for (const user of [guest, vip]) {
			const stage = new Stage(user, { slowModeSeconds: 3 });
			expect(stage.note).toBe("Slow mode: one message every 3 s");
			await stage.say("one");
			expect(stage.note).toBe("Slow mode: one message every 3 s 3");
			stage.writer.write("two");
			expect(stage.writer.send(null)).toBe(false);
			stage.shown.length = 0;
			stage.clock.pass(10_000);
			expect(stage.shown).toEqual([2, 1, ""].map((left) => `Slow mode: one message every 3 s ${left}`.trim()));
			expect(stage.clock.waiting).toBe(0);
			expect(stage.writer.isFreeAgain).toBe(true);
			expect(stage.writer.send(null)).toBe(true);
		}
	});

	test("[RATE-4] does not hold who runs the room", async () => {
		const stage = new Stage(host, { slowModeSeconds: 30 });
		await stage.say("one");
		expect(stage.note).toBeNull();
		stage.writer.write("two");
		expect(stage.writer.maySend).toBe(true);
	});

	test("switched on counts from the last message; made shorter or ended, it holds nobody longer than it says", async () => {
		const stage = new Stage();
		await stage.say("one");
		stage.clock.pass(2_000);
		stage.visit.settings = { ...open, slowModeSeconds: 30 };
		stage.writer.look();
		expect(stage.note).toBe("Slow mode: one message every 30 s 28");
		stage.visit.settings = { ...open, slowModeSeconds: 5 };
		stage.writer.look();
		expect(stage.note).toBe("Slow mode: one message every 5 s 3");
		stage.visit.settings = open;
		stage.writer.look();
		expect(stage.note).toBeNull();
		expect(stage.writer.leftMs).toBe(0);
		expect(stage.clock.waiting).toBe(0);
	});

	test("is over for who comes to run the room meanwhile", async () => {
		const stage = new Stage(vip, { slowModeSeconds: 30 });
		await stage.say("one", refused("slow_mode", 20_000));
		expect(stage.writer.wait?.endsAtMs).toBe(20_000);
		stage.visit.user = { ...vip, roles: ["moderator"] };
		stage.writer.look();
		expect([stage.writer.wait, stage.note]).toEqual([null, null]);
	});

	test("is known again after a reload, also where the last message is further back than what is shown, but not for somebody else", async () => {
		const stage = new Stage(guest, { slowModeSeconds: 60 });
		await stage.say("one");
		stage.writer.end();
		stage.clock.pass(20_000);
		stage.visit.lastSaidAt = null;
		stage.open();
		expect(stage.note).toBe("Slow mode: one message every 60 s 40");
		stage.visit.user = vip;
		stage.writer.look();
		expect(stage.note).toBe("Slow mode: one message every 60 s");
	});
});

describe("a rate limit", () => {
	test("that the server told of counts down, and its notice goes when one may write again", async () => {
		const stage = new Stage();
		await stage.say("too quick", refused("rate_limited", 2_500));
		expect(stage.writer.text).toBe("too quick");
		expect(stage.note).toBe("A little too fast. 3");
		stage.shown.length = 0;
		stage.clock.pass(5_000);
		expect(stage.shown).toEqual(["A little too fast. 2", "A little too fast. 1", null]);
		expect(stage.clock.waiting).toBe(0);
		expect(stage.writer.maySend).toBe(true);
	});

	test("told without a time is waited out for a second, and never without a word", async () => {
		const stage = new Stage();
		await stage.say("too quick", refused("rate_limited"));
		expect(stage.note).toBe("A little too fast. 1");
		stage.clock.pass(1_000);
		expect(stage.note).toBeNull();
	});

	test("a longer wait is not made shorter by a shorter one", () => {
		const pace = new Pacing();
		pace.know(open, guest, 0);
		pace.told("rate_limited", 5_000, 0);
		pace.told("rate_limited", 1_000, 0);
		expect(pace.wait(0)?.endsAtMs).toBe(5_000);
		pace.told("unavailable", 9_000, 0);
		expect(pace.wait(0)).toEqual({ code: "unavailable", endsAtMs: 9_000, totalMs: 9_000 });
	});
});

describe("a refused text", () => {
	test("is in the box again with the reason, which stays until it is acted upon, also when its wait is over", async () => {
		const stage = new Stage();
		await stage.say("not kept", refused("unavailable", 1_000));
		expect(stage.writer.text).toBe("not kept");
		expect(stage.note).toBe(`${en.refusals.unavailable} 1`);
		stage.clock.pass(1_000);
		expect(stage.note).toBe(en.refusals.unavailable);
		stage.writer.write("not kept!");
		expect(stage.note).toBeNull();
	});

	test("comes back whatever was typed meanwhile", async () => {
		const stage = new Stage();
		stage.writer.write("first");
		stage.writer.send(null);
		stage.writer.write("second");
		await stage.said[0]?.answer(refused("internal"));
		expect(stage.writer.text).toBe("first\nsecond");
	});

	test("what was on its way when the page went is sent again under its key, once the reader is in the room", async () => {
		const stage = new Stage();
		stage.writer.write("into the dark");
		stage.writer.send(null);
		stage.visit.place = { phase: "entering" };
		stage.open();
		expect(stage.said).toHaveLength(1);
		stage.visit.place = { phase: "open" };
		stage.writer.look();
		stage.writer.look();
		expect(stage.said).toHaveLength(2);
		expect(stage.said[1]?.options.key).toBe(stage.said[0]?.options.key as string);
		await stage.said[1]?.answer({ outcome: "accepted" });
		expect(stage.open().text).toBe("");
		expect(stage.said).toHaveLength(2);
	});
});

describe("who may write", () => {
	const room = { phase: "open" } as const;
	const member: User = { id: "m", name: "m", roles: ["member"] };

	test("is said in words before anybody tries", () => {
		expect(writingOf(room, { write: "everyone", guests: true }, guest).phase).toBe("open");
		expect(writingOf(room, { write: "everyone", guests: false }, guest)).toEqual({ phase: "shut", reason: "members-only" });
		expect(writingOf(room, { write: "members", guests: true }, guest)).toEqual({ phase: "shut", reason: "members-only" });
		expect(writingOf(room, { write: "members", guests: true }, member).phase).toBe("open");
		expect(writingOf(room, { write: "staff", guests: true }, vip)).toEqual({ phase: "shut", reason: "read-only" });
		expect(writingOf(room, { write: "staff", guests: true }, host).phase).toBe("open");
		expect(writingOf(room, null, null).phase).toBe("open");
		expect(writingOf({ phase: "closed", reason: "unauthorized" }, open, host)).toEqual({ phase: "shut", reason: "unauthorized" });
	});

	test("what was written stays wherever the room goes, and is sent by nobody meanwhile", () => {
		const stage = new Stage();
		stage.writer.write("half a thought");
		for (const [change, note] of [
			[{ settings: { ...open, write: "staff" } }, `${en.shut["read-only"]} ${en.textIsKept}`],
			[{ settings: { ...open, write: "members" } }, `${en.shut["members-only"]} ${en.textIsKept}`],
			[{ place: { phase: "closed", reason: "unauthorized" } }, `${en.shut.unauthorized} ${en.textIsKept}`],
			[{ place: { phase: "closed", reason: "banned" } }, `${en.shut.banned} ${en.textIsKept}`],
			[{ settings: open, place: { phase: "open" } }, null],
		] as const) {
			Object.assign(stage.visit, change);
			stage.writer.look();
			expect(stage.note).toBe(note);
			expect(stage.writer.maySend).toBe(note === null);
			expect(stage.writer.text).toBe("half a thought");
		}
	});
});

describe("the one sentence at the box", () => {
	const fine = {
		writing: { phase: "open" },
		connection: "live",
		hasText: true,
		over: 0,
		refusal: null,
		wait: null,
		slowModeSeconds: 0,
	} as const;

	test("says what matters most", () => {
		expect(noteOf(fine, en)).toBeNull();
		const troubled = {
			...fine,
			writing: { phase: "shut", reason: "read-only" },
			over: 3,
			refusal: "internal",
			wait: { code: "rate_limited", secondsLeft: 4 },
			connection: "offline",
			slowModeSeconds: 30,
		} as const;
		const said = (change: Partial<Parameters<typeof noteOf>[0]>) => noteOf({ ...troubled, ...change }, en)?.sentence;
		expect(said({})).toContain(en.shut["read-only"]);
		expect(said({ writing: fine.writing })).toBe("3 characters too many for this room.");
		expect(said({ writing: fine.writing, over: 0 })).toBe(en.refusals.internal);
		expect(said({ writing: fine.writing, over: 0, refusal: null })).toBe(en.refusals.rate_limited);
		expect(said({ writing: fine.writing, over: 0, refusal: null, wait: null })).toBe(en.sentOnceBack);
		expect(said({ writing: fine.writing, over: 0, refusal: null, wait: null, connection: "live" })).toBe(en.slowModeOn(30));
	});

	test("a text that is too long is not cut, and says by how much; what the server cleans away at its ends does not count", () => {
		const stage = new Stage(guest, { textGraphemesMax: 5 });
		stage.writer.write("  👨‍👩‍👧‍👦👨‍👩‍👧‍👦345 \n");
		expect([stage.writer.length, stage.writer.maySend]).toEqual([5, true]);
		stage.writer.write("123456");
		expect([stage.note, stage.writer.maySend]).toEqual(["1 character too many for this room.", false]);
		stage.writer.write("x".repeat(1_000_000));
		expect(stage.writer.text).toHaveLength(1_000_000);
		expect(stage.writer.maySend).toBe(false);
	});
});
