import type { Place } from "@hubbub/room-model/place.ts";
import type { Clock } from "../clock.ts";
import type { Checked } from "./check-token.ts";
import { expiryOf, isRenewal, isSamePerson } from "./claims.ts";
import type { GuestTurn } from "./guest-turn.ts";
import type { HostListener, ToHost } from "./host-page.ts";
import type { IdentityGuide, ReaderIdentity } from "./reader-identity.ts";

/** A token is asked for anew this long before it runs out, or when a third of its time is left where that is later; in milliseconds. */
const renewalLeadMs = 60_000;
/** The longest wait that browsers' timers know, in milliseconds. */
const timerMsMax = 2_147_483_647;
/** A page that is to sign the reader in is waited for this long before they come in as a guest, in milliseconds. */
export const hostMsMax = 4_000;

export interface GuideParts {
	readonly identity: Pick<ReaderIdentity, "credentials" | "wear" | "choose">;
	/** The token that the page was opened with. */
	readonly pageToken: string | null;
	/** Keeps another in its place, with this page alone; null forgets it. */
	readonly keepPageToken: (token: string | null) => void;
	/** Whether the page around this one is going to say who the reader is. */
	readonly awaitsHost: boolean;
	readonly tellHost: (message: Exclude<ToHost, { type: "hubbub:signed-in" }>) => void;
	readonly turn: Pick<GuestTurn, "take" | "pass">;
	readonly check: (token: string) => Promise<Checked>;
	readonly clock: Clock;
	/** The server's clock less ours, in milliseconds. */
	readonly clockSkewMs: () => number;
}

/**
 * Says who the reader is where that comes from outside: by the address that the page was opened with, by another frame of the tab, and by the page
 * around this one, which is also asked for another token before one runs out. A token that the server does not take changes nothing.
 */
export class Guide implements IdentityGuide, HostListener {
	readonly #parts: GuideParts;
	/** Numbers what was begun, and the latest that came about: what is found out late does not undo what came after it. */
	#begun = 0;
	#done = 0;
	#phase: "unsettled" | "settled" = "unsettled";
	readonly #hostHasSpoken = Promise.withResolvers<void>();
	#isRefused = false;
	#cancelRenewal: () => void = () => {};

	constructor(parts: GuideParts) {
		this.#parts = parts;
		// What the page was opened with goes before what somebody signed in with in this tab.
		if (parts.pageToken !== null) parts.identity.wear(parts.pageToken, false, true);
		if (parts.awaitsHost) parts.clock.after(hostMsMax, () => this.#hostHasSpoken.resolve());
		else this.#hostHasSpoken.resolve();
		this.#planRenewal();
	}

	async settle(): Promise<void> {
		if (this.#token === null) await this.#hostHasSpoken.promise;
		if (this.#token === null) await this.#parts.turn.take();
		this.#phase = "settled";
	}

	chosen(): void {
		this.#done = ++this.#begun;
		this.#isRefused = false;
		this.#parts.keepPageToken(null);
		this.#planRenewal();
		if (this.#token === null) this.#parts.tellHost({ type: "hubbub:signed-out" });
	}

	/** Another frame of this tab has signed the reader in or out. */
	follow(token: string | null): void {
		if (token === this.#token) return;
		this.#adopt(token, ++this.#begun);
	}

	async signIn(token: string): Promise<ToHost> {
		const turn = ++this.#begun;
		const checked = await this.#parts.check(token);
		if (checked.outcome === "good" && this.#adopt(token, turn)) this.#parts.keepPageToken(token);
		this.#hostHasSpoken.resolve();
		if (checked.outcome === "good") return { type: "hubbub:signed-in", user: checked.user };
		if (checked.outcome === "refused") return { type: "hubbub:refused", code: "unauthorized", message: checked.detail };
		return { type: "hubbub:refused", code: "unavailable", message: "The server could not be asked. Try again." };
	}

	signOut(): void {
		this.#hostHasSpoken.resolve();
		if (this.#token !== null) this.#parts.identity.choose(null);
	}

	met(): void {
		this.#isRefused = false;
		this.#parts.turn.pass();
		// The server's clock is known now.
		this.#planRenewal();
	}

	/** Where the reader is not let in as who they are, the page around this one may know better. */
	look(place: Place): void {
		if (place.phase !== "closed") return;
		this.#parts.turn.pass();
		const isAboutWho = place.reason === "unauthorized" || place.reason === "guests_not_allowed";
		if (this.#isRefused || !isAboutWho) return;
		this.#isRefused = true;
		this.#parts.tellHost({ type: "hubbub:token-wanted", reason: "refused" });
	}

	end(): void {
		this.#cancelRenewal();
		this.#parts.turn.pass();
	}

	get #token(): string | null {
		return this.#parts.identity.credentials.token;
	}

	/** Whether nothing newer has come about meanwhile. */
	#adopt(token: string | null, turn: number): boolean {
		if (turn < this.#done) return false;
		this.#done = turn;
		const before = this.#token;
		// The same person with the same rights, or nobody presented yet: whatever connection there is stays.
		const isRenewed = !this.#isRefused && token !== null && before !== null && isRenewal(token, before);
		this.#isRefused = false;
		this.#parts.identity.wear(token, isSamePerson(token, before), isRenewed || this.#phase === "unsettled");
		this.#planRenewal();
		return true;
	}

	/** Asks the page around this one for another token in time. */
	#planRenewal(): void {
		this.#cancelRenewal();
		const { clock, clockSkewMs, tellHost } = this.#parts;
		const expiresAtMs = this.#token === null ? null : expiryOf(this.#token);
		if (expiresAtMs === null) return;
		const leftMs = expiresAtMs - clockSkewMs() - clock.wall();
		if (leftMs <= 0) return;
		const waitMs = Math.max(leftMs - renewalLeadMs, (leftMs * 2) / 3);
		const ask = () => tellHost({ type: "hubbub:token-wanted", reason: "expiring" });
		this.#cancelRenewal = clock.after(Math.min(waitMs, timerMsMax), waitMs > timerMsMax ? () => this.#planRenewal() : ask);
	}
}
