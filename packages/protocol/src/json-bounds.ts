import * as limits from "./wire/limits.ts";

/**
 * Why a JSON text from outside is not parsed at all, as a sentence without its subject; null where it may be. Looks at brackets and commas
 * outside strings: a 5,000-deep array parses but cannot be stringified again, and 64 KiB of names nobody knows cost milliseconds.
 *
 * @example jsonExcess('{"type":"ping"}') // null
 */
export function jsonExcess(json: string): string | null {
	let depth = 0;
	let values = 1;
	let inString = false;
	for (let index = 0; index < json.length; index++) {
		const unit = json.charCodeAt(index);
		if (inString) {
			if (unit === 0x5c) index++;
			else if (unit === 0x22) inString = false;
		} else if (unit === 0x22) inString = true;
		else if (unit === 0x5b || unit === 0x7b) {
			values++;
			if (++depth > limits.nestingDepthMax) return `nests deeper than ${limits.nestingDepthMax}`;
		} else if (unit === 0x5d || unit === 0x7d) depth--;
		else if (unit === 0x2c) values++;
		if (values > limits.frameValuesMax) return `holds more than ${limits.frameValuesMax} values`;
	}
	return null;
}
