import { describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { jwtSecret, makeHouse, operatorKey } from "../../test/scripted-session.ts";
import { silentLogger } from "../runtime/log.ts";
import { KeySet } from "./key-set.ts";

const signed = (claims: object, secret = jwtSecret) =>
	new SignJWT(claims as Record<string, unknown>).setProtectedHeader({ alg: "HS256" }).sign(new TextEncoder().encode(secret));
/** The fake clock's wall starts here, in seconds. */
const started = 1_700_000_000;
const inAnHour = () => started + 3_600;

describe("the first frame", () => {
	test("[WS-3] [UP-7] a hello is answered by welcome, and by joined for the address's room", async () => {
		const { clock, connect } = makeHouse();
		const { send, frames } = connect({ room: "lobby" });
		send({ type: "hello", name: "小明" });
		await clock.settle();
		expect(frames()).toMatchObject([
			{ type: "welcome", user: { name: "小明", roles: ["guest"] }, heartbeatMs: 25_000, limits: { frameBytesMax: 65_536 } },
			{ type: "joined", room: "lobby", recovered: false, events: [], state: { viewers: 1 } },
		]);
	});

	test.each<[string, object | string]>([
		["a ping", { type: "ping" }],
		["a say", { type: "say", room: "lobby", key: "k", text: "x" }],
		["not JSON", "hello"],
		["an unknown type", { type: "signal" }],
		["a wrong hello", { type: "hello", name: 5 }],
		["bytes", new Uint8Array([1, 2, 3])],
	])("[WS-3] %s instead of it ends the connection with 4010", async (_what, frame) => {
		const { clock, connect, table } = makeHouse();
		const { send, frames, link, session } = connect();
		send(frame);
		await clock.settle();
		expect(frames()).toMatchObject([{ type: "bye", code: "bad_frame" }]);
		expect(frames()[0]).not.toHaveProperty("reconnectAfterMs");
		expect(link.closed).toEqual({ code: 4010, reason: "bad_frame" });
		session.onClosed();
		expect(table.size).toBe(0);
	});

	test("[WS-3] none within 5 s ends it with 4102, to come back", async () => {
		const { connect, pass } = makeHouse();
		const { frames, link } = connect();
		await pass(4_000);
		expect(link.closed).toBeNull();
		await pass(2_000);
		expect(frames()).toMatchObject([{ type: "bye", code: "silent", reconnectAfterMs: expect.any(Number) }]);
		expect(link.closed).toEqual({ code: 4102, reason: "silent" });
	});

	test("[WS-4] what follows a hello waits for it, and is handled in order", async () => {
		const { clock, connect } = makeHouse();
		const { send, frames } = connect();
		send({ type: "hello", rooms: [{ room: "lobby" }, { room: "stage" }] });
		send({ type: "say", ref: 1, room: "lobby", key: "a", text: "hi" });
		send({ type: "join", ref: 2, room: "third" });
		send({ type: "ping", ref: 3 });
		await clock.advance(50);
		const [acked, others] = [
			frames().filter(({ type }) => type === "ack"),
			frames().filter(({ type }) => !["ack", "batch"].includes(type)),
		];
		expect(acked).toMatchObject([{ ref: 1 }]);
		expect(others.map((frame) => [frame.type, "ref" in frame ? frame.ref : null])).toEqual([
			["welcome", null],
			["joined", null],
			["joined", null],
			["joined", 2],
			["pong", 3],
		]);
	});

	test("[UP-2] a second hello changes nothing", async () => {
		const { clock, connect } = makeHouse();
		const { send, frame } = connect();
		send({ type: "hello", name: "a" });
		send({ type: "hello", name: "b", token: operatorKey });
		await clock.settle();
		expect(frame("welcome")).toHaveLength(1);
		expect(frame("reject")).toMatchObject([{ code: "bad_frame" }]);
	});

	test("a room that may not be entered is refused, and the others are entered", async () => {
		const { clock, connect, room } = makeHouse({ autoCreate: false });
		await room("lobby");
		const { send, frames, link } = connect();
		send({ type: "hello", rooms: [{ room: "nowhere" }, { room: "lobby" }, { room: "lobby" }] });
		await clock.settle();
		expect(frames().slice(1)).toMatchObject([
			{ type: "reject", code: "room_not_found", room: "nowhere" },
			{ type: "joined", room: "lobby" },
			{ type: "reject", code: "already_joined", room: "lobby" },
		]);
		expect(link.closed).toBeNull();
	});
});

describe("whose token it is", () => {
	test("[AUTH-3] a guest comes back as the same guest with the token that welcome handed out", async () => {
		const { clock, connect } = makeHouse();
		const first = connect();
		first.send({ type: "hello", name: "Ming" });
		await clock.settle();
		const [welcome] = first.frame("welcome");
		const again = connect();
		again.send({ type: "hello", token: welcome?.token as string });
		await clock.settle();
		expect(again.frame("welcome")[0]?.user.id).toBe(welcome?.user.id as string);
		expect(again.frame("welcome")[0]).not.toHaveProperty("token");
	});

	test("[AUTH-1] the operator's key makes an owner, a JWT a member with the roles it names, room by room", async () => {
		const { clock, connect } = makeHouse();
		const operator = connect();
		operator.send({ type: "hello", token: operatorKey });
		const host = connect({ room: "lobby" });
		host.send({ type: "hello", token: await signed({ sub: "u1", name: "Ann", exp: inAnHour(), roles: { lobby: ["host"] } }) });
		const elsewhere = connect({ room: "constructor" });
		elsewhere.send({ type: "hello", token: await signed({ sub: "u1", name: "Ann", exp: inAnHour(), roles: { lobby: ["host"] } }) });
		const everywhere = connect();
		everywhere.send({ type: "hello", token: await signed({ sub: "u2", exp: inAnHour(), roles: ["moderator"] }) });
		await clock.settle();
		const roles = [operator, host, elsewhere, everywhere].map(({ frame }) => frame("welcome")[0]?.user.roles);
		expect(roles).toEqual([["owner"], ["host"], ["member"], ["moderator"]]);
	});

	test.each([
		["of another secret", async () => signed({ sub: "u", exp: inAnHour() }, "another secret, which is just as long as that")],
		["that has expired", async () => signed({ sub: "u", exp: 1_000 })],
		["without a subject", async () => signed({ exp: inAnHour() })],
		["without an end", async () => signed({ sub: "u" })],
		["that is not signed", async () => `${btoa('{"alg":"none"}')}.${btoa(`{"sub":"u","exp":${inAnHour()}}`)}.`],
		["that is none", async () => "x.y.z"],
		["with a line break in it", async () => `${await signed({ sub: "u", exp: inAnHour() })}\n`],
		["that is a blank", async () => " "],
		["of a guest, forged", async () => `guest.${await signed({ sub: "g-other", exp: inAnHour() })}`],
	])("[AUTH-2] a token %s is turned away with 4001", async (_what, make) => {
		const { clock, connect } = makeHouse();
		const { send, frames, link } = connect();
		send({ type: "hello", token: await make() });
		await clock.settle();
		expect(frames()).toMatchObject([{ type: "bye", code: "unauthorized" }]);
		expect(link.closed?.code).toBe(4001);
	});

	test("[AUTH-5] rights end when the token expires, between frames and without any", async () => {
		const { clock, connect, pass } = makeHouse();
		const expiring = await signed({ sub: "u", exp: inAnHour() });
		clock.jumpWall(inAnHour() * 1_000 - clock.wallMs() - 30_000);
		const [active, idle] = [connect({ room: "lobby" }), connect()];
		for (const { send } of [active, idle]) send({ type: "hello", token: expiring });
		await pass(29_000);
		active.session.heard();
		expect([active.link.closed, idle.link.closed]).toEqual([null, null]);
		clock.jumpWall(2_000);
		active.send({ type: "say", room: "lobby", key: "k", text: "too late" });
		expect(active.link.closed?.code).toBe(4001);
		await pass(30_000);
		expect(idle.link.closed?.code).toBe(4001);
	});
});

describe("what counts as no token", () => {
	const rate = { burst: 5, perMs: 5_000 };
	const nothings: Record<string, object> = { "left out": {}, empty: { token: "" }, "empty, with a name": { token: "", name: "Ming" } };

	for (const [what, hello] of Object.entries(nothings))
		test(`[RATE-6] a token that is ${what} makes a new guest, which an address may have made 200 times a minute`, async () => {
			const { clock, connect } = makeHouse({ rate });
			const visitors = Array.from({ length: 260 }, () => connect());
			for (const { send } of visitors) send({ type: "hello", ...hello });
			await clock.settle();
			expect(visitors.filter(({ frame }) => frame("welcome").length === 1)).toHaveLength(200);
			const refused = visitors.flatMap(({ frame }) => frame("bye"));
			expect(refused).toHaveLength(60);
			for (const bye of refused) expect(bye).toMatchObject({ code: "overloaded", reconnectAfterMs: expect.any(Number) });
			await clock.advance(60_000);
			const later = connect();
			later.send({ type: "hello", ...hello });
			await clock.settle();
			expect(later.frame("welcome")).toHaveLength(1);
		});

	test("[RATE-6] lines of text come from guests that are counted too, and forms may be mixed", async () => {
		const { clock, connect } = makeHouse({ rate });
		const visitors = Array.from({ length: 260 }, (_, index) => connect(index % 2 ? {} : { codec: "text", room: "lobby" }));
		for (const [index, { send }] of visitors.entries()) if (index % 2) send({ type: "hello", token: "" });
		await clock.settle();
		expect(visitors.filter(({ link }) => link.closed !== null)).toHaveLength(60);
	});

	test("[AUTH-6] what the handshake presents counts for a hello without a token, and for lines of text", async () => {
		const { clock, connect } = makeHouse();
		const credential = { kind: "token", token: operatorKey } as const;
		const [program, person] = [connect({ credential }), connect({ credential, codec: "text", room: "lobby" })];
		program.send({ type: "hello", token: "" });
		person.send("I run this place.");
		await clock.advance(50);
		expect(program.frame("welcome")[0]?.user.roles).toEqual(["owner"]);
		expect(person.lines()).toContain("operator: I run this place.");
		const other = connect({ credential });
		other.send({ type: "hello", token: "another" });
		await clock.settle();
		expect(other.link.closed?.code).toBe(4001);
	});
});

describe("a hello that takes long to look at", () => {
	test("[WS-3] [AUTH-7] is not taken for one that never came: it is told what is wrong, and when to come back", async () => {
		const ask = () => new Promise<Response>(() => {});
		const { connect, pass } = makeHouse({
			keySet: (clock) => new KeySet({ url: "https://id.example/keys", clock, logger: silentLogger, ask }),
		});
		const { send, frames, link } = connect();
		await pass(4_000);
		send({ type: "hello", token: "a.b.c" });
		await pass(2_000);
		expect(link.closed).toBeNull();
		await pass(2_000);
		expect(frames()).toMatchObject([{ type: "bye", code: "unavailable", reconnectAfterMs: expect.any(Number) }]);
		expect(link.closed).toEqual({ code: 4105, reason: "unavailable" });
	});
});

describe("names", () => {
	const nameOf = async (house: ReturnType<typeof makeHouse>, hello: object) => {
		const visitor = house.connect();
		visitor.send({ type: "hello", ...hello });
		await house.clock.settle();
		return { visitor, user: visitor.frame("welcome")[0]?.user as { id: string; name: string } };
	};

	test.each([["admin"], ["ADMIN"], ["@dm1n"], ["Ｍoderator"], ["管理员"], ["管 理 员"], ["主播"], ["hub bub"], ["о f f i c i a l"]])(
		"[NAME-3] a guest who calls themselves %p gets the end of their id behind it",
		async (name) => {
			const { user } = await nameOf(makeHouse(), { name });
			expect(user.name).toEndWith(`·${user.id.slice(-4)}`);
		},
	);

	test.each([[undefined], [""], ["\u200b\u202e"], ["***"], ["\u0301"]])(
		"[NAME-1] a guest named %p is `guest-` and the end of their id",
		async (name) => {
			const { user } = await nameOf(makeHouse(), { name });
			expect(user.name).toBe(`guest-${user.id.slice(-4)}`);
		},
	);

	test("[NAME-2] a guest who looks like somebody here gets the end of their id, until that one has left", async () => {
		const house = makeHouse();
		const first = await nameOf(house, { name: "Alice" });
		const second = await nameOf(house, { name: "A1ice" });
		expect(first.user.name).toBe("Alice");
		expect(second.user.name).toBe(`A1ice·${second.user.id.slice(-4)}`);
		first.visitor.session.onClosed();
		second.visitor.session.onClosed();
		expect((await nameOf(house, { name: "Аlice" })).user.name).toBe("Аlice");
	});

	test("[NAME-2] one guest wears their name on many connections", async () => {
		const house = makeHouse();
		const first = await nameOf(house, { name: "Alice" });
		const token = first.visitor.frame("welcome")[0]?.token;
		expect((await nameOf(house, { name: "Alice", token })).user.name).toBe("Alice");
	});

	test("[NAME-2] members keep their names, guests give way, and nothing of it stays behind", async () => {
		const house = makeHouse();
		const guest = await nameOf(house, { name: "Alice" });
		const member = await nameOf(house, { token: await signed({ sub: "u", name: "Alice", exp: inAnHour() }) });
		const late = await nameOf(house, { name: "alice" });
		expect([guest.user.name, member.user.name]).toEqual(["Alice", "Alice"]);
		expect(late.user.name).toBe(`alice·${late.user.id.slice(-4)}`);
		for (const { visitor } of [guest, member, late]) {
			visitor.session.bye("draining");
			visitor.session.onClosed();
		}
		expect(house.table.names.size).toBe(0);
		expect(house.table.size).toBe(0);
	});
});
