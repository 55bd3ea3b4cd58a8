import { readFileSync } from "node:fs";

/**
 * A file that somebody wrote with whatever editor or shell they have: UTF-8, or UTF-16 where its first bytes say so, as Windows writes it.
 * Throws where it cannot be read, or is neither: a secret that is not what was meant would only be found out by those it turns away.
 */
export function readTextFile(path: string): string {
	const bytes = readFileSync(path);
	const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : "utf-8";
	try {
		return new TextDecoder(encoding, { fatal: true }).decode(bytes);
	} catch {
		throw new Error(`it is not ${encoding.toUpperCase()}`);
	}
}
