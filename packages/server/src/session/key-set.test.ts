import { beforeAll, describe, expect, test } from "bun:test";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { FakeClock } from "../../test/fake-clock.ts";
import { silentLogger } from "../runtime/log.ts";
import { KeySet } from "./key-set.ts";
import { createSignIn, type SignedIn } from "./sign-in.ts";

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
type Say = () => Response | Promise<Response>;

let first: Pair;
let second: Pair;
let published: { first: JWK; second: JWK };
beforeAll(async () => {
	[first, second] = await Promise.all([generateKeyPair("ES256"), generateKeyPair("ES256")]);
	published = { first: await exportJWK(first.publicKey), second: await exportJWK(second.publicKey) };
});

const never = () => new Promise<Response>(() => {});
const keys = (...list: object[]) => Response.json({ keys: list });

/** A provider under a fake clock, and the sign-in of a server that is set up for it. */
function provider(say: Say) {
	const clock = new FakeClock();
	const lines: string[] = [];
	const logger = {
		...silentLogger,
		warn: (_: object, words: string) => lines.push(words),
		info: (_: object, words: string) => lines.push(words),
	};
	const asked = { times: 0, say };
	const ask = async () => {
		asked.times++;
		return asked.say();
	};
	const keySet = new KeySet({ url: "https://id.example/keys", clock, logger, ask });
	const signIn = createSignIn({ jwtSecret: null, keySet, jwtIssuer: null, jwtAudience: null, clock });
	const token = (pair: Pair, kid?: string) =>
		new SignJWT({ sub: "u", exp: Math.floor(clock.wallMs() / 1_000) + 365 * 86_400 })
			.setProtectedHeader({ alg: "ES256", ...(kid !== undefined && { kid }) })
			.sign(pair.privateKey);
	return { clock, lines, asked, signIn, token };
}

const outcome = (signedIn: SignedIn) => (signedIn.ok ? "in" : signedIn.code);

describe("a provider that gives no keys", () => {
	test.each<[string, Say]>([
		["answers 500", () => new Response("oops", { status: 500 })],
		["answers 404", () => new Response("", { status: 404 })],
		["sends on to another address", () => new Response("", { status: 302, headers: { location: "https://elsewhere.example" } })],
		["refuses the connection", () => Promise.reject(Object.assign(new Error("refused"), { code: "ConnectionRefused" }))],
		["answers a page", () => new Response("<!doctype html><title>Sorry</title>")],
		["answers half of it", () => new Response('{"keys":[{"kty":"EC"')],
		["answers JSON that is no set", () => Response.json([])],
		["answers keys that are none", () => Response.json({ keys: [7] })],
		["answers an empty set", () => keys()],
		["answers nothing", () => new Response("")],
		["answers a megabyte", () => Response.json({ keys: [], padding: "x".repeat(1_000_000) })],
	])("[AUTH-7] %s: the token is not refused for good, and the time to come back is named", async (_what, say) => {
		const { signIn, token, lines, asked, clock } = provider(say);
		expect(await signIn(await token(first, "first"))).toMatchObject({ ok: false, code: "unavailable", retryAfterMs: 1_000 });
		for (let count = 0; count < 50; count++) expect(outcome(await signIn(await token(first, "first")))).toBe("unavailable");
		expect([asked.times, lines.length]).toEqual([1, 1]);
		asked.say = () => keys({ ...published.first, kid: "first" });
		await clock.advance(1_000);
		expect(outcome(await signIn(await token(first, "first")))).toBe("in");
		expect(lines).toHaveLength(2);
	});

	test.each<[string, Say]>([
		["hangs", never],
		["answers a line a second without an end", () => new Response(new ReadableStream({ pull: () => never().then(() => {}) }))],
	])("[AUTH-7] %s: whoever waits is told after 3 s, all by the one question", async (_what, say) => {
		const { signIn, token, asked, clock } = provider(say);
		const made = await token(first, "first");
		const waiting = Promise.all(Array.from({ length: 20 }, async () => outcome(await signIn(made))));
		await clock.advance(3_000);
		expect(new Set(await waiting)).toEqual(new Set(["unavailable"]));
		expect(asked.times).toBe(1);
	});

	test("[AUTH-7] it is asked again after 1, 2, 4 … s, and at least once a minute", async () => {
		const { signIn, token, asked, clock } = provider(() => new Response("", { status: 503 }));
		const made = await token(first, "first");
		const askedAt: number[] = [];
		const startedMs = clock.monotonicMs();
		for (let second = 0; second < 200; second++) {
			const before = asked.times;
			await signIn(made);
			if (asked.times > before) askedAt.push((clock.monotonicMs() - startedMs) / 1_000);
			await clock.advance(1_000);
		}
		expect(askedAt).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
	});
});

describe("keys in hand", () => {
	test("[AUTH-7] go on being used while the provider is out, for days, and nobody waits for it", async () => {
		const { signIn, token, asked, clock, lines } = provider(() => keys({ ...published.first, kid: "first" }));
		const made = await token(first, "first");
		expect(outcome(await signIn(made))).toBe("in");
		asked.say = never;
		for (let hour = 0; hour < 48; hour++) {
			expect(outcome(await signIn(made))).toBe("in");
			await clock.advance(3_600_000);
		}
		const [stranger, before] = [await token(second, "second"), asked.times];
		const unknown = signIn(stranger);
		while (asked.times === before) await clock.settle();
		await clock.advance(3_000);
		expect(outcome(await unknown)).toBe("unavailable");
		expect(lines).toEqual(["the identity provider's keys cannot be had: those in hand go on being used"]);
	});

	test("[AUTH-7] are renewed while they are used, so that one taken back stops being good", async () => {
		const { signIn, token, asked, clock } = provider(() => keys({ ...published.first, kid: "first" }));
		const made = await token(first, "first");
		await signIn(made);
		asked.say = () => keys({ ...published.second, kid: "second" });
		await clock.advance(299_000);
		expect([outcome(await signIn(made)), asked.times]).toEqual(["in", 1]);
		await clock.advance(2_000);
		expect(outcome(await signIn(made))).toBe("in");
		await clock.settle();
		expect([outcome(await signIn(made)), asked.times]).toEqual(["unauthorized", 2]);
		asked.say = () => keys({ ...published.first, kid: "first" });
		await clock.advance(2 * 3_600_000);
		expect(outcome(await signIn(made))).toBe("in");
	});

	test("[AUTH-7] a new key is asked for when the first token names it", async () => {
		const { signIn, token, asked, clock } = provider(() => keys({ ...published.first, kid: "first" }));
		expect(outcome(await signIn(await token(first, "first")))).toBe("in");
		asked.say = () => keys({ ...published.first, kid: "first" }, { ...published.second, kid: "second" });
		await clock.advance(1_000);
		const made = await token(second, "second");
		expect(await Promise.all(Array.from({ length: 10 }, async () => outcome(await signIn(made))))).toEqual(Array(10).fill("in"));
		expect(asked.times).toBe(2);
	});

	test("[AUTH-7] also where the tokens name none", async () => {
		const { signIn, token, asked, clock } = provider(() => keys(published.first));
		expect(outcome(await signIn(await token(first)))).toBe("in");
		asked.say = () => keys(published.second);
		await clock.advance(1_000);
		expect(outcome(await signIn(await token(second)))).toBe("in");
		expect(outcome(await signIn(await token(first)))).toBe("unauthorized");
	});

	test("[AUTH-2] of several without a name, the one that signed the token is found", async () => {
		const { signIn, token } = provider(() => keys(published.first, published.second));
		expect(outcome(await signIn(await token(second)))).toBe("in");
		expect(outcome(await signIn(await token(await generateKeyPair("ES256"))))).toBe("unauthorized");
	});

	test("[AUTH-7] one that is no key is the provider's fault, and not final", async () => {
		const { signIn, token } = provider(() => keys({ kty: "EC", crv: "P-256", x: "AA", y: "AA", kid: "first" }));
		expect(outcome(await signIn(await token(first, "first")))).toBe("unavailable");
	});
});

describe("a key that nobody knows", () => {
	test("[AUTH-7] one question tells that a token is signed by nobody, and the same one causes no other", async () => {
		const { signIn, token, asked, clock } = provider(() => keys({ ...published.first, kid: "first" }));
		const forged = await token(second, "made-up");
		for (let count = 0; count < 100; count++) expect(outcome(await signIn(forged))).toBe("unauthorized");
		await clock.advance(1_000);
		for (let count = 0; count < 100; count++) expect(outcome(await signIn(forged))).toBe("unauthorized");
		expect(asked.times).toBe(1);
	});

	test("[AUTH-7] a thousand made-up names cause six questions a minute, and no honest token is refused for good by them", async () => {
		const { signIn, token, asked, clock } = provider(() => keys({ ...published.first, kid: "first" }));
		await signIn(await token(first, "first"));
		await clock.advance(1);
		const codes = new Set<string>();
		for (let count = 0; count < 1_000; count++) {
			codes.add(outcome(await signIn(await token(second, `made-up ${count}`))));
			await clock.advance(60);
		}
		expect(codes).toEqual(new Set(["unauthorized", "unavailable"]));
		expect(asked.times).toBeLessThanOrEqual(1 + 5 + 5);
		asked.say = () => keys({ ...published.first, kid: "first" }, { ...published.second, kid: "second" });
		expect(outcome(await signIn(await token(first, "first")))).toBe("in");
		const renewed = await token(second, "second");
		expect(outcome(await signIn(renewed))).not.toBe("unauthorized");
		await clock.advance(12_000);
		expect(outcome(await signIn(renewed))).toBe("in");
	});
});
