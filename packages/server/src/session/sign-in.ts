import { errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose";
import type { Clock } from "../runtime/clock.ts";
import { type Claims, complaintAbout, readClaims } from "./claims.ts";
import type { KeySet, Keys } from "./key-set.ts";

export interface SignInOptions {
	readonly jwtSecret: string | null;
	readonly keySet: KeySet | null;
	readonly jwtIssuer: string | null;
	readonly jwtAudience: string | null;
	readonly clock: Clock;
}

export type SignedIn =
	| { readonly ok: true; readonly claims: Claims }
	/** `unavailable` says nothing of the token: it could not be checked now. `detail` quotes nothing of it. */
	| { readonly ok: false; readonly code: "unauthorized" | "unavailable"; readonly detail: string; readonly retryAfterMs?: number };

const asymmetric = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
/** Seconds that the clocks of whoever signs and of this server may be apart. */
const clockToleranceSeconds = 5;
/** Keys that are tried on a token which does not say by which it is signed. */
const keysTriedMax = 16;

/** Checks sign-in tokens. The algorithm is pinned by how the server is set up, never taken from the token (SPEC AUTH-2). */
export function createSignIn({ jwtSecret, keySet, jwtIssuer, jwtAudience, clock }: SignInOptions): (token: string) => Promise<SignedIn> {
	const sharedKey = jwtSecret === null ? null : new TextEncoder().encode(jwtSecret);
	const expectations = {
		...(jwtIssuer !== null && { issuer: jwtIssuer }),
		...(jwtAudience !== null && { audience: jwtAudience }),
		requiredClaims: ["sub", "exp"],
		clockTolerance: clockToleranceSeconds,
	};

	return async function signIn(token) {
		if (sharedKey) return withSecret(token, sharedKey);
		if (keySet) return withKeySet(token, keySet);
		return refused("This server takes no tokens: no secret or key set is configured.");
	};

	function expected(algorithms: string[]): JWTVerifyOptions {
		return { ...expectations, algorithms, currentDate: new Date(clock.wallMs()) };
	}

	async function withSecret(token: string, secret: Uint8Array): Promise<SignedIn> {
		try {
			return readClaimsOf((await jwtVerify(token, secret, expected(["HS256"]))).payload);
		} catch (fault) {
			return refused(reasonOf(fault, "HS256"));
		}
	}

	async function withKeySet(token: string, keys: KeySet): Promise<SignedIn> {
		const sinceMs = clock.monotonicMs();
		const current = await keys.current();
		if (!current) return unavailable(keys);
		const first = await withKeys(token, current);
		if (!("unknownKey" in first)) return first;
		const newer = await keys.newerThan(current, first.unknownKey, sinceMs);
		if (newer === "unavailable") return unavailable(keys);
		const again = newer === "unknown" ? first : await withKeys(token, newer);
		if (!("unknownKey" in again)) return again;
		keys.noteUnknown(again.unknownKey);
		return refused("The token is not signed with a key of the key set that this server is set up for.");
	}

	async function withKeys(token: string, keys: Keys): Promise<SignedIn | UnknownKey> {
		// What a token that names no key is tried with may be yesterday's: it is looked up again like one that names an unknown key.
		let named: string | null = null;
		const find: JWTVerifyGetKey = async (header, input) => {
			named = typeof header.kid === "string" ? header.kid : null;
			return keys(header, input);
		};
		try {
			return readClaimsOf((await jwtVerify(token, find, expected(asymmetric))).payload);
		} catch (fault) {
			if (fault instanceof errors.JWKSNoMatchingKey) return { unknownKey: named ?? "" };
			if (fault instanceof errors.JWKSMultipleMatchingKeys) return withEach(token, fault, named);
			if (fault instanceof errors.JWSSignatureVerificationFailed && named === null) return { unknownKey: "" };
			return refusedByKey(fault);
		}
	}

	/** The token may be signed with any of several keys. */
	async function withEach(token: string, several: errors.JWKSMultipleMatchingKeys, named: string | null): Promise<SignedIn | UnknownKey> {
		let tried = 0;
		for await (const key of several) {
			if (tried++ === keysTriedMax) break;
			try {
				return readClaimsOf((await jwtVerify(token, key, expected(asymmetric))).payload);
			} catch (fault) {
				if (!(fault instanceof errors.JWSSignatureVerificationFailed)) return refusedByKey(fault);
			}
		}
		return { unknownKey: named ?? "" };
	}
}

/** The keys in hand do not hold what the token is signed with. `""` is a key without a name. */
interface UnknownKey {
	readonly unknownKey: string;
}

function readClaimsOf(payload: Parameters<typeof readClaims>[0]): SignedIn {
	const read = readClaims(payload);
	return read.ok ? read : refused(read.detail);
}

function refused(detail: string): SignedIn {
	return { ok: false, code: "unauthorized", detail };
}

/** What the library does not throw itself comes of a key that is none: the provider's fault, and not the token's. */
function refusedByKey(fault: unknown): SignedIn {
	if (fault instanceof errors.JOSEError && !(fault instanceof errors.JWKSInvalid)) return refused(reasonOf(fault, "one for public keys"));
	return { ok: false, code: "unavailable", detail: "The identity provider's key for this token cannot be used." };
}

function unavailable(keys: KeySet): SignedIn {
	const detail = "The identity provider's keys cannot be had now, so the token cannot be checked.";
	return { ok: false, code: "unavailable", detail, retryAfterMs: keys.retryAfterMs };
}

function reasonOf(fault: unknown, algorithm: string): string {
	if (isAbout(fault, errors.JWTClaimValidationFailed, errors.JWTExpired)) return complaintAbout(fault);
	if (fault instanceof errors.JWSSignatureVerificationFailed) return "The token is not signed as this server is set up for.";
	if (fault instanceof errors.JOSEAlgNotAllowed) return `The token's alg is not the one this server is set up for: ${algorithm}.`;
	return "The token is no signed JSON Web Token.";
}

function isAbout<T>(fault: unknown, ...kinds: (new (...given: never[]) => T)[]): fault is T {
	return kinds.some((kind) => fault instanceof kind);
}
