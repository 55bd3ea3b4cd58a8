/** What somebody presents to say who they are. */
export type Credential =
	| { readonly kind: "none" }
	| { readonly kind: "token"; readonly token: string }
	/** Something was presented that no token can be: whoever did so meant to be somebody, and is no guest (SPEC AUTH-6). */
	| { readonly kind: "malformed" };

/** What to say of a malformed one. */
export const malformedWords = "What was presented is no token: Authorization takes Bearer and one token, or is left out.";

const none: Credential = { kind: "none" };
const malformed: Credential = { kind: "malformed" };

/** Visible ASCII: every JSON Web Token, guest's token and operator's key is made of it. */
const tokenSigns = /^[\x21-\x7e]+$/;

/** The `token` of a hello. An empty one is none, as a page sends it that has nobody signed in. */
export function helloCredential(token: string | undefined): Credential {
	if (token === undefined || token === "") return none;
	return tokenSigns.test(token) ? { kind: "token", token } : malformed;
}

/** An `Authorization` header: `Bearer` and a token (RFC 6750 section 2.1), or none. Of another scheme, or without a token, it is malformed. */
export function headerCredential(header: string | null | undefined): Credential {
	if (header === null || header === undefined) return none;
	const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
	return token === undefined ? malformed : { kind: "token", token };
}

/** The credential of a hello that came with a header: the hello's own token where it has one, unless the header is malformed. */
export function eitherCredential(hello: Credential, header: Credential): Credential {
	return hello.kind === "none" || header.kind === "malformed" ? header : hello;
}
