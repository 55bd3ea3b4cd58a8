import { byteLength } from "./byte-length.ts";

/** Bytes that fit into a close frame beside its code (RFC 6455 section 5.5). */
const reasonBytesMax = 123;

/** The offered protocols as a list. Throws a `SyntaxError` DOMException for a name that is no token (RFC 9110 section 5.6.2) or stands twice. */
export function listProtocols(protocols: string | readonly string[]): readonly string[] {
	const offered = typeof protocols === "string" ? [protocols] : [...protocols].map(String);
	if (new Set(offered).size < offered.length || !offered.every((name) => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name))) {
		throw new DOMException(`'${offered}' is no list of protocols.`, "SyntaxError");
	}
	return offered;
}

/**
 * The arguments of `close` as the browser takes them. Throws an `InvalidAccessError` DOMException
 * for a code that a page may not use, a `SyntaxError` for a reason longer than 123 bytes of UTF-8.
 */
export function checkCloseArguments(code: unknown, reason: unknown): { readonly code?: number; readonly reason?: string } {
	const whole = code === undefined ? undefined : Math.round(Number(code));
	if (whole !== undefined && whole !== 1000 && !(whole >= 3000 && whole <= 4999)) {
		throw new DOMException(`${whole} is neither 1000 nor 3000 to 4999.`, "InvalidAccessError");
	}
	const words = reason === undefined ? undefined : String(reason).toWellFormed();
	if (words !== undefined && byteLength(words) > reasonBytesMax) {
		throw new DOMException(`The reason exceeds ${reasonBytesMax} bytes.`, "SyntaxError");
	}
	// A close frame without a code has no room for a reason; browsers send neither.
	return whole === undefined ? {} : { code: whole, reason: words };
}
