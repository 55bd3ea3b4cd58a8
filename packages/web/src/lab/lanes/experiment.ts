import type { Clock } from "../../clock.ts";
import { LaneBook } from "./book.ts";
import { type Driver, type LaneName, laneNames, readFrame } from "./lane.ts";
import type { Said, Speakers } from "./speakers.ts";

/** One lane and what drives it now; null while it is cut. */
export interface Lane {
	readonly name: LaneName;
	readonly book: LaneBook;
	running: AbortController | null;
}

export type ExperimentState =
	| { readonly is: "starting" }
	| { readonly is: "running" }
	/** The room could not be asked, for this reason of the table's codes. */
	| { readonly is: "refused"; readonly code: string };

export interface ExperimentOptions {
	readonly room: string;
	readonly clock: Clock;
	/** Uniform in [0, 1). */
	readonly random: () => number;
	readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
	readonly drivers: Readonly<Record<LaneName, Driver>>;
	readonly speakers: Speakers;
	/** What the made-up crowd says, in turn; a running number follows, so that no two are the same. */
	readonly phrases: () => readonly string[];
	/** Something is to be drawn anew. */
	readonly changed: () => void;
}

/** Times at which something was said that are kept for the strips. */
const saidMax = 600;
/** Between the messages of one "say ten", in milliseconds: close enough to be one burst, far enough to be told apart. */
const burstGapMs = 60;
/** What the made-up crowd says at most in a second. Twelve speakers are allowed as much by a room's own pace. */
export const ratePerSecondMax = 10;

/** The same room by four ways at once, what is said in it, and by whom. */
export class Experiment {
	readonly lanes: readonly Lane[] = laneNames.map((name) => ({ name, book: new LaneBook(), running: null }));
	state: ExperimentState = { is: "starting" };
	/** When something was said, for lines across all strips. */
	saidMs: number[] = [];
	said = 0;
	/** Code of the last message that was refused, null while all go through. */
	lastRefusal: string | null = null;
	ratePerSecond = 0;
	readonly #options: ExperimentOptions;
	#phrase = 0;
	#stopCrowd: (() => void) | null = null;

	constructor(options: ExperimentOptions) {
		this.#options = options;
	}

	/** Asks once where the room stands, and lets all lanes go from there, so that their counts can be compared. Never rejects. */
	async start(): Promise<void> {
		const { room, changed } = this.#options;
		this.state = { is: "starting" };
		changed();
		try {
			const response = await this.#options.fetch(`rooms/${encodeURIComponent(room)}/events?wait=0`, { cache: "no-store" });
			const text = await response.text();
			const frame = response.ok ? readFrame(text) : null;
			if (frame?.type !== "batch") {
				this.state = { is: "refused", code: refusalOf(text) };
			} else {
				this.state = { is: "running" };
				for (const { name, book } of this.lanes) {
					book.startAt(frame.cursor);
					this.#drive(name);
				}
			}
		} catch {
			this.state = { is: "refused", code: "network" };
		}
		changed();
	}

	/** Ends everything that runs. */
	stop(): void {
		this.setRate(0);
		for (const { running } of this.lanes) running?.abort();
	}

	/** Cuts a lane, or lets it go on from its cursor. */
	toggle(name: LaneName): void {
		const lane = this.#lane(name);
		if (lane.running) {
			lane.running.abort();
			lane.running = null;
			lane.book.enter({ type: "ended", how: "cut", why: "" }, this.#options.clock.monotonic());
		} else {
			lane.book.mend(this.#options.clock.monotonic());
			this.#drive(name);
		}
		this.#options.changed();
	}

	/** All counts from nothing. Lanes stay where they are. */
	reset(): void {
		for (const { book } of this.lanes) book.reset();
		this.said = 0;
		this.lastRefusal = null;
		this.#options.changed();
	}

	/** Says one thing. Answers what became of it. */
	async say(text: string): Promise<Said> {
		const said = await this.#options.speakers.say(text);
		if (said.ok) {
			this.said++;
			this.lastRefusal = null;
			this.saidMs = [...this.saidMs, said.saidMs].slice(-saidMax);
			for (const { book } of this.lanes) book.said(said.id, said.saidMs);
		} else {
			this.lastRefusal = said.code;
		}
		this.#options.changed();
		return said;
	}

	/** Says ten things of the crowd's, one shortly after the other. */
	sayTen(): void {
		const { clock } = this.#options;
		for (let index = 0; index < 10; index++) clock.after(index * burstGapMs, () => void this.say(this.#nextPhrase()));
	}

	/** The made-up crowd talks at this pace, a little unevenly as people do; 0 sends it away. */
	setRate(perSecond: number): void {
		this.ratePerSecond = Math.min(ratePerSecondMax, Math.max(0, perSecond));
		this.#stopCrowd?.();
		this.#stopCrowd = null;
		if (this.ratePerSecond > 0) this.#waitForCrowd();
		this.#options.changed();
	}

	#waitForCrowd(): void {
		const { clock, random } = this.#options;
		const gapMs = (0.5 + random()) * (1_000 / this.ratePerSecond);
		this.#stopCrowd = clock.after(gapMs, () => {
			void this.say(this.#nextPhrase());
			this.#waitForCrowd();
		});
	}

	#nextPhrase(): string {
		const phrases = this.#options.phrases();
		this.#phrase++;
		return `${phrases[this.#phrase % phrases.length]} ${this.#phrase}`;
	}

	#lane(name: LaneName): Lane {
		return this.lanes.find((lane) => lane.name === name) as Lane;
	}

	#drive(name: LaneName): void {
		const { room, clock, drivers, changed } = this.#options;
		const lane = this.#lane(name);
		const { book } = lane;
		const running = new AbortController();
		const { signal } = running;
		lane.running = running;
		void drivers[name]({
			room,
			signal,
			after: () => book.cursor,
			tell(news) {
				// Of a driver that was cut nothing is wanted any more: its lane may have another by now.
				if (signal.aborted) return;
				book.enter(news, clock.monotonic());
				changed();
			},
			wait: (ms) =>
				new Promise((resolve) => {
					const done = () => {
						cancel();
						signal.removeEventListener("abort", done);
						resolve();
					};
					const cancel = clock.after(ms, done);
					signal.addEventListener("abort", done);
					if (signal.aborted) done();
				}),
		});
	}
}

function refusalOf(text: string): string {
	try {
		return (JSON.parse(text) as { code?: string }).code ?? "internal";
	} catch {
		return "internal";
	}
}
