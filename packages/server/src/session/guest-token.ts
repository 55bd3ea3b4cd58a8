import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import * as v from "valibot";

/** What a guest's own token says. */
export interface GuestClaims {
	readonly id: string;
	readonly name: string | undefined;
}

export interface GuestTokens {
	sign(guest: GuestClaims, expiresAtSeconds: number): string;
	/** What a token says, or why it says nothing to us. */
	read(token: string, nowSeconds: number): GuestClaims | "expired" | "not ours";
}

const prefix = "guest.";
/** The JSON `{"alg":"HS256"}`: the only header there is, so that nobody chooses how a signature is checked. */
const header = "eyJhbGciOiJIUzI1NiJ9";
const Payload = v.object({ sub: v.string(), exp: v.number(), name: v.optional(v.string()) });

/** Whether a token is meant to be a guest's. */
export function isGuestToken(token: string): boolean {
	return token.startsWith(prefix);
}

/**
 * Tokens that guests come back with: JWTs (RFC 7519) signed by HMAC with SHA-256 (RFC 7518 section 3.2). Every new viewer is signed one, so it is done at once on this thread: the
 * library for other people's tokens goes through another thread, which took a sixth of a join.
 *
 * @param secret at least 32 bytes
 */
export function createGuestTokens(secret: string): GuestTokens {
	const key = createSecretKey(Buffer.from(secret));
	// Not `Bun.CryptoHasher`: with a key it fails for the fault of whoever failed on this thread before, such as an identity provider's bad key.
	const signatureOf = (signed: string) => createHmac("sha256", key).update(signed).digest();
	return {
		sign({ id, name }, expiresAtSeconds) {
			const payload = Buffer.from(JSON.stringify({ name, sub: id, exp: expiresAtSeconds })).toString("base64url");
			const signed = `${header}.${payload}`;
			return `${prefix}${signed}.${signatureOf(signed).toString("base64url")}`;
		},
		read(token, nowSeconds) {
			const [given, payload, signature, ...more] = token.slice(prefix.length).split(".");
			if (given !== header || !payload || !signature || more.length > 0) return "not ours";
			const expected = signatureOf(`${given}.${payload}`);
			const presented = Buffer.from(signature, "base64url");
			if (presented.length !== expected.length || !timingSafeEqual(presented, expected)) return "not ours";
			const claims = v.safeParse(Payload, jsonOf(payload));
			if (!claims.success) return "not ours";
			const { sub, exp, name } = claims.output;
			return exp > nowSeconds ? { id: sub, name } : "expired";
		},
	};
}

function jsonOf(payload: string): unknown {
	try {
		return JSON.parse(Buffer.from(payload, "base64url").toString());
	} catch {
		return null;
	}
}
