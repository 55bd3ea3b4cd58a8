import type { Welcome } from "@hubbub/protocol/downstream.ts";
import type { User } from "@hubbub/protocol/fields.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { PROTOCOL_VERSION } from "@hubbub/protocol/wire/version.ts";

/** The answer to `hello`, the same on every transport. */
export function welcome(who: { session: string; user: User; guestToken: string | undefined; wallMs: number }): Welcome {
	return {
		type: "welcome",
		version: PROTOCOL_VERSION,
		features: [],
		session: who.session,
		user: who.user,
		...(who.guestToken !== undefined && { token: who.guestToken }),
		heartbeatMs: limits.heartbeatMs,
		now: who.wallMs,
		limits: {
			frameBytesMax: limits.frameBytesMax,
			textGraphemesMax: limits.textGraphemesMax,
			roomsPerConnectionMax: limits.roomsPerConnectionMax,
		},
	};
}
