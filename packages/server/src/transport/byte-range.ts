/** Which bytes of a file a request wants: all of them, or from one to another, both included. */
export type ByteRange = "whole" | "unsatisfiable" | { readonly from: number; readonly to: number };

/**
 * Reads `Range` (RFC 9110 section 14) for a file of `size` bytes: players ask for parts of a film, and some play none that cannot be had in
 * parts. What is not understood, several ranges included, is answered with the whole, as the RFC allows.
 */
export function byteRangeOf(header: string | null, size: number): ByteRange {
	const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
	if (first === "" && last === "") return "whole";
	if (first === "") {
		const length = Math.min(Number(last), size);
		return length === 0 ? "unsatisfiable" : { from: size - length, to: size - 1 };
	}
	const from = Number(first);
	const to = last === "" ? size - 1 : Math.min(Number(last), size - 1);
	if (last !== "" && Number(last) < from) return "whole";
	return from >= size ? "unsatisfiable" : { from, to };
}
