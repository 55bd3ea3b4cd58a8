import { afterEach, expect, test } from "bun:test";
import { answerMsMax, type Departure, enterMsMax, fitsFrame, openPerson, type Person } from "./person.ts";
import type { Line } from "./recordings/line.ts";
import { type Script, type ScriptedServer, startScriptedServer } from "./scripted-server.ts";
import type { Outcome } from "./tally.ts";

let server: ScriptedServer | undefined;
afterEach(async () => {
	await server?.stop();
});

/** A person on a real socket under a clock that only the test moves, and all that happened to them, in order. */
function meet(script: Script) {
	server = startScriptedServer(script);
	const clock = { ms: 0 };
	const outcomes: Outcome[] = [];
	let departure: Departure | undefined;
	let unsent: readonly Line[] = [];
	let wake = () => {};
	const changed = () => wake();
	const person: Person = openPerson({
		url: `${server.url}/ws`,
		room: "lobby",
		name: "小明",
		now: () => clock.ms,
		events: {
			onPresent: changed,
			onSent: changed,
			onRead: changed,
			onOutcome: (outcome) => {
				outcomes.push(outcome);
				changed();
			},
			onGone: (how, rest) => {
				departure = how;
				unsent = rest;
				changed();
			},
		},
	});
	return {
		clock,
		person,
		outcomes,
		server,
		get departure() {
			return departure;
		},
		get unsent() {
			return unsent;
		},
		/** Waits until something that the server must have done shows. */
		async until(condition: () => boolean) {
			while (!condition()) {
				await new Promise<void>((resolve) => {
					wake = resolve;
					setTimeout(resolve, 5);
				});
			}
		},
	};
}

const line: Line = { at: 0, person: "小明", text: "你好" };

test("what is said before the person is in the room goes out once they are, in order", async () => {
	const meeting = meet({});
	meeting.person.say(line);
	meeting.person.say({ ...line, text: "again" });
	expect(meeting.person.busy).toBe(2);
	await meeting.until(() => meeting.outcomes.length === 2);
	expect(meeting.server.said.map(({ text }) => text)).toEqual(["你好", "again"]);
	expect(meeting.person.busy).toBe(0);
});

test("a quiet person says ping well before the heartbeat is over, and a talking one does not", async () => {
	const meeting = meet({});
	meeting.person.say(line);
	await meeting.until(() => meeting.outcomes.length === 1);
	meeting.clock.ms = 10_000;
	meeting.person.tend();
	meeting.clock.ms = 20_000;
	meeting.person.tend();
	meeting.person.tend();
	await meeting.until(() => meeting.server.pings > 0);
	meeting.person.say(line);
	await meeting.until(() => meeting.outcomes.length === 2);
	expect(meeting.server.pings).toBe(1);
});

test("an answer that does not come in time is given up, once", async () => {
	const meeting = meet({ reply: () => "silence" });
	meeting.person.say(line);
	await meeting.until(() => meeting.server.said.length === 1);
	meeting.clock.ms = answerMsMax - 1;
	meeting.person.tend();
	expect(meeting.outcomes).toEqual([]);
	meeting.clock.ms = answerMsMax;
	meeting.person.tend();
	meeting.person.leave();
	expect(meeting.outcomes).toEqual([{ kind: "unanswered" }]);
});

test("a server that never lets anybody in is given up, and what was to be said is handed back", async () => {
	const meeting = meet({ entrance: "silence" });
	meeting.person.say(line);
	await meeting.until(() => meeting.server.hellos.length === 1);
	meeting.clock.ms = enterMsMax;
	meeting.person.tend();
	expect(meeting.departure).toMatchObject({ how: "unreachable", final: false });
	expect(meeting.departure?.words).toContain("it let nobody in within 10 s");
	expect(meeting.unsent).toEqual([line]);
});

test("a connection that is lost books what was under way as unanswered, and says how it ended", async () => {
	const meeting = meet({ reply: () => "hang up" });
	meeting.person.say(line);
	await meeting.until(() => meeting.departure !== undefined);
	expect(meeting.outcomes).toEqual([{ kind: "unanswered" }]);
	expect(meeting.departure).toMatchObject({ how: "lost", words: "The connection ended with 1011 (as the script says)." });
});

test("a refusal that passes with time is told from one that does not", async () => {
	for (const [code, final] of [
		["overloaded", false],
		["unauthorized", true],
		["guests_not_allowed", true],
	] as const) {
		const meeting = meet({ entrance: { reject: code } });
		await meeting.until(() => meeting.departure !== undefined);
		expect(meeting.departure).toMatchObject({ how: "refused", code, final });
		await meeting.server.stop();
	}
});

test("what does not fit a frame once it is JSON is found out before it is sent", () => {
	expect(fitsFrame({ ...line, text: "x".repeat(60_000) })).toBe(true);
	expect(fitsFrame({ ...line, text: "文".repeat(22_000) })).toBe(false);
	expect(fitsFrame({ ...line, text: "\u0001".repeat(11_000) })).toBe(false);
});
