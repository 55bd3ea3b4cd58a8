import { describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { FakeClock } from "../../test/fake-clock.ts";
import { createSignIn } from "./sign-in.ts";

const secret = "a shared secret of thirty-two characters or more";
const clock = new FakeClock();
const now = Math.floor(clock.wallMs() / 1_000);
const signIn = createSignIn({ jwtSecret: secret, keySet: null, jwtIssuer: "https://school.example", jwtAudience: "hubbub", clock });
const good = { sub: "u", exp: now + 60, iss: "https://school.example", aud: "hubbub" };

function claimsOf(claims: object) {
	return signedIn({ ...good, ...claims });
}

async function signedIn(claims: object, signing = { alg: "HS256", secret }) {
	const token = new SignJWT(claims as Record<string, unknown>).setProtectedHeader({ alg: signing.alg });
	return signIn(await token.sign(new TextEncoder().encode(signing.secret)));
}

describe("the roles of a token", () => {
	test.each<[string, unknown, readonly string[], object]>([
		["a list with those of another system", ["Task.Read", "moderator"], ["moderator"], {}],
		["a list with nothing of ours", ["Task.Read", "emperor"], [], {}],
		["a list with what are no names", [7, null, ["host"], { name: "host" }, "vip"], ["vip"], {}],
		["ours in another case", ["Moderator", " host"], [], {}],
		["lists by room, with those of another system", { maths: ["Task.Read", "host"], art: ["painter"] }, [], { maths: ["host"], art: [] }],
		["lists by what are no rooms", { "Realm Management": ["host"], "urn:x": "host", maths: ["vip"] }, [], { maths: ["vip"] }],
		["none", undefined, [], {}],
		["null", null, [], {}],
		["an empty list", [], [], {}],
	])("[AUTH-2] %s: those that are ours count, the others are passed over", async (_what, roles, everywhere, byRoom) => {
		expect(await claimsOf({ roles })).toMatchObject({ ok: true, claims: { roles: everywhere, rolesByRoom: byRoom } });
	});
});

describe("a claim that is wrong", () => {
	test.each<[string, object, string]>([
		["sub", { sub: 12345 }, "sub must be a text of 1 to 128 characters; it is a number."],
		["sub", { sub: "" }, "sub must be a text of 1 to 128 characters; it is empty."],
		["sub", { sub: "s".repeat(129) }, "sub must be a text of 1 to 128 characters; it is a text of 129."],
		["sub", { sub: null }, "sub must be a text of 1 to 128 characters; it is null."],
		["sub", { sub: ["u"] }, "sub must be a text of 1 to 128 characters; it is a list."],
		["sub", { sub: undefined }, "has no sub"],
		["exp", { exp: undefined }, "has no exp"],
		["exp", { exp: String(now + 60) }, "exp must be a number of seconds."],
		["exp", { exp: now - 60 }, "has expired (exp)."],
		["nbf", { nbf: now + 60 }, "not valid yet (its nbf lies ahead)."],
		["nbf", { nbf: "tomorrow" }, "nbf must be a number of seconds."],
		["iat", { iat: "2026-11-26" }, "iat must be a number of seconds."],
		["iss", { iss: "https://elsewhere.example" }, "iss is not the issuer that this server is set up for (HUBBUB_JWT_ISSUER)."],
		["iss", { iss: undefined }, "has no iss"],
		["aud", { aud: "another-service" }, "aud is not the audience that this server is set up for (HUBBUB_JWT_AUDIENCE)."],
		["aud", { aud: ["one", "two"] }, "aud is not the audience"],
		["aud", { aud: undefined }, "has no aud"],
		["name", { name: 5 }, "name must be a text of at most 1024 characters; it is a number."],
		["name", { name: "n".repeat(1_025) }, "name must be a text of at most 1024 characters; it is a text of 1025."],
		["roles", { roles: "moderator" }, "roles must be a list of roles, or lists of roles by room; it is a text of 9."],
		["roles", { roles: true }, "roles must be a list of roles, or lists of roles by room; it is true or false."],
		["roles.maths", { roles: { maths: "host" } }, "roles.maths must be a list of roles; it is a text of 4."],
	])("[AUTH-2] %s is named, and not quoted: %#", async (claim, claims, words) => {
		const refused = await claimsOf(claims);
		if (refused.ok) throw new Error("It was taken.");
		expect(refused.code).toBe("unauthorized");
		expect(refused.detail).toContain(claim);
		expect(refused.detail).toContain(words);
		for (const value of ["12345", "elsewhere", "another-service", "nnn", "sss", "moderator", "tomorrow"])
			expect(refused.detail).not.toContain(value);
	});

	test("[AUTH-2] claims are spoken of only where the signature is right", async () => {
		const refused = await signedIn({ ...good, sub: 5 }, { alg: "HS256", secret: "another secret of thirty-two characters or more" });
		expect(refused).toMatchObject({ code: "unauthorized", detail: "The token is not signed as this server is set up for." });
		expect(await signedIn(good, { alg: "HS512", secret: `${secret}${secret}` })).toMatchObject({
			detail: "The token's alg is not the one this server is set up for: HS256.",
		});
		for (const token of ["x", "x.y.z", "....", "eyJhbGciOiJIUzI1NiJ9.e30."])
			expect(await signIn(token)).toMatchObject({ code: "unauthorized" });
	});

	test("[AUTH-2] five seconds between two clocks, and a name that is null, are no mistake", async () => {
		expect(await claimsOf({ nbf: now + 4, exp: now - 4, name: null, iat: now + 30 })).toMatchObject({ ok: true, claims: { name: null } });
	});
});
