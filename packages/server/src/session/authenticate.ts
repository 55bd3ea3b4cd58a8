import { createHmac } from "node:crypto";
import type { Role, User } from "@hubbub/protocol/fields.ts";
import { cleanName } from "@hubbub/protocol/text.ts";
import { guestName } from "../names/guest-name.ts";
import type { Random } from "../runtime/random.ts";
import type { AddressLimits } from "./address-limits.ts";
import type { Claims } from "./claims.ts";
import { type Credential, malformedWords } from "./credential.ts";
import { createGuestTokens, isGuestToken } from "./guest-token.ts";
import { createSignIn, type SignInOptions } from "./sign-in.ts";

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
	| Unauthenticated;

export interface Unauthenticated {
	readonly ok: false;
	/** `unauthorized` is final. `unavailable`: the token could not be checked now. `rate_limited`: too many new guests of one address. */
	readonly code: "unauthorized" | "unavailable" | "rate_limited";
	readonly detail: string;
	readonly retryAfterMs?: number;
}

export interface AuthenticatorOptions extends SignInOptions {
	/** Whether a presented key is the operator's. Compared in constant time. */
	readonly isOperatorKey: (key: string) => boolean;
	/** Who somebody with that key is. */
	readonly operator: Principal;
	/** Signs and checks guests' own tokens; at least 32 bytes. */
	readonly guestSecret: string;
	readonly addressLimits: AddressLimits;
	readonly random: Random;
}

/** The one place where what is presented becomes a person, for every transport (SPEC AUTH-1). */
export interface Authenticator {
	/**
	 * Who says hello. Without a credential that is a new guest, counted by address (SPEC RATE-6). `name` is how a guest would like to be
	 * called. Never throws.
	 */
	welcome(credential: Credential, visitor: { readonly name: string | undefined; readonly address: string }): Promise<Authenticated>;
	/** Who makes a request over plain HTTP. Without a credential that is the one guest of the address, so that their pace can be held. Never throws. */
	recognise(credential: Credential, address: string): Promise<Authenticated>;
}

const guestIdPrefix = "g-";
const guestTokenDays = 180;

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
	const guestTokens = createGuestTokens(options.guestSecret);
	const nowSeconds = () => Math.floor(options.clock.wallMs() / 1_000);
	const signIn = createSignIn(options);

	return {
		async welcome(credential, { name, address }) {
			if (credential.kind !== "none") return holderOf(credential, name);
			const waitMs = options.addressLimits.take("become-guest", address);
			if (waitMs > 0)
				return { ok: false, code: "rate_limited", detail: "Too many new guests come from this address.", retryAfterMs: waitMs };
			return newGuest(guestIdPrefix + options.random.token(10), name);
		},
		async recognise(credential, address) {
			if (credential.kind !== "none") return holderOf(credential, undefined);
			const digest = createHmac("sha256", options.guestSecret).update(address).digest("hex");
			return { ok: true, principal: guest(guestIdPrefix + digest.slice(0, 10), undefined) };
		},
	};

	async function holderOf(credential: Exclude<Credential, { kind: "none" }>, name: string | undefined): Promise<Authenticated> {
		if (credential.kind === "malformed") return unauthorized(malformedWords);
		const { token } = credential;
		if (options.isOperatorKey(token)) return { ok: true, principal: options.operator };
		if (isGuestToken(token)) return returningGuest(token, name);
		const signedIn = await signIn(token);
		return signedIn.ok ? member(signedIn.claims) : signedIn;
	}

	function member({ subject, name, roles, rolesByRoom, expiresAt }: Claims): Authenticated {
		if (subject === options.operator.id || subject.startsWith(guestIdPrefix))
			return unauthorized("The token's sub is one that this server gives itself.");
		return {
			ok: true,
			principal: {
				id: subject,
				name: cleanName(name ?? "") || cleanName(subject) || "member",
				kind: "member",
				roles: roles.length > 0 ? roles : ["member"],
				rolesByRoom,
				expiresAtMs: expiresAt * 1_000,
			},
		};
	}

	/** The name goes with the token, so that what a guest says over plain HTTP bears it too. */
	function newGuest(id: string, wished: string | undefined): Authenticated {
		const principal = guest(id, wished);
		return { ok: true, principal, guestToken: guestTokens.sign(principal, nowSeconds() + guestTokenDays * 86_400) };
	}

	function returningGuest(token: string, name: string | undefined): Authenticated {
		const claims = guestTokens.read(token, nowSeconds());
		if (claims === "expired") return unauthorized("The guest token has expired (exp).");
		if (claims === "not ours") return unauthorized("The guest token is not from this server.");
		const principal = guest(claims.id, claims.name);
		// A guest who comes back under another name gets another token that says so.
		if (name === undefined || name === claims.name || guest(principal.id, name).name === principal.name) return { ok: true, principal };
		return newGuest(principal.id, name);
	}
}

function unauthorized(detail: string): Unauthenticated {
	return { ok: false, code: "unauthorized", detail };
}

// Shared: a hundred thousand guests need not hold one each.
const guestRoles: readonly Role[] = ["guest"];
const nowhere: Principal["rolesByRoom"] = {};

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
