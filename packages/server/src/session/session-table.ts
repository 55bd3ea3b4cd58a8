import type { CloseCode } from "@hubbub/protocol/wire/close-codes.ts";
import { NamesInUse } from "../names/names-in-use.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";
import { Reclaimer } from "../runtime/reclaimer.ts";
import { type Due, TimingWheel } from "../runtime/timing-wheel.ts";

/** A session, or a poll that is held, as the table keeps it. */
export interface Tracked extends Due {
	readonly address: string;
	/** Its time has come to be looked at. */
	check(nowMs: number): void;
	bye(code: CloseCode, detail?: string): void;
	/** This process slept for so long: that nothing was heard meanwhile says nothing of the peer. */
	pardon(sleptMs: number): void;
}

/** One turn of the wheel: sessions are looked at to the second. */
const slots = 64;
/** Sessions are looked at for so long at a time, with so long a pause after. */
const lookMs = 2;
const lookPauseMs = 8;
/** A tick this late means that the process was paused or the machine asleep. */
const sleepMs = 5_000;

/** The sessions of this node: how many there are from where, which names they wear, and when each is to be looked at. */
export class SessionTable {
	readonly names = new NamesInUse();
	readonly #sessions = new Set<Tracked>();
	readonly #connections = new Map<string, number>();
	readonly #wheel: TimingWheel<Tracked>;
	readonly #clock: Clock;
	readonly #reclaimer: Reclaimer;
	/** Due to be looked at, and not yet. */
	readonly #due = new Set<Tracked>();
	/** A slice is to come. */
	#isLooking = false;
	#tickedAtMs: number;

	/** `collect` frees what nobody holds any more; it may stop the process meanwhile. */
	constructor(clock: Clock, collect: () => void) {
		this.#clock = clock;
		this.#reclaimer = new Reclaimer(collect);
		this.#tickedAtMs = clock.monotonicMs();
		this.#wheel = new TimingWheel<Tracked>({ slots, slotMs: serverLimits.wheelSlotMs, nowMs: clock.monotonicMs() });
	}

	get size(): number {
		return this.#sessions.size;
	}

	/** Connections open from one address. */
	connectionsFrom(address: string): number {
		return this.#connections.get(address) ?? 0;
	}

	add(session: Tracked): void {
		this.#sessions.add(session);
		this.#reclaimer.moved();
		this.#connections.set(session.address, this.connectionsFrom(session.address) + 1);
	}

	/** Whether it was here. */
	remove(session: Tracked): boolean {
		if (!this.#sessions.delete(session)) return false;
		this.#reclaimer.moved();
		this.#wheel.cancel(session);
		this.#due.delete(session);
		const left = this.connectionsFrom(session.address) - 1;
		if (left > 0) this.#connections.set(session.address, left);
		else this.#connections.delete(session.address);
		return true;
	}

	/** `session.check` is called about `delayMs` from now, instead of when it was due before. */
	checkIn(session: Tracked, delayMs: number): void {
		if (!this.#sessions.has(session)) return;
		this.#due.delete(session);
		this.#wheel.schedule(session, this.#clock.monotonicMs() + delayMs);
	}

	/** Looks at every session that is due. Called once a second; answers how many milliseconds late it came. */
	tick(): number {
		const nowMs = this.#clock.monotonicMs();
		const lateMs = Math.max(0, nowMs - this.#tickedAtMs - serverLimits.wheelSlotMs);
		this.#tickedAtMs = nowMs;
		if (lateMs > sleepMs) for (const session of this.#sessions) session.pardon(lateMs);
		this.#wheel.turn(nowMs, (session) => this.#due.add(session));
		if (!this.#isLooking) this.#lookAtDue();
		this.#reclaimer.tick(this.size);
		return lateMs;
	}

	/** A crowd that came in one second is due in one second: letting eight hundred go at once would hold the others up for half of it. */
	#lookAtDue(): void {
		const startedMs = this.#clock.monotonicMs();
		for (const session of this.#due) {
			this.#due.delete(session);
			session.check(this.#clock.monotonicMs());
			if (this.#clock.monotonicMs() - startedMs >= lookMs) break;
		}
		this.#isLooking = this.#due.size > 0;
		if (this.#isLooking) this.#clock.after(lookPauseMs, () => this.#lookAtDue());
	}

	/** So many rooms were put away, which the last of a crowd had left a while ago: their memory is given back as a crowd's own is. */
	roomsPutAway(count: number): void {
		this.#reclaimer.moved(count);
	}

	/** Every session, for saying good-bye. */
	all(): readonly Tracked[] {
		return [...this.#sessions];
	}
}
