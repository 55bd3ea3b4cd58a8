import { encodeCursor, type Position } from "@hubbub/protocol/wire/cursor.ts";
import { Audit, type AuditSum, emptySum, type FrameReader } from "./audit.ts";
import type { Clock } from "./clock.ts";
import type { DeliveryDelay } from "./delay.ts";
import type { Chance } from "./made-up.ts";
import { type Departure, fitsFrame, type Person, type PersonEvents } from "./person.ts";
import type { Stage } from "./player.ts";
import type { Line } from "./recordings/line.ts";
import type { Tally } from "./tally.ts";
import { Unsettled } from "./unsettled.ts";

/** Connections being opened at the same moment. */
const openingMax = 50;
/** Waits before coming back are drawn from 0 up to this, doubling from the first: full jitter. */
const returnMsFirst = 1_000;
const returnMsMax = 15_000;

export interface AudienceOptions {
	readonly names: readonly string[];
	/** Opens a connection for `name`, with what they bring from the last one. Calls no event before it has returned. */
	readonly open: (name: string, from: { token?: string; after?: string }, events: PersonEvents) => Person;
	readonly tally: Tally;
	readonly delay: DeliveryDelay;
	readonly frames: FrameReader;
	readonly clock: Clock;
	readonly chance: Chance;
	readonly onTrouble?: (name: string, departure: Departure) => void;
}

interface Viewer {
	readonly name: string;
	readonly audit: Audit;
	phase: "waiting" | "entering" | "present" | "away" | "over";
	person: Person | null;
	token: string | undefined;
	/** Times in a row that they were not let in. */
	failures: number;
}

/**
 * Viewers who read all they are given and check it by offset, and of whom some speak. Whoever loses the connection comes back with
 * their cursor, and the check goes on across the break.
 */
export class Audience implements Stage {
	readonly sum: AuditSum = emptySum();
	readonly #options: AudienceOptions;
	readonly #viewers: ReadonlyMap<string, Viewer>;
	readonly #unsettled = new Unsettled();
	#head: Position | null = null;
	#returns = 0;
	#closed = false;
	#wake: (() => void) | null = null;

	constructor(options: AudienceOptions) {
		this.#options = options;
		this.#viewers = new Map(options.names.map((name) => [name, this.#viewer(name)]));
	}

	/** How many there are, how many are in the room now, and how often somebody came back after losing the connection. */
	get census(): { viewers: number; present: number; returns: number } {
		let present = 0;
		for (const viewer of this.#viewers.values()) if (viewer.phase === "present") present++;
		return { viewers: this.#viewers.size, present, returns: this.#returns };
	}

	/**
	 * Lets everybody in, the first one alone: if the server turns them away, that is the answer and nobody else tries. Null when all are in
	 * or have been turned away.
	 */
	async enter(signal: AbortSignal): Promise<Departure | null> {
		const turnedAway: Departure[] = [];
		const [first, ...others] = this.#viewers.values();
		if (!first) return null;
		this.#open(first, (departure) => turnedAway.push(departure));
		while (first.phase === "entering" && !signal.aborted) await this.#change(signal);
		if (turnedAway[0]) return turnedAway[0];
		for (const viewer of others) {
			while (this.#entering() >= openingMax && !signal.aborted) await this.#change(signal);
			if (signal.aborted) return null;
			if (viewer.phase === "waiting") this.#open(viewer);
		}
		while (this.#entering() > 0 && !signal.aborted) await this.#change(signal);
		return null;
	}

	say(line: Line): void {
		const viewer = this.#viewers.get(line.person);
		if (viewer?.phase !== "present") this.#options.tally.noteSkipped("not connected");
		else if (!fitsFrame(line)) this.#options.tally.noteSkipped("larger than a frame");
		else {
			this.#unsettled.add(1);
			viewer.person?.say(line);
		}
	}

	room(signal: AbortSignal): Promise<void> {
		return this.#unsettled.room(signal);
	}

	/** Resolves when all that was said is answered and everybody in the room has been brought to the last of it, or on `signal`. */
	async settled(signal: AbortSignal): Promise<void> {
		await this.#unsettled.none(signal);
		while (!signal.aborted && [...this.#viewers.values()].some((viewer) => this.#isBehind(viewer)))
			await this.#options.clock.sleep(20, signal);
	}

	tend(): void {
		for (const viewer of this.#viewers.values()) viewer.person?.tend();
	}

	/**
	 * The run is over: closes the books of everybody who is in the room, and they leave. The books are final when this returns; resolves
	 * when the last connection has ended, or on `signal`.
	 */
	async leave(signal: AbortSignal): Promise<void> {
		this.#closed = true;
		for (const viewer of this.#viewers.values()) {
			if (this.#head && this.#isBehind(viewer)) viewer.audit.close(this.#head.offset);
			viewer.person?.leave();
		}
		while (!signal.aborted && [...this.#viewers.values()].some((viewer) => viewer.person)) await this.#change(signal);
	}

	#viewer(name: string): Viewer {
		return { name, audit: new Audit(this.sum), phase: "waiting", person: null, token: undefined, failures: 0 };
	}

	#isBehind(viewer: Viewer): boolean {
		const position = viewer.audit.position;
		return viewer.phase === "present" && this.#head !== null && position?.epoch === this.#head.epoch && position.offset < this.#head.offset;
	}

	#open(viewer: Viewer, onRefused?: (departure: Departure) => void): void {
		const { tally, delay, frames, clock } = this.#options;
		viewer.phase = "entering";
		const position = viewer.audit.position;
		const read = (offsets: readonly number[]) => {
			const at = clock.now();
			for (const offset of offsets) delay.noteArrival(offset, at);
		};
		viewer.person = this.#options.open(
			viewer.name,
			{ token: viewer.token, after: position ? encodeCursor(position) : undefined },
			{
				onPresent: (joined, token) => {
					viewer.token = token ?? viewer.token;
					viewer.phase = "present";
					viewer.failures = 0;
					if (position) this.#returns++;
					const offsets = joined.events.map((event) => event.offset);
					viewer.audit.join(joined.cursor, joined.recovered, offsets);
					this.#changed();
				},
				onRead: (frame) => {
					const reading = frames.read(frame);
					if (reading) read(viewer.audit.read(reading));
				},
				onSent: () => tally.noteSent(),
				onOutcome: (outcome, _line, sentAt) => {
					tally.noteOutcome(outcome);
					if (outcome.kind === "ack" && outcome.position) this.#noteHead(outcome.position, sentAt);
					this.#unsettled.remove(1);
				},
				onGone: (departure, unsent) => {
					viewer.person = null;
					tally.noteSkipped("not connected", unsent.length);
					this.#unsettled.remove(unsent.length);
					if (departure.how !== "left") this.#options.onTrouble?.(viewer.name, departure);
					const refused = onRefused && viewer.phase === "entering";
					if (refused) onRefused(departure);
					if (departure.final || this.#closed || refused) viewer.phase = "over";
					else void this.#comeBack(viewer, departure);
					this.#changed();
				},
			},
		);
	}

	async #comeBack(viewer: Viewer, departure: Departure): Promise<void> {
		viewer.phase = "away";
		const { clock, chance } = this.#options;
		const jitterMs = chance() * Math.min(returnMsMax, returnMsFirst * 2 ** viewer.failures++);
		await clock.sleep(departure.reconnectAfterMs ?? jitterMs);
		if (!this.#closed && viewer.phase === "away") this.#open(viewer);
	}

	#noteHead(position: Position, sentAt: number): void {
		if (this.#head && this.#head.epoch !== position.epoch) this.#options.delay.forget();
		if (this.#head?.epoch !== position.epoch || position.offset > this.#head.offset) this.#head = position;
		this.#options.delay.noteSent(position.offset, sentAt);
	}

	#entering(): number {
		let entering = 0;
		for (const viewer of this.#viewers.values()) if (viewer.phase === "entering") entering++;
		return entering;
	}

	#changed(): void {
		this.#wake?.();
		this.#wake = null;
	}

	#change(signal: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			this.#wake = resolve;
			signal.addEventListener("abort", () => resolve(), { once: true });
		});
	}
}
