import { describe, expect, test } from "bun:test";
import { makeRooms, person, say } from "../../test/live-room.ts";
import type { StaffEvent } from "../room/staff-event.ts";
import type { Outcome } from "./outcome.ts";
import type { RoomHost } from "./room-host.ts";
import { staffLog } from "./staff-log.ts";

const mod = person("mod", "moderator");

async function remove(host: RoomHost, id: string, actor = mod): Promise<Outcome> {
	return host.submit({ type: "delete", actor, id });
}

/** A room in which a message was taken back and a setting changed. */
async function moderated(options: Parameters<typeof makeRooms>[0] = {}) {
	const made = makeRooms(options);
	const live = await made.room();
	const said = (await say(live, "ann", "a secret")) as Outcome & { ok: true };
	const removed = await remove(live, said.id);
	await live.submit({ type: "settings", actor: person("host", "host"), settings: { title: "new" } });
	return { ...made, live, said, removed: removed as Outcome & { ok: true } };
}

describe("the staff log of a room", () => {
	test.each(["owner", "host", "moderator"] as const)("is read by its %s", async (role) => {
		const { log } = await moderated();
		expect(await staffLog(log, "lobby", person("x", role))!.read({ after: 0, limit: 10 })).toHaveLength(2);
	});

	test.each(["vip", "member", "guest", "bot"] as const)("is closed to a %s", async (role) => {
		const { log } = await moderated();
		expect(staffLog(log, "lobby", person("x", role))).toBeNull();
	});

	test("[SAY-7] says who acted, under the id of the public event, and what was taken back of whom", async () => {
		const { log, said, removed, clock } = await moderated();
		const [deletion, settings] = await staffLog(log, "lobby", mod)!.read({ after: 0, limit: 10 });
		expect(deletion).toEqual({
			...{ offset: 1, kind: "delete", at: clock.wallMs(), target: said.id, by: mod },
			...{ from: person("ann"), text: "a secret" },
		});
		expect(settings).toMatchObject({ offset: 2, kind: "settings", by: person("host", "host"), settings: { title: "new" } });
		expect((await log.find("lobby", { log: "staff", id: removed.id }))?.offset).toBe(1);
		const told = (await log.read("lobby", { limit: 10 })).map(({ json }) => json).join();
		for (const trace of ["a secret", '"by"', '"mod"', '"host"']) expect(told).not.toContain(trace);
	});

	test("[SAY-7] has no text where none is to be kept", async () => {
		const { log } = await moderated({ removedDays: 0 });
		const [deletion] = await staffLog(log, "lobby", mod)!.read({ after: 0, limit: 10 });
		expect(deletion).toMatchObject({ kind: "delete", by: mod, from: person("ann") });
		expect(deletion).not.toHaveProperty("text");
	});

	test("[SAY-7] says who pinned what, and has no copy of it that would outlive its being taken back", async () => {
		const { log, live } = await moderated();
		const said = (await say(live, "ann", "pinned words")) as Outcome & { ok: true };
		expect(await live.submit({ type: "pin", actor: mod, id: said.id })).toMatchObject({ ok: true });
		const [pinned] = await staffLog(log, "lobby", mod)!.read({ after: 2, limit: 10 });
		expect(pinned).toMatchObject({ kind: "pin", by: mod, target: said.id });
		expect(JSON.stringify(pinned)).not.toContain("pinned words");
	});

	test("has nothing of what people say, and of what was refused", async () => {
		const { log, live } = await moderated();
		await say(live, mod, "hello");
		expect(await remove(live, "nothing")).toMatchObject({ ok: false });
		expect(await staffLog(log, "lobby", mod)!.read({ after: 2, limit: 10 })).toEqual([]);
	});

	test("is heard from where one was on, and until one stops", async () => {
		const { clock, log, live } = await moderated();
		const heard: StaffEvent[] = [];
		const subscription = await staffLog(log, "lobby", mod)!.subscribe({ after: 1 }, (events) => heard.push(...events));
		await live.submit({ type: "settings", actor: mod, settings: { title: "newer" } });
		await clock.settle();
		expect(heard.map(({ offset, by }) => [offset, by.id])).toEqual([
			[2, "host"],
			[3, "mod"],
		]);
		subscription!.stop();
		await live.submit({ type: "settings", actor: mod, settings: { title: "newest" } });
		expect(heard).toHaveLength(2);
	});
});
