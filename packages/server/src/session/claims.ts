import { Role, RoomId } from "@hubbub/protocol/fields.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import type { errors, JWTPayload } from "jose";
import * as v from "valibot";

/** What a sign-in token says of a person, as far as it concerns this server. */
export interface Claims {
	readonly subject: string;
	readonly name: string | null;
	/** Unix seconds. */
	readonly expiresAt: number;
	readonly roles: readonly Role[];
	readonly rolesByRoom: Readonly<Record<string, readonly Role[]>>;
}

export type ReadClaims = { readonly ok: true; readonly claims: Claims } | { readonly ok: false; readonly detail: string };

const subjectLengthMax = 128;

/**
 * Reads the claims of a token whose signature, times, issuer and audience have been checked. A claim that cannot be read is named, never
 * quoted (SPEC AUTH-2).
 */
export function readClaims({ sub, exp, name, roles }: JWTPayload): ReadClaims {
	if (typeof sub !== "string" || sub === "" || sub.length > subjectLengthMax)
		return wrong("sub", `a text of 1 to ${subjectLengthMax} characters`, sub);
	if (name !== undefined && name !== null && (typeof name !== "string" || name.length > limits.nameUnitsSentMax))
		return wrong("name", `a text of at most ${limits.nameUnitsSentMax} characters`, name);
	const read = readRoles(roles);
	if (!read.ok) return read;
	const named = typeof name === "string" ? name : null;
	return { ok: true, claims: { subject: sub, name: named, expiresAt: exp as number, roles: read.everywhere, rolesByRoom: read.byRoom } };
}

/** Why `jose` refused a token's claims, in a sentence that names the claim and tells nothing of what it holds. */
export function complaintAbout({ claim, reason }: errors.JWTClaimValidationFailed | errors.JWTExpired): string {
	if (reason === "missing") return `The token has no ${claim}, which this server needs.`;
	if (reason === "invalid") return `The token's ${claim} must be a number of seconds.`;
	switch (claim) {
		case "exp":
			return "The token has expired (exp).";
		case "nbf":
			return "The token is not valid yet (its nbf lies ahead).";
		case "iss":
			return "The token's iss is not the issuer that this server is set up for (HUBBUB_JWT_ISSUER).";
		case "aud":
			return "The token's aud is not the audience that this server is set up for (HUBBUB_JWT_AUDIENCE).";
		default:
			return `The token's ${claim} is not as this server needs it.`;
	}
}

type ReadRoles =
	| { readonly ok: true; readonly everywhere: readonly Role[]; readonly byRoom: Claims["rolesByRoom"] }
	| { readonly ok: false; readonly detail: string };

/** Roles that another system gave are passed over: one token may serve several. What is no list at all was meant otherwise, and is named. */
function readRoles(roles: unknown): ReadRoles {
	if (roles === undefined || roles === null) return { ok: true, everywhere: [], byRoom: {} };
	if (Array.isArray(roles)) return { ok: true, everywhere: ours(roles), byRoom: {} };
	if (typeof roles !== "object") return wrong("roles", "a list of roles, or lists of roles by room", roles);
	const rooms = Object.entries(roles).filter(([room]) => v.is(RoomId, room));
	const misread = rooms.find(([, list]) => !Array.isArray(list));
	if (misread) return wrong(`roles.${misread[0]}`, "a list of roles", misread[1]);
	return { ok: true, everywhere: [], byRoom: Object.fromEntries(rooms.map(([room, list]) => [room, ours(list as unknown[])])) };
}

function ours(list: readonly unknown[]): Role[] {
	return list.filter((role) => v.is(Role, role));
}

function wrong(claim: string, expected: string, found: unknown): { readonly ok: false; readonly detail: string } {
	return { ok: false, detail: `The token's ${claim} must be ${expected}; it is ${kindOf(found)}.` };
}

/** What sort of value a claim holds, for people. */
function kindOf(value: unknown): string {
	if (value === null) return "null";
	if (Array.isArray(value)) return "a list";
	switch (typeof value) {
		case "string":
			return value === "" ? "empty" : `a text of ${value.length}`;
		case "number":
			return "a number";
		case "boolean":
			return "true or false";
		case "object":
			return "an object";
		default:
			return "missing";
	}
}
