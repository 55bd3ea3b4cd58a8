import type { Bye } from "@hubbub/protocol/downstream.ts";
import type { CloseCode } from "@hubbub/protocol/wire/close-codes.ts";
import { codes } from "@hubbub/protocol/wire/codes.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { Random } from "../runtime/random.ts";

/**
 * The server's last word: the code, a sentence, and, where the table has the client come back, when: after `notBeforeMs` at the earliest,
 * each client at a moment of its own, so that a restart is no stampede (SPEC WS-5).
 */
export function farewell(code: CloseCode, options: { detail: string | undefined; notBeforeMs: number; random: Random }): Bye {
	const { close, message } = codes[code];
	const { detail, notBeforeMs, random } = options;
	const reconnectAfterMs = Math.ceil(notBeforeMs + random.unit() * serverLimits.reconnectSpreadMs);
	return { type: "bye", code, message: detail ?? message, ...(close >= 4100 && { reconnectAfterMs }) };
}
