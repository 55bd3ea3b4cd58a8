/**
 * The WebSocket close code of each code that ends a connection. Apart from `codes.ts`, whose sentences weigh 1 KB in a page: the SDK acts on these
 * and is told the sentence by the server. 4000–4099 is final, 4100–4199 means come back.
 */
export const closeCodes = {
	unauthorized: 4001,
	banned: 4003,
	room_not_found: 4004,
	frame_too_large: 4009,
	bad_frame: 4010,
	draining: 4100,
	too_slow: 4101,
	silent: 4102,
	overloaded: 4103,
	flooding: 4104,
	unavailable: 4105,
} as const;

/** The codes that end a connection. */
export type CloseCode = keyof typeof closeCodes;

/** The close code of `code`; undefined where it ends no connection, or is of a later version. */
export function closeCodeOf(code: string): number | undefined {
	return Object.hasOwn(closeCodes, code) ? closeCodes[code as CloseCode] : undefined;
}

/** Whether a WebSocket close code tells the client to stay away: ours of 4000–4099, and RFC 6455's protocol failures. */
export function isFinalClose(closeCode: number): boolean {
	return (closeCode >= 4000 && closeCode <= 4099) || [1002, 1003, 1007, 1008, 1009, 1010].includes(closeCode);
}
