import { expect, test } from "bun:test";
import type { Code } from "@hubbub/protocol/wire/codes.ts";
import { adminKey } from "./start-server.ts";
import { onEveryWay, tokenOf } from "./ways/house.ts";
import type { Answer } from "./ways/way.ts";
import { websocketWay } from "./ways/websocket-way.ts";

const anotherSecret = "another secret of thirty-two characters or more";
const seconds = () => Math.floor(Date.now() / 1_000);

function codeOf(answer: Answer): Code | "ok" {
	return answer.ok ? "ok" : answer.code;
}

onEveryWay(
	{ HUBBUB_RATE_LIMIT: "off", HUBBUB_AUTO_CREATE_ROOMS: "off", HUBBUB_JWT_ISSUER: "https://school.example", HUBBUB_JWT_AUDIENCE: "hubbub" },
	{
		"[ROOM-2] a room that is not there is not found, until the operator makes it": async ({ way, house, room, configure, enter }) => {
			expect(await way.enter(house, { room })).toMatchObject({ ok: false, code: "room_not_found" });
			await configure({ title: "Now it is" });
			expect((await enter()).told.start?.state?.settings.title).toBe("Now it is");
		},

		"[AUTH-1] the operator's key, a sign-in token, a guest's own token and none are the same person by every way": async ({
			enter,
			configure,
			house,
			room,
		}) => {
			await configure({});
			const claims = { sub: "u-1", name: `Ming ${room}`, iss: "https://school.example", aud: "hubbub", roles: { [room]: ["host", "vip"] } };
			const member = await enter({ token: await tokenOf(claims) });
			expect((await said(member)).from).toEqual({ id: "u-1", name: `Ming ${room}`, roles: ["host", "vip"] });
			const operator = await enter({ token: adminKey });
			expect((await said(operator)).from).toEqual({ id: "operator", name: "operator", roles: ["owner"] });
			const guest = await enter({ name: `Hong ${room}` });
			expect((await said(guest)).from).toEqual({ id: guest.user.id, name: `Hong ${room}`, roles: ["guest"] });
			expect(house.http).toStartWith("http://");
			expect((await enter()).user.id).not.toBe(guest.user.id);
		},

		"[AUTH-2] a token that is not as the server is set up lets nobody in": async ({ way, house, room, configure }) => {
			await configure({});
			const good = { sub: "u-1", iss: "https://school.example", aud: "hubbub" };
			const bad: Record<string, string> = {
				"made up": "abc",
				"of three made-up parts": "a.b.c",
				"with another secret": await tokenOf(good, { secret: anotherSecret }),
				"with another algorithm": await tokenOf(good, { algorithm: "HS512" }),
				"without a signature": `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify({ ...good, exp: seconds() + 60 }))}.`,
				"of another issuer": await tokenOf({ ...good, iss: "https://evil.example" }),
				"for another audience": await tokenOf({ ...good, aud: "elsewhere" }),
				"without a subject": await tokenOf({ ...good, sub: undefined }),
				"that has expired": await tokenOf({ ...good, exp: seconds() - 60 }),
				"with roles that are no list": await tokenOf({ ...good, roles: "moderator" }),
				"that is a blank": " ",
				"of a guest, made up": "guest.a.b.c",
			};
			// A header's value has no blanks around it: over plain HTTP that is one without a token.
			for (const [what, token] of Object.entries(bad))
				expect([what, await way.enter(house, { room, token })]).toMatchObject([what, { ok: false, code: "unauthorized" }]);
			const entered = await way.enter(house, { room, token: await tokenOf({ ...good, roles: ["Task.Read", "moderator"] }) });
			if (!entered.ok) throw new Error(entered.words);
			expect(entered.visitor.user.roles).toEqual(["moderator"]);
			await entered.visitor.leave();
		},

		"[AUTH-3] a guest comes back as the same guest, by any way, with the token they were given": async ({ enter, configure, room }) => {
			await configure({});
			const first = await enter({ name: `Ming ${room}` });
			const { token, user } = first;
			await first.leave();
			const again = await enter({ token });
			expect(again.user).toEqual(user);
			expect((await said(again)).from).toEqual(user);
		},

		"[FAN-11] whoever is in a room twice, by whatever ways, is one viewer until they have left twice": async ({
			enter,
			configure,
			way,
		}) => {
			await configure({});
			const first = await enter({}, websocketWay);
			const again = await enter({ token: first.token });
			const other = await enter({}, websocketWay);
			expect(other.told.start?.state?.viewers).toBe(2);
			// A poll is in the room only while it is held.
			if (way.name !== "websocket" && way.name !== "event-stream") return;
			await again.leave();
			expect((await enter({}, websocketWay)).told.start?.state?.viewers).toBe(3);
			await first.leave();
			await other.until(() => other.told.ambient.viewers === 2);
		},

		"[AUTH-4] what one may do hangs on one's roles in the room, by every way": async ({ enter, configure, room }) => {
			await configure({});
			const token = (roles: unknown) => tokenOf({ sub: `u ${JSON.stringify(roles)}`, iss: "https://school.example", aud: "hubbub", roles });
			const author = await enter();
			const table: [string, string | undefined, Code | "ok", Code | "ok"][] = [
				["a guest", undefined, "forbidden", "forbidden"],
				["a member", await token(undefined), "forbidden", "forbidden"],
				["a vip", await token({ [room]: ["vip"] }), "forbidden", "forbidden"],
				["the host of another room", await token({ "another-room": ["host"] }), "forbidden", "forbidden"],
				["a bot", await token({ [room]: ["bot"] }), "forbidden", "forbidden"],
				["a moderator", await token({ [room]: ["moderator"] }), "ok", "ok"],
				["a host", await token({ [room]: ["host"] }), "ok", "ok"],
				["a moderator of every room", await token(["moderator"]), "ok", "ok"],
				["the operator", adminKey, "ok", "ok"],
			];
			for (const [who, credential, mayDelete, mayConfigure] of table) {
				const target = await author.say(`for ${who}`);
				const visitor = await enter({ token: credential });
				const deleted = codeOf(await visitor.command({ type: "delete", id: target.ok ? target.id : "" }));
				const configured = codeOf(await visitor.command({ type: "settings", settings: { title: `by ${who}` } }));
				expect([who, deleted, configured]).toEqual([who, mayDelete, mayConfigure]);
			}
		},

		"[UP-2] [UP-3] [DOWN-5] what is no frame is refused in a sentence, and changes nothing": async ({
			enter,
			configure,
			archive,
			room,
		}) => {
			await configure({});
			const visitor = await enter();
			const frames: [string, Code][] = [
				["", "bad_frame"],
				["{", "bad_frame"],
				["[]", "bad_frame"],
				["null", "bad_frame"],
				['{"type":7}', "bad_frame"],
				['{"type":"say"}', "bad_frame"],
				[`{"type":"say","room":"${room}","key":"k","text":7}`, "bad_frame"],
				[`{"type":"like","room":"${room}","count":0}`, "bad_frame"],
				[`{"type":"like","room":"${room}","count":101}`, "bad_frame"],
				[`{"type":"settings","room":"${room}","settings":{"slowModeSeconds":-1}}`, "bad_frame"],
				[`{"type":"ping","ref":${"[".repeat(5_000)}${"]".repeat(5_000)}}`, "bad_frame"],
				['{"type":"__proto__"}', "unknown_type"],
				['{"type":"launch"}', "unknown_type"],
			];
			for (const [text, code] of frames) {
				const answer = await visitor.raw(text);
				expect([text.slice(0, 80), answer.code]).toEqual([text.slice(0, 80), code]);
			}
			expect(await visitor.raw('{"type":"ping","ref":"still here","of":"no interest"}')).toMatchObject({ type: "pong", ref: "still here" });
			expect((await archive()).filter(({ kind }) => kind === "message")).toEqual([]);
			expect(await visitor.say("and I may still write")).toMatchObject({ ok: true });
		},

		"[UP-4] [SAY-4] a frame that is too large is refused by its own code": async ({ enter, configure, way, house, room }) => {
			await configure({});
			const visitor = await enter();
			const answer = await visitor.raw(JSON.stringify({ type: "say", room, key: "k", text: "字".repeat(30_000) }));
			expect(answer.code).toBe("frame_too_large");
			const another = await way.enter(house, { room });
			expect(another.ok).toBe(true);
			if (another.ok) await another.visitor.leave();
		},
	},
	test,
);

async function said(visitor: { say(text: string): Promise<Answer> }) {
	const answer = await visitor.say("who am I");
	if (!answer.ok || answer.event?.kind !== "message") throw new Error(`Not kept: ${JSON.stringify(answer)}`);
	return answer.event;
}
