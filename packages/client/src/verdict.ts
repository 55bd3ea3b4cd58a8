import { type CloseCode, type Code, type codes, isFinalClose } from "@hubbub/protocol/codes.ts";
import type { Bye } from "@hubbub/protocol/downstream.ts";
import type { LinkEnd } from "./transport.ts";

/** What to do after a link ended: stay away, or come back, after `afterMs` where the server named a time. */
export type Verdict =
	| { readonly kind: "final"; readonly code: Code | null; readonly message: string }
	| { readonly kind: "again"; readonly afterMs: number | null; readonly reason: string | null };

/** The close code of each code that ends a connection: the protocol's table without its sentences, which weigh 1 KB. Its types hold the two together. */
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
} as const satisfies { readonly [C in CloseCode]: (typeof codes)[C]["close"] };

/** The close code of `code`; undefined where it ends no connection, or is of a later version. */
export function closeCodeOf(code: string): number | undefined {
	return closeCodes[code as CloseCode];
}

/** Judges the end of a link by its close code and by the `bye` before it; the bye wins, since proxies rewrite close codes. */
export function judge(end: LinkEnd, bye: Bye | null): Verdict {
	const close = (bye && closeCodeOf(bye.code)) ?? end.code;
	const code = bye?.code ?? (Object.keys(closeCodes) as CloseCode[]).find((name) => closeCodes[name] === close) ?? null;
	const reason = bye?.message ?? (end.reason || null);
	if (isFinalClose(close)) return { kind: "final", code, message: reason ?? `The connection was closed with code ${close}.` };
	return { kind: "again", afterMs: bye?.reconnectAfterMs ?? null, reason };
}
