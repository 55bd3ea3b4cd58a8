import type { Clock } from "../clock.ts";
import { backoffMs, lookMsMax, retryMsMax } from "./backoff.ts";
import type { Look, Sighting } from "./lookout.ts";
import type { PlayerState, StreamProblem } from "./player-state.ts";
import type { Screen, ScreenNews } from "./screen.ts";

/** A picture that stands while nothing comes in is given up after this, in milliseconds. */
export const stallMs = 12_000;
/** A stream that has played this long counts as mended: waits begin at their shortest again. */
export const steadyMs = 10_000;
/** A pause this near to the moment when the page went out of sight was the system's doing, not the viewer's. */
const hidingMs = 1_000;

/** What a player needs; the page's own in pages, stand-ins in tests. */
export interface PlayerParts {
	readonly screen: Screen;
	readonly look: Look;
	readonly clock: Clock;
	/** False where the browser knows that it has no network. */
	readonly isOnline: () => boolean;
	/** A number from 0 to 1, for waits. */
	readonly chance: () => number;
	/** The state has changed, or the sound was switched. */
	readonly changed: () => void;
}

/** Why nothing comes in, while what came before may still be moving. */
interface Trouble {
	readonly problem: StreamProblem;
	/** Null while it is being tried again, and where that is left alone. */
	readonly retryAtMs: number | null;
}

/** Something that can be played. */
type Found = Exclude<Sighting, { kind: "nothing" }>;

/**
 * Keeps a stream playing for as long as its address is wanted. What breaks is tried again after 1, 2, 4 … s; what has ended is looked for, and
 * played as soon as it is there again. Knows no DOM, and no time or chance of its own.
 */
export class Player {
	readonly #parts: PlayerParts;
	#address = "";
	#state: PlayerState = { phase: "idle" };
	/** Names what is being shown, so that what comes late for an earlier one is dropped. */
	#turn = 0;
	#isMoving = false;
	#trouble: Trouble | null = null;
	/** Tries that failed in a row. */
	#failures = 0;
	/** Since when the stream has come in without trouble. */
	#soundSinceMs: number | null = null;
	/** Where a recording stood when it broke off, in seconds. */
	#place = 0;
	/** What was there when the stream ended or stood still: anything else is news. */
	#seen: Found | null = null;
	#pausedAtMs = Number.NEGATIVE_INFINITY;
	#hiddenAtMs = Number.NEGATIVE_INFINITY;
	#cancelWait: (() => void) | null = null;
	#cancelStall: () => void = () => {};

	constructor(parts: PlayerParts) {
		this.#parts = parts;
	}

	get state(): PlayerState {
		return this.#state;
	}

	get muted(): boolean {
		return this.#parts.screen.muted;
	}

	/** Plays another address, or nothing ("" for none). The same one again changes nothing. */
	load(address: string): void {
		if (address === this.#address) return;
		this.#address = address;
		this.#failures = 0;
		this.#soundSinceMs = null;
		this.#place = 0;
		if (address === "") {
			this.#rest();
			this.#parts.screen.close();
			return this.#set({ phase: "idle" });
		}
		this.#set({ phase: "loading" });
		this.#open();
	}

	/** The viewer wants it tried at once; a recording that has ended is played again. */
	tryNow(): void {
		if (this.#state.phase === "broken" || this.#state.phase === "ended") this.#open();
	}

	/** The network is back, or the page is in sight again: what is waited for is tried at once. */
	wake(): void {
		if (this.#state.phase === "paused" && Math.abs(this.#pausedAtMs - this.#hiddenAtMs) <= hidingMs) return this.#resume();
		if (this.#cancelWait === null) return;
		if (this.#trouble) this.#tryAgain();
		else void this.#look();
	}

	/** The page went out of sight; some systems pause it then. */
	hide(): void {
		this.#hiddenAtMs = this.#now;
	}

	toggleMuted(): void {
		const { screen } = this.#parts;
		screen.muted = !screen.muted;
		if (!screen.muted && this.#state.phase === "blocked") screen.play();
		this.#parts.changed();
	}

	togglePaused(): void {
		const { phase } = this.#state;
		if (phase === "paused" || phase === "blocked") this.#resume();
		else if (phase === "playing" || phase === "loading") this.#parts.screen.pause();
	}

	/** Stops for good. */
	end(): void {
		this.load("");
	}

	get #now(): number {
		return this.#parts.clock.monotonic();
	}

	/** What broke during a pause was left alone, since nobody was looking. */
	#resume(): void {
		if (this.#trouble) this.#open();
		else this.#parts.screen.play();
	}

	/** Nothing is waited for any more. */
	#rest(): void {
		this.#turn++;
		this.#stopWaiting();
		this.#cancelStall();
		this.#trouble = null;
		this.#isMoving = false;
	}

	/** Shows the address, a recording from where it broke off. What the viewer sees stays until the picture moves or the try has failed. */
	#open(): void {
		const before = this.#state;
		this.#place = this.#parts.screen.position || this.#place;
		this.#rest();
		if (before.phase === "broken") this.#set({ ...before, retryAtMs: null });
		else if (before.phase !== "ended") this.#set({ phase: "loading" });
		this.#watchStall("network");
		const turn = this.#turn;
		this.#parts.screen.open(this.#address, this.#place, (news) => {
			if (turn === this.#turn) this.#heard(news);
		});
	}

	#heard(news: ScreenNews): void {
		switch (news.type) {
			case "moving":
				return this.#moved();
			case "standing":
				return this.#stood();
			case "fed":
				if (this.#trouble && this.#trouble.problem !== "stalled") this.#mended();
				if (this.#isAwaited) this.#watchStall(this.#state.phase === "loading" ? "stalled" : "network");
				return;
			case "paused":
				if (this.#state.phase !== "playing" && this.#state.phase !== "loading") return;
				return this.#paused();
			case "blocked":
				this.#cancelStall();
				return this.#set({ phase: "blocked" });
			case "ended":
				return this.#ended();
			case "broke":
				return this.#broke(news.problem);
			default:
				news satisfies never;
		}
	}

	/** Whether the viewer waits for a picture. */
	get #isAwaited(): boolean {
		return !this.#isMoving && this.#state.phase !== "paused" && this.#state.phase !== "blocked";
	}

	#moved(): void {
		this.#isMoving = true;
		this.#cancelStall();
		if (this.#trouble?.problem === "stalled") this.#mended();
		if (!this.#trouble) this.#soundSinceMs ??= this.#now;
		this.#set({ phase: "playing" });
	}

	#stood(): void {
		this.#isMoving = false;
		if (!this.#isAwaited) return;
		// Without a network nothing more will come, and what loads may wait for it without a word.
		if (!this.#trouble && !this.#parts.isOnline()) return this.#broke("offline");
		if (this.#trouble) this.#show(this.#trouble);
		else if (this.#state.phase === "playing") this.#set({ phase: "loading" });
		if (this.#cancelWait === null) this.#watchStall(this.#trouble?.problem ?? "stalled");
	}

	#paused(): void {
		this.#isMoving = false;
		this.#cancelStall();
		this.#stopWaiting();
		this.#pausedAtMs = this.#now;
		this.#set({ phase: "paused" });
	}

	/** Gives up on a picture that stands if nothing comes in for a while. */
	#watchStall(problem: StreamProblem): void {
		this.#cancelStall();
		this.#cancelStall = this.#parts.clock.after(stallMs, () => this.#broke(this.#parts.isOnline() ? problem : "offline"));
	}

	#broke(problem: StreamProblem): void {
		this.#cancelStall();
		// It was played while it counted as ended, because something was there: that was nothing yet.
		if (this.#state.phase === "ended") return this.#waitToLook();
		this.#countSoundness();
		this.#seen = null;
		this.#trouble = { problem, retryAtMs: null };
		if (this.#state.phase === "paused") return this.#stopWaiting();
		if (problem !== "unsupported") {
			const waitMs = this.#wait(retryMsMax, () => this.#tryAgain());
			this.#trouble = { problem, retryAtMs: this.#now + waitMs };
		}
		if (!this.#isMoving) this.#show(this.#trouble);
	}

	#tryAgain(): void {
		if (!this.#trouble) return;
		this.#stopWaiting();
		this.#trouble = { ...this.#trouble, retryAtMs: null };
		if (this.#isMoving) return this.#parts.screen.goOn();
		this.#show(this.#trouble);
		// Opened anew, a playlist that nobody adds to would play its last seconds over and over.
		if (this.#trouble.problem === "stalled") return void this.#look();
		this.#open();
	}

	#mended(): void {
		this.#stopWaiting();
		this.#trouble = null;
		this.#soundSinceMs = this.#now;
		if (this.#state.phase === "broken") this.#set({ phase: "loading" });
	}

	#ended(): void {
		const wasSound = this.#countSoundness();
		this.#rest();
		this.#parts.screen.close();
		this.#seen = null;
		this.#place = 0;
		this.#set({ phase: "ended" });
		void this.#look(wasSound);
	}

	/** Whether the stream had been coming in long enough for waits to begin at their shortest. Asked when that is over. */
	#countSoundness(): boolean {
		const wasSound = this.#soundSinceMs !== null && this.#now - this.#soundSinceMs >= steadyMs;
		this.#soundSinceMs = null;
		if (wasSound) this.#failures = 0;
		return wasSound;
	}

	/** Looks at the address of a stream that has ended or stands still, and plays it where there is something new and it may. */
	async #look(mayOpen = true): Promise<void> {
		this.#stopWaiting();
		const turn = this.#turn;
		const trouble = this.#trouble;
		const sighting = await this.#parts.look(this.#address);
		if (turn !== this.#turn || trouble !== this.#trouble) return;
		const isNews = trouble === null ? isComeback(sighting, this.#seen) : isMovement(sighting, this.#seen);
		if (sighting.kind !== "nothing") this.#seen = sighting;
		if (isNews && mayOpen) this.#open();
		else this.#waitToLook();
	}

	#waitToLook(): void {
		const waitMs = this.#wait(lookMsMax, () => void (this.#trouble ? this.#tryAgain() : this.#look()));
		if (!this.#trouble) return;
		this.#trouble = { ...this.#trouble, retryAtMs: this.#now + waitMs };
		this.#show(this.#trouble);
	}

	#wait(msMax: number, then: () => void): number {
		const { clock, chance } = this.#parts;
		const waitMs = backoffMs(this.#failures++, msMax, chance());
		this.#stopWaiting();
		this.#cancelWait = clock.after(waitMs, then);
		return waitMs;
	}

	#stopWaiting(): void {
		this.#cancelWait?.();
		this.#cancelWait = null;
	}

	#show({ problem, retryAtMs }: Trouble): void {
		this.#set({ phase: "broken", problem, retryAtMs });
	}

	#set(state: PlayerState): void {
		if (state.phase === this.#state.phase && state.phase !== "broken") return;
		this.#state = state;
		this.#parts.changed();
	}
}

/** Whether what has ended is there again: it goes on live, or it is another recording than the one that ended. */
function isComeback(now: Sighting, then: Found | null): boolean {
	if (now.kind === "live") return true;
	return now.kind === "recording" && then !== null && isOther(now, then);
}

/** Whether there is more of a live stream than when it stood still; a recording can always be gone on with. */
function isMovement(now: Sighting, then: Found | null): boolean {
	if (now.kind === "recording") return true;
	return now.kind === "live" && then !== null && isOther(now, then);
}

function isOther(now: Found, then: Found): boolean {
	return then.kind !== now.kind || then.mark !== now.mark;
}
