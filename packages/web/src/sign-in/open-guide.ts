import { browserClock } from "../clock.ts";
import { root } from "../root.ts";
import { recall } from "../theme/choice.ts";
import { checkToken } from "./check-token.ts";
import { tokenKey } from "./credentials.ts";
import { GuestTurn } from "./guest-turn.ts";
import { Guide } from "./guide.ts";
import { HostPage } from "./host-page.ts";
import { keepPageToken, keptPageToken } from "./page-token.ts";
import type { ReaderIdentity } from "./reader-identity.ts";

/** Where the SDK keeps a guest's own token. */
const guestKey = `hubbub.guest.${root.host}${root.pathname.replace(/\/$/, "")}`;

/** A guide with the browser's own parts. With `?sign-in=host` in its address, a frame waits for the page around it to say who the reader is. */
export function openGuide(identity: ReaderIdentity, room: string, clockSkewMs: () => number): Guide {
	const host = new HostPage(window, room);
	const guide = new Guide({
		...{ identity, clockSkewMs, check: checkToken, clock: browserClock },
		pageToken: keptPageToken(window),
		keepPageToken: (token) => keepPageToken(window, token),
		awaitsHost: host.isThere && new URLSearchParams(location.search).get("sign-in") === "host",
		tellHost: (message) => host.say(message),
		turn: new GuestTurn({ key: guestKey, recall, locks: navigator.locks, clock: browserClock }),
	});
	host.open(guide);
	addEventListener("storage", ({ key, newValue }: StorageEvent) => key === tokenKey && guide.follow(newValue));
	return guide;
}
