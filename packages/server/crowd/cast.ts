import { type Departure, fitsFrame, type Person, type PersonEvents } from "./person.ts";
import type { Stage } from "./player.ts";
import type { Line } from "./recordings/line.ts";
import type { Tally } from "./tally.ts";
import { Unsettled } from "./unsettled.ts";

/** Connections being opened at the same moment. */
const openingMax = 50;

export interface CastOptions {
	/** Connections at once. More people than that take turns: whoever has been silent longest leaves for the next. */
	readonly clientsMax: number;
	/**
	 * Opens a connection for `name`; a person who was here before comes back with the guest token they were given. Calls no event
	 * before it has returned.
	 */
	readonly open: (name: string, token: string | undefined, events: PersonEvents) => Person;
	readonly tally: Tally;
	/** Told of every connection that ended other than by this side's wish. */
	readonly onTrouble?: (name: string, departure: Departure) => void;
}

interface Seat {
	readonly person: Person;
	phase: "entering" | "present" | "leaving";
}

/**
 * The people of a recording on a bounded number of connections. Each person's lines go out in their order on that person's own
 * connection; every line said is booked in the tally exactly once: sent, or skipped with the reason why it could not be.
 */
export class Cast implements Stage {
	readonly #options: CastOptions;
	/** By name, the one who spoke longest ago first. */
	readonly #seats = new Map<string, Seat>();
	/** Lines of people who have no connection yet, the one who waits longest first. */
	readonly #queue = new Map<string, Line[]>();
	readonly #tokens = new Map<string, string>();
	readonly #unsettled = new Unsettled();
	readonly #connections = new Unsettled();
	#arrived: ((departure: Departure | null) => void) | null = null;
	readonly #names = new Set<string>();
	#hushed: string | null = null;
	#entering = 0;
	#seatsMax = 0;

	constructor(options: CastOptions) {
		this.#options = options;
	}

	/** People who were in the room at some time, and the most connections at once. */
	get census(): { people: number; connectionsMax: number; connections: number } {
		return { people: this.#names.size, connectionsMax: this.#seatsMax, connections: this.#seats.size };
	}

	/** Lets the first person in, ahead of their lines. Null when they are in the room, else how the server turned them away. */
	arrive(name: string): Promise<Departure | null> {
		return new Promise((resolve) => {
			this.#arrived = (departure) => {
				this.#arrived = null;
				resolve(departure);
			};
			this.#enter(name, []);
		});
	}

	say(line: Line): void {
		if (!fitsFrame(line)) {
			this.#options.tally.noteSkipped("larger than a frame");
			return;
		}
		this.#unsettled.add(1);
		const seat = this.#seats.get(line.person);
		if (seat && seat.phase !== "leaving") {
			// Last in the map is who spoke last.
			this.#seats.delete(line.person);
			this.#seats.set(line.person, seat);
			seat.person.say(line);
			return;
		}
		const lines = this.#queue.get(line.person);
		if (lines) lines.push(line);
		else this.#queue.set(line.person, [line]);
		this.#admit();
	}

	room(signal: AbortSignal): Promise<void> {
		return this.#unsettled.room(signal);
	}

	/** Resolves when nothing is open any more, or when the signal is aborted. */
	settled(signal: AbortSignal): Promise<void> {
		return this.#unsettled.none(signal);
	}

	/** Keeps connections alive and gives up on what takes too long. Call it about once a second. */
	tend(): void {
		for (const seat of this.#seats.values()) seat.person.tend();
	}

	/** Nobody says anything any more: what has not gone out is skipped for `reason`. Answers may still come. */
	hush(reason: string): void {
		this.#hushed = reason;
		for (const lines of this.#queue.values()) this.#drop(lines, reason);
		this.#queue.clear();
		for (const seat of [...this.#seats.values()]) if (seat.phase === "entering") this.#sendAway(seat);
	}

	/**
	 * Everybody leaves; what has no answer yet is booked as unanswered. The books are final when this returns; resolves when the last
	 * connection has ended, or on `signal`.
	 */
	async leave(signal: AbortSignal): Promise<void> {
		this.hush(this.#hushed ?? "not connected");
		for (const seat of [...this.#seats.values()]) this.#sendAway(seat);
		await this.#connections.none(signal);
	}

	/** Gives connections to the people who wait, as far as there are any. */
	#admit(): void {
		for (const [name, lines] of this.#queue) {
			if (this.#entering >= openingMax) return;
			const seat = this.#seats.get(name);
			// Somebody who is just leaving comes back once they have left.
			if (seat) continue;
			if (this.#seats.size >= this.#options.clientsMax) {
				this.#makeRoom();
				return;
			}
			this.#queue.delete(name);
			this.#enter(name, lines);
		}
	}

	/** Sends away whoever has been silent longest of those who wait for nothing, as many as people are waiting. */
	#makeRoom(): void {
		let wanted = this.#queue.size;
		for (const seat of this.#seats.values()) if (seat.phase === "leaving") wanted--;
		for (const seat of this.#seats.values()) {
			if (wanted <= 0) return;
			if (seat.phase !== "present" || seat.person.busy > 0) continue;
			wanted--;
			this.#sendAway(seat);
		}
	}

	#sendAway(seat: Seat): void {
		this.#move(seat, "leaving");
		seat.person.leave();
	}

	#move(seat: Seat | undefined, phase: "present" | "leaving"): void {
		if (seat?.phase === "entering") this.#entering--;
		if (seat && seat.phase !== "leaving") seat.phase = phase;
	}

	#enter(name: string, lines: readonly Line[]): void {
		const { tally } = this.#options;
		this.#entering++;
		const person = this.#options.open(name, this.#tokens.get(name), {
			onPresent: (_joined, token) => {
				if (token !== undefined) this.#tokens.set(name, token);
				this.#names.add(name);
				this.#move(this.#seats.get(name), "present");
				this.#arrived?.(null);
				this.#admit();
			},
			onSent: () => tally.noteSent(),
			onOutcome: (outcome) => {
				tally.noteOutcome(outcome);
				this.#unsettled.remove(1);
				if (this.#queue.size > 0) this.#admit();
			},
			onGone: (departure, unsent) => {
				this.#move(this.#seats.get(name), "leaving");
				this.#seats.delete(name);
				this.#connections.remove(1);
				const reason = departure.how === "refused" ? `refused: ${departure.code}` : "not connected";
				this.#drop(unsent, departure.how === "left" ? (this.#hushed ?? reason) : reason);
				if (departure.how !== "left") this.#options.onTrouble?.(name, departure);
				this.#arrived?.(departure);
				this.#admit();
			},
		});
		this.#connections.add(1);
		this.#seats.set(name, { person, phase: "entering" });
		this.#seatsMax = Math.max(this.#seatsMax, this.#seats.size);
		for (const line of lines) person.say(line);
	}

	#drop(lines: readonly Line[], reason: string): void {
		this.#options.tally.noteSkipped(reason, lines.length);
		this.#unsettled.remove(lines.length);
	}
}
