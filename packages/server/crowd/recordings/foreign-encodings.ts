/**
 * Bytes of a text in an encoding that programs write and `TextEncoder` does not: found by asking the decoder what each pair of bytes means.
 * For tests.
 */
export function encodeAs(label: string, text: string): Uint8Array {
	if (label === "utf-16le" || label === "utf-16be") return utf16(text, label === "utf-16be");
	if (label === "utf-8") return new TextEncoder().encode(text);
	const signs = signsOf(label);
	return Uint8Array.from(
		[...text].flatMap((sign) => {
			const bytes = sign < "\x80" ? [sign.charCodeAt(0)] : signs.get(sign);
			if (!bytes) throw new Error(`${sign} is not in ${label}.`);
			return [...bytes];
		}),
	);
}

function utf16(text: string, isBigEndian: boolean): Uint8Array {
	const bytes = Buffer.from(text, "utf16le");
	return isBigEndian ? bytes.swap16() : bytes;
}

const known = new Map<string, ReadonlyMap<string, readonly number[]>>();

function signsOf(label: string): ReadonlyMap<string, readonly number[]> {
	const remembered = known.get(label);
	if (remembered) return remembered;
	const decoder = new TextDecoder(label, { fatal: true });
	const signs = new Map<string, readonly number[]>();
	for (let first = 0x81; first < 0xff; first++)
		for (let second = 0x40; second < 0xff; second++) {
			try {
				const sign = decoder.decode(Uint8Array.of(first, second));
				if ([...sign].length === 1 && !signs.has(sign)) signs.set(sign, [first, second]);
			} catch {
				// Not every pair is a sign.
			}
		}
	known.set(label, signs);
	return signs;
}
