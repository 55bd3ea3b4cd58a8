import { describe, expect, test } from "bun:test";
import type { Credentials } from "@hubbub/room-model/credentials.ts";
import { FakeClock } from "../../room-model/test/fake-clock.ts";
import type { Checked } from "../src/sign-in/check-token.ts";
import { expiryOf, isRenewal, isSamePerson } from "../src/sign-in/claims.ts";
import { GuestTurn, turnMsMax } from "../src/sign-in/guest-turn.ts";
import { Guide, hostMsMax } from "../src/sign-in/guide.ts";
import { type HostListener, HostPage, type ToHost } from "../src/sign-in/host-page.ts";
import { keepPageToken, keptPageToken, takePageToken } from "../src/sign-in/page-token.ts";

function tokenOf(claims: object, signature = "s"): string {
	return `${btoa("{}")}.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${signature}`;
}

describe("what a token says of itself", () => {
	test("is read in any script, and nothing else is taken for one", () => {
		expect(expiryOf(tokenOf({ sub: "u", name: "はな ÿ>?", exp: 1_700_000_000 }))).toBe(1_700_000_000_000);
		for (const other of ["", "a-key", "a.b.c", "..", tokenOf([1]), tokenOf({ exp: "soon" }), "guest.abc"])
			expect(expiryOf(other)).toBeNull();
	});

	test("tells a renewal from other rights, another name and another person", () => {
		const one = tokenOf({ sub: "u", name: "Ana", roles: { maths: ["host"] }, exp: 1, iat: 1, jti: "a" });
		expect(isRenewal(tokenOf({ name: "Ana", sub: "u", exp: 2, roles: { maths: ["host"] }, nbf: 3 }, "t"), one)).toBe(true);
		expect(isRenewal(tokenOf({ sub: "u", name: "Ana", roles: { maths: ["vip"] }, exp: 2 }), one)).toBe(false);
		expect(isRenewal(tokenOf({ sub: "u", name: "Eva", roles: { maths: ["host"] }, exp: 2 }), one)).toBe(false);
		expect(isRenewal("the-key", "the-key")).toBe(false);
		expect(isSamePerson(tokenOf({ sub: "u", name: "Eva" }), one)).toBe(true);
		expect(isSamePerson(tokenOf({ sub: "v" }), one)).toBe(false);
		expect(isSamePerson(tokenOf({}), tokenOf({ name: "x" }))).toBe(false);
		expect(isSamePerson(null, one)).toBe(false);
		expect(isSamePerson("the-key", "the-key")).toBe(true);
	});
});

describe("a token in the page's address", () => {
	test("is taken out of it, kept for a reload, and forgotten on demand, whatever else stands there", () => {
		const at = {
			location: { href: "https://a.example/rooms/x?embed=chat#token=abc.d%2Be&t=5", hash: "" },
			history: historyOf({ other: 1 }),
		};
		at.location.hash = new URL(at.location.href).hash;
		takePageToken(at);
		expect(at.history.address).toBe("https://a.example/rooms/x?embed=chat#t=5");
		expect(at.history.state).toEqual({ other: 1, hubbubToken: "abc.d+e" });
		expect(keptPageToken(at)).toBe("abc.d+e");
		keepPageToken(at, "newer");
		expect(keptPageToken(at)).toBe("newer");
		keepPageToken(at, null);
		expect(keptPageToken(at)).toBeNull();
		expect(at.history.state).toEqual({ other: 1 });
	});

	test.each(["", "#", "#abcdef", "#t=5", "#tokens=1"])("%j is left as it is", (hash) => {
		const at = { location: { href: `https://a.example/setup${hash}`, hash }, history: historyOf(null) };
		takePageToken(at);
		expect(at.history.address).toBeNull();
		expect(keptPageToken(at)).toBeNull();
	});

	test("that is empty says that there is none, and is taken out too", () => {
		const at = { location: { href: "https://a.example/rooms/x#token=", hash: "#token=" }, history: historyOf({ hubbubToken: "old" }) };
		takePageToken(at);
		expect(at.history.address).toBe("https://a.example/rooms/x");
		expect(keptPageToken(at)).toBeNull();
	});
});

function historyOf(state: object | null) {
	return {
		state: state as Record<string, unknown> | null,
		address: null as string | null,
		replaceState(next: unknown, _unused: string, address?: string | URL | null) {
			this.state = next as Record<string, unknown>;
			this.address = String(address);
		},
	};
}

/** A guide with everything around it played by the test. */
function guided(options: { token?: string | null; pageToken?: string | null; awaitsHost?: boolean } = {}) {
	const clock = new FakeClock();
	const told: Exclude<ToHost, { type: "hubbub:signed-in" }>[] = [];
	const worn: string[] = [];
	const kept: (string | null)[] = [];
	const checks = new Map<string, (checked: Checked) => void>();
	let turns = 0;
	const identity = {
		credentials: { name: null, token: options.token ?? null } as Credentials,
		wear(token: string | null, isSamePerson: boolean, quietly = false) {
			identity.credentials = { ...identity.credentials, token };
			worn.push(`${token ?? "nobody"}${isSamePerson ? ", the same person" : ""}${quietly ? ", quietly" : ""}`);
		},
		choose(token: string | null) {
			identity.wear(token, false);
			guide.chosen();
		},
	};
	const guide = new Guide({
		identity,
		pageToken: options.pageToken ?? null,
		keepPageToken: (token) => kept.push(token),
		awaitsHost: options.awaitsHost ?? false,
		tellHost: (message) => told.push(message),
		turn: { take: async () => void turns++, pass: () => {} },
		check: (token) => new Promise((resolve) => checks.set(token, resolve)),
		clock,
		clockSkewMs: () => 0,
	});
	const user = { id: "u", name: "Ana", roles: [] };
	return {
		...{ clock, told, worn, kept, guide, identity },
		turns: () => turns,
		good: (token: string) => checks.get(token)?.({ outcome: "good", user }),
		answer: (token: string, checked: Checked) => checks.get(token)?.(checked),
	};
}

describe("a page that is told who its reader is", () => {
	test("takes a good token of the host's, keeps it with the page, and says whose it is", async () => {
		const { guide, good, worn, kept } = guided();
		await guide.settle();
		const answer = guide.signIn("one");
		good("one");
		expect(await answer).toMatchObject({ type: "hubbub:signed-in", user: { id: "u" } });
		expect([worn, kept]).toEqual([["one"], ["one"]]);
	});

	test("changes nothing for one that is refused or cannot be checked, and says why", async () => {
		const { guide, answer, worn, kept } = guided({ token: "mine" });
		const refused = guide.signIn("bad");
		answer("bad", { outcome: "refused", detail: "The token's sub is missing." });
		expect(await refused).toEqual({ type: "hubbub:refused", code: "unauthorized", message: "The token's sub is missing." });
		const unchecked = guide.signIn("later");
		answer("later", { outcome: "unchecked" });
		expect(await unchecked).toMatchObject({ type: "hubbub:refused", code: "unavailable" });
		expect([worn, kept]).toEqual([[], []]);
	});

	test("lets what was begun last hold, in whatever order the server answers", async () => {
		const { guide, good, worn, identity } = guided();
		await guide.settle();
		const [first, second] = [guide.signIn("first"), guide.signIn("second")];
		good("second");
		await second;
		good("first");
		await first;
		expect(worn).toEqual(["second"]);
		const late = guide.signIn("late");
		identity.choose("by-hand");
		good("late");
		await late;
		expect(identity.credentials.token).toBe("by-hand");
	});

	test("waits for a host that was announced, and for no longer than it may", async () => {
		const told = guided({ awaitsHost: true });
		const settled = told.guide.settle();
		const signedIn = told.guide.signIn("one");
		told.good("one");
		await signedIn;
		await settled;
		expect(told.worn).toEqual(["one, quietly"]);
		expect(told.turns()).toBe(0);

		const nobody = guided({ awaitsHost: true });
		const alone = nobody.guide.settle();
		nobody.clock.pass(hostMsMax);
		await alone;
		expect(nobody.turns()).toBe(1);

		const signedOut = guided({ awaitsHost: true });
		const guest = signedOut.guide.settle();
		signedOut.guide.signOut();
		await guest;
		expect(signedOut.turns()).toBe(1);
		expect(signedOut.told).toEqual([]);
	});

	test("goes by the token that it was opened with before the tab's, and forgets it when somebody signs in by hand", async () => {
		const { guide, worn, identity, kept } = guided({ token: "of-the-tab", pageToken: "of-the-page" });
		await guide.settle();
		expect(worn).toEqual(["of-the-page, quietly"]);
		identity.choose("by-hand");
		expect(kept).toEqual([null]);
	});

	test("asks the host for another token before one runs out, wears the renewed one without leaving, and asks again in time", async () => {
		const begin = 1_700_000_000;
		const token = (exp: number, roles = ["host"]) => tokenOf({ sub: "u", roles, exp: begin + exp });
		const { guide, clock, told, good, worn } = guided({ pageToken: token(3_600) });
		await guide.settle();
		guide.met();
		clock.pass(3_539_000);
		expect(told).toEqual([]);
		clock.pass(1_000);
		expect(told).toEqual([{ type: "hubbub:token-wanted", reason: "expiring" }]);
		const renewed = guide.signIn(token(7_200));
		good(token(7_200));
		await renewed;
		expect(worn.at(-1)).toBe(`${token(7_200)}, the same person, quietly`);
		clock.pass(3_600_000);
		expect(told).toHaveLength(2);
		const promoted = guide.signIn(token(9_999, ["owner"]));
		good(token(9_999, ["owner"]));
		await promoted;
		expect(worn.at(-1)).toBe(`${token(9_999, ["owner"])}, the same person`);
		guide.end();
		expect(clock.waiting).toBe(0);
	});

	test("asks once more where the server does not let the reader in, and comes in with what it is given", async () => {
		const token = (exp: number) => tokenOf({ sub: "u", exp });
		const { guide, told, good, worn } = guided({ pageToken: token(1) });
		await guide.settle();
		for (let times = 0; times < 3; times++) guide.look({ phase: "closed", reason: "unauthorized" });
		guide.look({ phase: "closed", reason: "banned" });
		expect(told).toEqual([{ type: "hubbub:token-wanted", reason: "refused" }]);
		const again = guide.signIn(token(2_000_000_000));
		good(token(2_000_000_000));
		await again;
		// The connection is gone: what would be a quiet renewal otherwise brings the reader back.
		expect(worn.at(-1)).toBe(`${token(2_000_000_000)}, the same person`);
		guide.look({ phase: "closed", reason: "unauthorized" });
		expect(told).toHaveLength(2);
	});

	test("follows another frame of its tab in and out", async () => {
		const { guide, worn } = guided();
		await guide.settle();
		guide.follow("by-hand-over-there");
		guide.follow("by-hand-over-there");
		guide.follow(null);
		expect(worn).toEqual(["by-hand-over-there", "nobody"]);
	});
});

describe("the page around a frame", () => {
	/** A window in a frame, and the words that its host gets. */
	function framed() {
		const heard: [unknown, string][] = [];
		const host = { postMessage: (message: unknown, origin: string) => heard.push([message, origin]) };
		let listener: (event: object) => void = () => {};
		const frame = { parent: host, addEventListener: (_type: string, heardBy: (event: object) => void) => (listener = heardBy) };
		const calls: string[] = [];
		const handler: HostListener = {
			async signIn(token) {
				calls.push(`in ${token}`);
				return { type: "hubbub:signed-in", user: { id: "u", name: "Ana", roles: [] } };
			},
			signOut: () => void calls.push("out"),
		};
		const page = new HostPage(frame as unknown as Window, "maths");
		page.open(handler);
		const say = (data: unknown, from: object = host, origin = "https://host.example") => listener({ source: from, origin, data });
		return { heard, calls, say };
	}

	test("hears that the frame is ready, at once and whenever it asks, and gets answers at its own origin alone", async () => {
		const { heard, calls, say } = framed();
		const ready = { type: "hubbub:ready", room: "maths" };
		expect(heard).toEqual([[ready, "*"]]);
		say({ type: "hubbub:hello" });
		expect(heard).toHaveLength(2);
		say({ type: "hubbub:sign-in", token: "abc" });
		await Promise.resolve();
		await Promise.resolve();
		expect(calls).toEqual(["in abc"]);
		expect(heard[2]).toEqual([{ type: "hubbub:signed-in", user: { id: "u", name: "Ana", roles: [] } }, "https://host.example"]);
		say({ type: "hubbub:sign-out" });
		expect(calls).toEqual(["in abc", "out"]);
	});

	test("is the only window that is listened to, and only in words that are meant", () => {
		const { heard, calls, say } = framed();
		say({ type: "hubbub:sign-in", token: "abc" }, {});
		say({ type: "hubbub:sign-out" }, {});
		const nonsense = [null, "hubbub:sign-out", 7, {}, { type: "sign-in", token: "abc" }, { type: "hubbub:sign-in" }];
		const wrong = [
			{ type: "hubbub:sign-in", token: "" },
			{ type: "hubbub:sign-in", token: 7 },
			{ type: "hubbub:sign-in", token: "x".repeat(5_000) },
		];
		for (const data of [...nonsense, ...wrong]) say(data);
		expect(calls).toEqual([]);
		expect(heard).toHaveLength(1);
	});
});

describe("frames that come in as guests", () => {
	/** The browser's locks, as far as they are used. */
	function locks() {
		let last: Promise<unknown> = Promise.resolve();
		const request = (_name: string, run: () => unknown) => {
			last = last.then(run);
			return last;
		};
		return { request } as unknown as Pick<LockManager, "request">;
	}
	const settle = async () => {
		for (let step = 0; step < 20; step++) await Promise.resolve();
	};
	function frames(count: number, shared = locks()) {
		const clock = new FakeClock();
		const tokens = new Map<string, string>();
		const came: number[] = [];
		const turns = Array.from({ length: count }, (_, index) => {
			const turn = new GuestTurn({ key: "guest", recall: (key) => tokens.get(key) ?? null, locks: shared, clock });
			void turn.take().then(() => came.push(index));
			return turn;
		});
		return { clock, tokens, came, turns };
	}

	test("come one after the other where nobody is known yet", async () => {
		const { tokens, came, turns } = frames(3);
		await settle();
		expect(came).toEqual([0]);
		tokens.set("guest", "token");
		turns[0]?.pass();
		await settle();
		expect(came).toEqual([0, 1]);
		turns[1]?.pass();
		await settle();
		expect(came).toEqual([0, 1, 2]);
	});

	test("wait for nobody once a guest is known, or where the browser has no locks", async () => {
		const { clock } = frames(0);
		const parts = { key: "guest", clock };
		await new GuestTurn({ ...parts, recall: () => "known", locks: locks() }).take();
		await new GuestTurn({ ...parts, recall: () => null, locks: undefined }).take();
	});

	test("are not held up for ever by one that gets no answer", async () => {
		const { clock, came } = frames(3);
		await settle();
		expect(came).toEqual([0]);
		clock.pass(turnMsMax);
		await settle();
		expect([...came].sort()).toEqual([0, 1, 2]);
	});

	test("come in all the same where asking for a lock fails", async () => {
		const failing = { request: () => Promise.reject(new DOMException("No.", "SecurityError")) } as unknown as Pick<LockManager, "request">;
		const { came } = frames(2, failing);
		await settle();
		expect(came).toEqual([0, 1]);
	});
});
