import type { CloseCode } from "@hubbub/protocol/codes.ts";
import type { Clock } from "../runtime/clock.ts";
import { TimingWheel } from "../runtime/timing-wheel.ts";
import { NamesInUse } from "./guest-name.ts";

/** A session, or a poll that is held, as the table keeps it. */
export interface Kept {
	readonly address: string;
	/** Its time has come to be looked at. */
	check(nowMs: number): void;
	bye(code: CloseCode, detail?: string): void;
}

/** One turn of the wheel: sessions are looked at to the second. */
const slotMs = 1_000;
const slots = 64;

/** The sessions of this node: how many there are from where, which names they wear, and when each is to be looked at. */
export class SessionTable {
	readonly names = new NamesInUse();
	readonly #sessions = new Set<Kept>();
	readonly #connections = new Map<string, number>();
	readonly #wheel: TimingWheel<Kept>;
	readonly #clock: Clock;

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#wheel = new TimingWheel<Kept>({ slots, slotMs, nowMs: clock.monotonicMs() });
	}

	get size(): number {
		return this.#sessions.size;
	}

	/** Connections open from one address. */
	connectionsFrom(address: string): number {
		return this.#connections.get(address) ?? 0;
	}

	add(session: Kept): void {
		this.#sessions.add(session);
		this.#connections.set(session.address, this.connectionsFrom(session.address) + 1);
	}

	/** Whether it was here. */
	remove(session: Kept): boolean {
		if (!this.#sessions.delete(session)) return false;
		this.#wheel.cancel(session);
		const left = this.connectionsFrom(session.address) - 1;
		if (left > 0) this.#connections.set(session.address, left);
		else this.#connections.delete(session.address);
		return true;
	}

	/** `session.check` is called about `delayMs` from now, instead of when it was due before. */
	checkIn(session: Kept, delayMs: number): void {
		if (this.#sessions.has(session)) this.#wheel.schedule(session, this.#clock.monotonicMs() + delayMs);
	}

	/** Looks at every session that is due. Called once a second. */
	tick(): void {
		const nowMs = this.#clock.monotonicMs();
		this.#wheel.turn(nowMs, (session) => session.check(nowMs));
	}

	/** Every session, for saying good-bye. */
	all(): readonly Kept[] {
		return [...this.#sessions];
	}
}
