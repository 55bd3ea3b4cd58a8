import { type Code, codes, isFinalClose } from "@hubbub/protocol/codes.ts";
import type { Bye } from "@hubbub/protocol/downstream.ts";
import type { LinkEnd } from "./transport.ts";

/** What to do after a link ended: stay away, or come back, after `afterMs` where the server named a time. */
export type Verdict =
	| { readonly kind: "final"; readonly code: Code | null; readonly message: string }
	| { readonly kind: "again"; readonly afterMs: number | null; readonly reason: string | null };

/** Judges the end of a link by its close code and by the `bye` before it; the bye wins, since proxies rewrite close codes. */
export function judge(end: LinkEnd, bye: Bye | null): Verdict {
	const code = bye && Object.hasOwn(codes, bye.code) ? bye.code : codeOfClose(end.code);
	const message = bye?.message ?? (code ? codes[code].message : end.reason || null);
	if (isFinalClose((code && codes[code].close) ?? end.code)) {
		return { kind: "final", code, message: message ?? `The connection was closed with code ${end.code}.` };
	}
	return { kind: "again", afterMs: bye?.reconnectAfterMs ?? null, reason: message };
}

function codeOfClose(close: number): Code | null {
	return (Object.keys(codes) as Code[]).find((code) => codes[code].close === close) ?? null;
}
