import { createHmac } from "node:crypto";
import type { Role, User } from "@hubbub/protocol/event.ts";
import { Role as RoleSchema } from "@hubbub/protocol/event.ts";
import { cleanName } from "@hubbub/protocol/text.ts";
import { createRemoteJWKSet, type JWTPayload, jwtVerify, SignJWT } from "jose";
import * as v from "valibot";
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { guestName } from "./guest-name.ts";

/** Who stands behind a connection or a request. */
export interface Principal {
	readonly id: string;
	readonly name: string;
	readonly kind: "operator" | "member" | "guest";
	/** Roles held in every room, and those held in some. */
	readonly roles: readonly Role[];
	readonly rolesByRoom: Readonly<Record<string, readonly Role[]>>;
	/** When the rights end, Unix milliseconds; null is never. */
	readonly expiresAtMs: number | null;
}

export type Authenticated =
	| { readonly ok: true; readonly principal: Principal /** A guest's own token, to come back with. */; readonly guestToken?: string }
	| { readonly ok: false; readonly detail: string };

export interface AuthenticatorOptions {
	/** Whether a presented key is the operator's. Compared in constant time. */
	readonly isOperatorKey: (key: string) => boolean;
	/** Signs and checks guests' own tokens; at least 32 bytes. */
	readonly guestSecret: string;
	readonly jwtSecret: string | null;
	readonly jwksUrl: string | null;
	readonly jwtIssuer: string | null;
	readonly jwtAudience: string | null;
	readonly clock: Clock;
	readonly random: Random;
}

/** The one place where tokens become people, for every transport (SPEC AUTH-1). */
export interface Authenticator {
	/** `name` is how a guest would like to be called. Never throws. */
	authenticate(token: string | undefined, name: string | undefined): Promise<Authenticated>;
	/** The guest that somebody without a token is over plain HTTP: one for each address, so that their pace can be held. */
	guestAt(address: string): Principal;
}

const guestTokenPrefix = "guest.";
const guestIdPrefix = "g-";
const guestTokenDays = 180;
const asymmetric = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

/** What a token must and may say; the rest is ignored. */
const Claims = v.object({
	sub: v.pipe(v.string(), v.minLength(1), v.maxLength(128)),
	name: v.optional(v.pipe(v.string(), v.maxLength(1_024))),
	exp: v.number(),
	roles: v.optional(v.union([v.array(RoleSchema), v.record(v.string(), v.array(RoleSchema))])),
});

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
	const guestKey = new TextEncoder().encode(options.guestSecret);
	const sharedKey = options.jwtSecret === null ? null : new TextEncoder().encode(options.jwtSecret);
	const remoteKeys = options.jwksUrl === null ? null : createRemoteJWKSet(new URL(options.jwksUrl));
	const expectations = {
		...(options.jwtIssuer !== null && { issuer: options.jwtIssuer }),
		...(options.jwtAudience !== null && { audience: options.jwtAudience }),
		requiredClaims: ["sub", "exp"],
		clockTolerance: 5,
	};

	return {
		async authenticate(token, name) {
			if (token === undefined || token === "") return newGuest(guestIdPrefix + options.random.token(10), name);
			if (options.isOperatorKey(token)) return { ok: true, principal: operator };
			if (token.startsWith(guestTokenPrefix)) return returningGuest(token.slice(guestTokenPrefix.length), name);
			return member(token);
		},
		guestAt(address) {
			const digest = createHmac("sha256", options.guestSecret).update(address).digest("hex");
			return guest(guestIdPrefix + digest.slice(0, 10), undefined);
		},
	};

	/** The algorithm is pinned by how the server is set up, never taken from the token (SPEC AUTH-2). */
	async function member(token: string): Promise<Authenticated> {
		let payload: JWTPayload | null = null;
		const expected = { ...expectations, currentDate: new Date(options.clock.wallMs()) };
		try {
			if (sharedKey) payload = (await jwtVerify(token, sharedKey, { ...expected, algorithms: ["HS256"] })).payload;
			else if (remoteKeys) payload = (await jwtVerify(token, remoteKeys, { ...expected, algorithms: asymmetric })).payload;
		} catch {
			return { ok: false, detail: "The token is not valid here, or has expired." };
		}
		if (!payload) return { ok: false, detail: "This server takes no tokens: no secret or key set is configured." };
		const claims = v.safeParse(Claims, payload);
		if (!claims.success) return { ok: false, detail: "The token lacks a claim this server needs, or has a wrong one." };
		const { sub, name, exp, roles } = claims.output;
		if (sub === operator.id || sub.startsWith(guestIdPrefix))
			return { ok: false, detail: "The token's sub is one that this server gives itself." };
		const everywhere = Array.isArray(roles) ? roles : [];
		return {
			ok: true,
			principal: {
				id: sub,
				name: cleanName(name ?? "") || cleanName(sub) || "member",
				kind: "member",
				roles: everywhere.length > 0 ? everywhere : ["member"],
				rolesByRoom: roles && !Array.isArray(roles) ? roles : {},
				expiresAtMs: exp * 1_000,
			},
		};
	}

	/** The name goes with the token, so that what a guest says over plain HTTP bears it too. */
	async function newGuest(id: string, wished: string | undefined): Promise<Authenticated> {
		const principal = guest(id, wished);
		const payload = new SignJWT({ name: principal.name }).setProtectedHeader({ alg: "HS256" }).setSubject(id);
		const expiresAtSeconds = Math.floor(options.clock.wallMs() / 1_000) + guestTokenDays * 86_400;
		const signed = await payload.setExpirationTime(expiresAtSeconds).sign(guestKey);
		return { ok: true, principal, guestToken: guestTokenPrefix + signed };
	}

	async function returningGuest(token: string, name: string | undefined): Promise<Authenticated> {
		try {
			const currentDate = new Date(options.clock.wallMs());
			const { payload } = await jwtVerify(token, guestKey, { algorithms: ["HS256"], requiredClaims: ["sub", "exp"], currentDate });
			const principal = guest(payload.sub as string, typeof payload.name === "string" ? payload.name : undefined);
			// A guest who comes back under another name gets another token that says so.
			if (name === undefined || guest(principal.id, name).name === principal.name) return { ok: true, principal };
			return newGuest(principal.id, name);
		} catch {
			return { ok: false, detail: "The guest token is not from this server, or has expired." };
		}
	}
}

// Shared: a hundred thousand guests need not hold one each.
const guestRoles: readonly Role[] = ["guest"];
const nowhere: Principal["rolesByRoom"] = {};

const operator: Principal = { id: "operator", name: "operator", kind: "operator", roles: ["owner"], rolesByRoom: {}, expiresAtMs: null };

function guest(id: string, wished: string | undefined): Principal {
	return { id, name: guestName(id, wished), kind: "guest", roles: guestRoles, rolesByRoom: nowhere, expiresAtMs: null };
}

/** The principal as others see them in one room, with the roles they have there. */
export function actorIn(principal: Principal, room: string): User {
	// A room may be called `constructor`.
	const here = Object.hasOwn(principal.rolesByRoom, room) ? principal.rolesByRoom[room] : undefined;
	const roles = here
		? [...new Set([...principal.roles.filter((role) => role !== "member" || here.length === 0), ...here])]
		: principal.roles;
	return { id: principal.id, name: principal.name, roles: [...roles] };
}

/** The token of an `Authorization: Bearer …` header (RFC 6750 section 2.1). */
export function bearerToken(header: string | null | undefined): string | undefined {
	return /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? "")?.[1];
}
