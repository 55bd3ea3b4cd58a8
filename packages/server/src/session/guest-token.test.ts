import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { jwtVerify, SignJWT } from "jose";
import { createGuestTokens, isGuestToken } from "./guest-token.ts";

const secret = "a secret of this server's that is long enough";
const tokens = createGuestTokens(secret);

describe("a guest's own token", () => {
	test("[AUTH-3] says who the guest is, whatever they are called", () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1 }), fc.option(fc.string({ unit: "grapheme" }), { nil: undefined }), (id, name) => {
				const token = tokens.sign({ id, name }, 2_000);
				expect(isGuestToken(token)).toBe(true);
				expect(tokens.read(token, 1_999)).toEqual({ id, name });
			}),
		);
	});

	test("[AUTH-3] is signed and read whatever failed on this thread before: somebody else's bad key is no fault of a guest's", async () => {
		const offTheCurve = {
			kty: "EC",
			crv: "P-256",
			x: Buffer.alloc(32, 1).toString("base64url"),
			y: Buffer.alloc(32, 2).toString("base64url"),
		};
		const failToRead = () => crypto.subtle.importKey("jwk", offTheCurve, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
		await expect(failToRead()).rejects.toThrow();
		const token = tokens.sign({ id: "g-1", name: "Ana" }, 2_000);
		await expect(failToRead()).rejects.toThrow();
		expect(tokens.read(token, 0)).toEqual({ id: "g-1", name: "Ana" });
	});

	test("[AUTH-3] ends at its time", () => {
		const token = tokens.sign({ id: "g-1", name: "Ana" }, 2_000);
		expect(tokens.read(token, 2_000)).toBe("expired");
	});

	test("[AUTH-2] with any byte of it changed, cut or added it is not ours", () => {
		const token = tokens.sign({ id: "g-1", name: "Ana" }, 2_000);
		for (let at = "guest.".length; at < token.length; at++) {
			const other = token[at] === "A" ? "B" : "A";
			const read = tokens.read(token.slice(0, at) + other + token.slice(at + 1), 0);
			// The last sign holds two bits that are nobody's.
			if (at < token.length - 1 || read === "not ours") expect(read).toBe("not ours");
			else expect(read).toEqual({ id: "g-1", name: "Ana" });
			expect(tokens.read(token.slice(0, at), 0)).toBe("not ours");
		}
		expect(tokens.read(`${token}.more`, 0)).toBe("not ours");
	});

	test("[AUTH-2] of another server, or with another way of signing, it is not ours", async () => {
		expect(
			tokens.read(createGuestTokens("the secret of another server, also long enough").sign({ id: "g-1", name: "Ana" }, 2_000), 0),
		).toBe("not ours");
		const key = new TextEncoder().encode(secret);
		const claims = { sub: "g-1", exp: 2_000, name: "Ana" };
		const other = await new SignJWT(claims).setProtectedHeader({ alg: "HS512" }).sign(key);
		expect(tokens.read(`guest.${other}`, 0)).toBe("not ours");
		const none = [{ alg: "none" }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
		expect(tokens.read(`guest.${none}.`, 0)).toBe("not ours");
		expect(tokens.read("guest.", 0)).toBe("not ours");
	});

	test("[AUTH-3] is a JSON Web Token as others make and read them, and those of before are read", async () => {
		const key = new TextEncoder().encode(secret);
		const token = tokens.sign({ id: "g-1", name: "阿明" }, 2_000);
		const { payload } = await jwtVerify(token.slice("guest.".length), key, { algorithms: ["HS256"], currentDate: new Date(0) });
		expect(payload).toEqual({ sub: "g-1", name: "阿明", exp: 2_000 });
		const before = await new SignJWT({ name: "阿明" })
			.setProtectedHeader({ alg: "HS256" })
			.setSubject("g-1")
			.setExpirationTime(2_000)
			.sign(key);
		expect(tokens.read(`guest.${before}`, 0)).toEqual({ id: "g-1", name: "阿明" });
	});
});
