/** Bytes that fit into a close frame beside its code (RFC 6455 section 5.5). */
const reasonBytesMax = 123;

/** The offered protocols as a list. Throws a `SyntaxError` DOMException for a name that is no token (RFC 9110 section 5.6.2) or stands twice. */
export function listProtocols(protocols: string | readonly string[]): readonly string[] {
	const offered = typeof protocols === "string" ? [protocols] : [...protocols].map(String);
	for (const [index, name] of offered.entries()) {
		if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) throw new DOMException(`'${name}' is not a protocol's name.`, "SyntaxError");
		// Case does not tell two of them apart.
		const first = offered.findIndex((other) => other.toLowerCase() === name.toLowerCase());
		if (first !== index) throw new DOMException(`'${name}' stands twice among the protocols.`, "SyntaxError");
	}
	return offered;
}

/**
 * The arguments of `close` as the browser takes them: the code is clamped to 16 bits and rounded. Throws an `InvalidAccessError` DOMException
 * for a code that a page may not use, a `SyntaxError` for a reason longer than 123 bytes of UTF-8.
 */
export function checkCloseArguments(code: unknown, reason: unknown): { readonly code?: number; readonly reason?: string } {
	const clamped = code === undefined ? undefined : clamp(Number(code));
	if (clamped !== undefined && clamped !== 1000 && !(clamped >= 3000 && clamped <= 4999)) {
		throw new DOMException(`A page may close with 1000 or 3000 to 4999, not ${clamped}.`, "InvalidAccessError");
	}
	const words = reason === undefined ? undefined : String(reason).toWellFormed();
	if (words !== undefined && new TextEncoder().encode(words).length > reasonBytesMax) {
		throw new DOMException(`The reason is longer than ${reasonBytesMax} bytes.`, "SyntaxError");
	}
	// A close frame without a code has no room for a reason; browsers send neither.
	return clamped === undefined ? {} : { code: clamped, reason: words };
}

/** Web IDL's `[Clamp] unsigned short`: halves go to the even neighbour. */
function clamp(code: number): number {
	if (Number.isNaN(code)) return 0;
	const bounded = Math.min(Math.max(code, 0), 65_535);
	const floor = Math.floor(bounded);
	const rest = bounded - floor;
	return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
