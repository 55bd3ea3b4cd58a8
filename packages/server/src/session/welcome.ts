import type { Welcome } from "@hubbub/protocol/downstream.ts";
import type { User } from "@hubbub/protocol/event.ts";
import { limits } from "@hubbub/protocol/limits.ts";

/** The answer to `hello`, the same on every transport. */
export function welcome(who: { session: string; user: User; guestToken: string | undefined; wallMs: number }): Welcome {
	return {
		type: "welcome",
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
