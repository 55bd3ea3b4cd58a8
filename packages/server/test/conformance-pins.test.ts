import { expect, test } from "bun:test";
import { adminKey } from "./start-server.ts";
import { onEveryWay, tokenOf } from "./ways/house.ts";
import { shortPollWay } from "./ways/http-ways.ts";
import type { Answer } from "./ways/way.ts";

function idOf(answer: Answer): string {
	if (!answer.ok) throw new Error(answer.code);
	return answer.id;
}

onEveryWay(
	{ HUBBUB_RATE_LIMIT: "off" },
	{
		"[PIN-1] [PIN-2] what a moderator pins everybody sees, and who comes later finds it in the room's state": async ({
			enter,
			room,
			way,
		}) => {
			const ming = await enter({ name: `Ming ${room}` });
			const host = await enter({ token: await tokenOf({ sub: "host", roles: { [room]: ["moderator"] } }) });
			const id = idOf(await ming.say("the address is 1 Mill Lane"));
			expect(await ming.command({ type: "pin", id })).toMatchObject({ ok: false, code: "forbidden" });
			const pinned = await host.command({ type: "pin", id });
			expect(pinned).toMatchObject({
				ok: true,
				event: { kind: "pin", target: id, from: { name: `Ming ${room}` }, text: "the address is 1 Mill Lane" },
			});
			await ming.until(() => ming.told.events.length === 2);
			expect(ming.told.events[1]).toEqual((pinned as Answer & { ok: true }).event as never);
			expect(JSON.stringify(ming.told.events[1])).not.toContain('"host"');
			const later = await enter();
			expect(later.told.start?.state).toMatchObject({ pin: { target: id, text: "the address is 1 Mill Lane" } });
			expect(await host.command({ type: "pin", id: null })).toMatchObject({ ok: true });
			await ming.until(() => ming.told.events.length === 3);
			expect(ming.told.events[2]).toMatchObject({ kind: "pin", text: "" });
			// A short poll is answered as of the last whole second.
			if (way !== shortPollWay) expect((await enter()).told.start?.state).not.toHaveProperty("pin");
		},

		"[PIN-3] a pin says until when it stands, and none can be made that has ended": async ({ enter, room, request }) => {
			const host = await enter({ token: await tokenOf({ sub: "host", roles: { [room]: ["host"] } }) });
			expect(await host.command({ type: "pin", text: "too late", until: Date.now() - 1 })).toMatchObject({ ok: false, code: "bad_frame" });
			const until = Date.now() + 600_000;
			expect(await host.command({ type: "pin", text: "back soon", until })).toMatchObject({ ok: true, event: { until } });
			const state = await request(`/api/v1/rooms/${room}`, { headers: { authorization: `Bearer ${adminKey}` } });
			expect(await state.json()).toMatchObject({ pin: { text: "back soon", until } });
		},

		"[PIN-4] a pinned message that is taken back is pinned no longer, and its text is nowhere any more": async ({
			enter,
			room,
			archive,
		}) => {
			const ming = await enter();
			const host = await enter({ token: await tokenOf({ sub: "host", roles: { [room]: ["host"] } }) });
			const id = idOf(await ming.say("regretted"));
			for (const what of [{ id }, { text: "in between" }, { id }]) idOf(await host.command({ type: "pin", ...what }));
			idOf(await ming.command({ type: "delete", id }));
			await ming.until(() => ming.told.events.length === 5);
			expect(JSON.stringify(await archive())).not.toContain("regretted");
			const later = await enter();
			expect(later.told.start?.state).not.toHaveProperty("pin");
			expect(JSON.stringify(later.told.events)).not.toContain("regretted");
			expect(await host.command({ type: "pin", id })).toMatchObject({ ok: false, code: "message_not_found" });
		},

		"[PIN-1] over the operators' API: PUT pins and answers the room, DELETE unpins": async ({ enter, room, request }) => {
			const ming = await enter();
			const id = idOf(await ming.say("hello"));
			const ask = (method: string, body?: object) =>
				request(`/api/v1/rooms/${room}/pin`, {
					method,
					headers: { authorization: `Bearer ${adminKey}` },
					...(body && { body: JSON.stringify(body) }),
				});
			const put = await ask("PUT", { id });
			expect(put.status).toBe(200);
			expect(await put.json()).toMatchObject({ room, settings: {}, pin: { target: id, text: "hello" } });
			expect((await ask("PUT", { id, colour: "red" })).status).toBe(400);
			expect((await ask("PUT", {})).status).toBe(400);
			expect((await request(`/api/v1/rooms/${room}/pin`, { method: "DELETE" })).status).toBe(403);
			expect((await ask("DELETE")).status).toBe(204);
			expect((await ask("DELETE")).status).toBe(204);
			await ming.until(() => ming.told.events.length === 4);
			expect(ming.told.events.slice(1)).toMatchObject([{ text: "hello" }, { text: "" }, { text: "" }]);
		},
	},
	test,
);
