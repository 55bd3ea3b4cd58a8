import { expect, test } from "bun:test";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { adminKey } from "./start-server.ts";
import { type Ground, onEveryWay, tokenOf, ways } from "./ways/house.ts";

/** Says many things as the operator, whom no pace holds, one after another. */
async function sayMany({ request, room }: Ground, count: number, from = 1): Promise<string[]> {
	const texts = Array.from({ length: count }, (_, index) => `message ${from + index}`);
	for (let start = 0; start < count; start += 25)
		await Promise.all(
			texts.slice(start, start + 25).map((text) => {
				const init = { method: "POST", headers: { authorization: `Bearer ${adminKey}` }, body: JSON.stringify({ text, key: text }) };
				return request(`/rooms/${room}/messages`, init);
			}),
		);
	return texts;
}

const rising = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

onEveryWay(
	{ HUBBUB_DELIVERY_BUDGET: "0", HUBBUB_RATE_LIMIT: "off" },
	{
		"[LOG-1] [DOWN-3] what many say at once has positions without holes, the same for every reader and in the acks": async ({ enter }) => {
			const visitors = [await enter(), await enter(), await enter()];
			const answers = await Promise.all(visitors.flatMap((visitor, who) => rising(10).map((count) => visitor.say(`${who} ${count}`))));
			for (const visitor of visitors) {
				await visitor.until(() => visitor.told.events.length >= 30);
				expect(visitor.told.events.map(({ offset }) => offset)).toEqual(rising(30));
				expect(visitor.told.omitted + visitor.told.gaps + visitor.told.restarts).toBe(0);
			}
			const [first, ...others] = visitors;
			for (const other of others) expect(other.told.events).toEqual(first?.told.events ?? []);
			const acked = answers.flatMap((answer) => (answer.ok && answer.event ? [answer.event] : []));
			expect(acked.toSorted((one, other) => one.offset - other.offset)).toEqual(first?.told.events ?? []);
		},

		"[LOG-2] settings and deletions stand in the log among the messages": async ({ enter, room, archive }) => {
			const host = await enter({ token: await tokenOf({ sub: "host", roles: { [room]: ["host"] } }) });
			const guest = await enter();
			const said = await guest.say("for a moment");
			await host.command({ type: "settings", settings: { title: "Maths", slowModeSeconds: 7 } });
			await host.command({ type: "delete", id: said.ok ? said.id : "" });
			await guest.until(() => guest.told.events.length === 3);
			expect(guest.told.events).toMatchObject([
				{ offset: 1, kind: "message" },
				{ offset: 2, kind: "settings", settings: { title: "Maths", slowModeSeconds: 7 } },
				{ offset: 3, kind: "delete" },
			]);
			expect((await archive()).map(({ kind }) => kind)).toEqual(["message", "settings", "delete"]);
			const later = await enter();
			expect(later.told.start?.state?.settings).toMatchObject({ title: "Maths", slowModeSeconds: 7 });
		},

		"[LOG-5] who comes without a cursor begins with the latest 50 events": async (ground) => {
			const texts = await sayMany(ground, 60);
			const { told } = await ground.enter();
			expect(told.start?.recovered).toBe(false);
			expect(told.start?.state?.settings.title).toBe(ground.room);
			expect(told.start?.events.map(({ offset }) => offset)).toEqual(rising(50, 11));
			expect(told.texts().toSorted()).toEqual(
				told
					.texts()
					.filter((text) => texts.includes(text))
					.toSorted(),
			);
		},

		"[LOG-5] a cursor of another epoch, another room or another planet begins anew, and goes on from there": async (ground) => {
			await sayMany(ground, 3);
			const elsewhere = await ground.enter({ room: `${ground.room}-too` });
			const own = (await ground.enter()).told.cursor;
			const [epoch, offset] = own.split(".") as [string, string];
			const beyond = `${epoch}.zzz`;
			const strange = [
				elsewhere.told.cursor,
				`zzzzzzzzzzzz.${offset}`,
				beyond,
				"",
				"💥",
				"../../etc/passwd",
				`${epoch}.-1`,
				"null",
				"x".repeat(120),
			];
			for (const after of strange) {
				const visitor = await ground.enter({ after });
				expect(visitor.told.start).toMatchObject({ recovered: false, state: { settings: { title: ground.room } } });
				expect(visitor.told.cursor).toBe(own);
				expect(visitor.told.texts()).toHaveLength(3);
				await visitor.leave();
			}
			const visitor = await ground.enter({ after: beyond });
			await sayMany(ground, 1, 4);
			await visitor.until(() => visitor.told.texts().includes("message 4"));
			expect(visitor.told.restarts).toBe(0);
			expect(visitor.told.events.map(({ offset: position }) => position)).toEqual([1, 2, 3, 4]);
		},

		"[LOG-6] who comes back by whatever way, with the cursor of this one, has missed nothing and reads nothing twice": async (ground) => {
			await sayMany(ground, 5);
			let visitor = await ground.enter();
			await sayMany(ground, 5, 6);
			await visitor.until(() => visitor.told.events.length === 10);
			const seen = [...visitor.told.events];
			let { cursor } = visitor.told;
			for (const [index, way] of [...ways, ground.way].entries()) {
				await visitor.leave();
				await sayMany(ground, 4, 11 + index * 4);
				visitor = await ground.enter({ after: cursor }, way);
				await visitor.until(() => visitor.told.events.length === 4);
				expect(visitor.told.start?.recovered).toBe(true);
				seen.push(...visitor.told.events);
				({ cursor } = visitor.told);
			}
			expect(seen.map(({ offset }) => offset)).toEqual(rising(30));
		},

		"[LOG-6] who missed more than one page has it page by page, in order, and what is said meanwhile behind it": async (ground) => {
			await sayMany(ground, 1);
			const before = await ground.enter();
			const { cursor } = before.told;
			await before.leave();
			await sayMany(ground, 1_200, 2);
			const visitor = await ground.enter({ after: cursor });
			await sayMany(ground, 3, 1_202);
			await visitor.until(() => visitor.told.events.length >= 1_203);
			expect(visitor.told.start?.recovered).toBe(true);
			const isConnection = ground.way.name === "websocket" || ground.way.name === "event-stream";
			if (isConnection) expect(visitor.told.start?.events.length).toBeLessThanOrEqual(limits.recoveryOnJoin);
			expect(visitor.told.events.map(({ offset }) => offset)).toEqual(rising(1_203, 2));
			expect(visitor.told.restarts + visitor.told.gaps + visitor.told.omitted).toBe(0);
		},

		"[DOWN-4] the cursor of an ack does not move what has been read": async (ground) => {
			const reader = await ground.enter();
			const { cursor } = reader.told;
			await reader.leave();
			const speaker = await ground.enter();
			await sayMany(ground, 3);
			const acked = await speaker.say("mine");
			const back = await ground.enter({ after: cursor });
			await back.until(() => back.told.events.length === 4);
			expect(back.told.events.map(({ offset }) => offset)).toEqual([1, 2, 3, 4]);
			expect(acked).toMatchObject({ cursor: back.told.cursor });
		},

		"[LOG-8] the archive is read backwards to the first event, from any cursor a reader was given": async (ground) => {
			await sayMany(ground, 120);
			const visitor = await ground.enter();
			await sayMany(ground, 30, 121);
			expect((await ground.archive()).map(({ offset }) => offset)).toEqual(rising(150));
			const answer = await ground.request(`/rooms/${ground.room}/messages?limit=10&before=${visitor.told.start?.cursor}`);
			const page = (await answer.json()) as { events: { offset: number }[]; before: string };
			expect(page.events.map(({ offset }) => offset)).toEqual(rising(10, 110));
		},

		"[FAN-3] likes are told as the sum of all, and stand in no log": async ({ enter, archive }) => {
			const [ming, hong] = [await enter(), await enter()];
			await ming.like(7);
			await hong.like(5);
			// A poll is answered when something is said; the sum comes with it.
			await hong.say("applause");
			await hong.until(() => hong.told.texts().includes("applause"));
			const late = await enter();
			await late.until(() => (late.told.start?.state?.likes ?? 0) === 12 || late.told.ambient.likes === 12);
			expect((await archive()).map(({ kind }) => kind)).toEqual(["message"]);
		},

		"[FAN-7] above its budget a room counts what it leaves out, tells the sender, and keeps all in the archive": async ({
			enter,
			configure,
			archive,
		}) => {
			await configure({ deliveryBudget: 5 });
			const reader = await enter();
			const speakers = await Promise.all(rising(10).map(() => enter()));
			const answers = await Promise.all(
				speakers.flatMap((speaker, who) => rising(6).map((count) => speaker.say(`speaker ${who} says ${count}`))),
			);
			expect(answers.every(({ ok }) => ok)).toBe(true);
			const fates = answers.map((answer) => answer.ok && answer.fate);
			const sampled = fates.filter((fate) => fate === "sampled").length;
			expect(sampled).toBeGreaterThan(0);
			expect(fates.filter((fate) => fate === "shown").length).toBe(60 - sampled);
			await reader.until(() => reader.told.messages().length + reader.told.omitted >= 60);
			expect(reader.told.omitted).toBe(sampled);
			expect(reader.told.messages()).toHaveLength(60 - sampled);
			expect(await archive()).toHaveLength(61);
		},

		"[FAN-7] what says the same as another is counted with it": async ({ enter, configure }) => {
			await configure({ deliveryBudget: 2 });
			const reader = await enter();
			const speakers = await Promise.all(rising(8).map(() => enter()));
			// Where it takes so long to say it that all of it fits the budget, it is said again.
			for (let said = 8; reader.told.repeats === 0; said += 8) {
				await Promise.all(speakers.map((speaker) => speaker.say("666")));
				await reader.until(() => reader.told.messages().length + reader.told.repeats + reader.told.omitted >= said);
			}
		},
	},
	test,
);
