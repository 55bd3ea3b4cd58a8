import type { Downstream } from "@hubbub/protocol/downstream.ts";
import { readFrame } from "../src/frame.ts";
import type { Desk, Reading, Wish } from "../src/http/desk.ts";
import type { Problem } from "../src/http/problem.ts";
import { Wire } from "../src/http/wire.ts";
import { FakeWorld } from "./fake-environment.ts";

/** A link that only writes down what a reading does, in a world of the test's own. */
export class FakeDesk implements Desk {
	readonly world = new FakeWorld({ isHidden: () => this.hidden });
	readonly environment = this.world.environment;
	readonly wire = new Wire(this.environment, "http://host");
	readonly readFrame = readFrame;
	readonly life = new AbortController();
	hidden = false;
	/** Everything delivered, and `proven` where that was said. */
	readonly told: (Downstream | "proven")[] = [];
	readonly refusals: Problem[] = [];
	readonly fails: { reason: string; fault: string | undefined }[] = [];
	/** What `turnedAway` answers. */
	againMs: number | null = null;
	readonly #sleepers = new Set<() => void>();

	deliver(frame: Downstream): void {
		this.told.push(frame);
	}

	turnedAway(_wish: Wish, problem: Problem): number | null {
		this.refusals.push(problem);
		return this.againMs;
	}

	fail(reason: string, fault?: string): void {
		if (this.life.signal.aborted) return;
		this.fails.push({ reason, fault });
		this.life.abort();
	}

	sleep(ms: number): Promise<void> {
		return new Promise((resolve) => {
			this.#sleepers.add(resolve);
			this.environment.setTimeout(resolve, ms);
		});
	}

	/** Somebody looks at the page again. */
	wake(): void {
		for (const resolve of this.#sleepers) resolve();
	}

	/** Begins reading, and runs until it waits for time to pass. */
	async read(reading: Reading, wish: Wish = { room: "lobby" }): Promise<void> {
		void reading(this, wish, this.life.signal, () => {
			if (!this.told.includes("proven")) this.told.push("proven");
		});
		await settle();
	}

	/** Lets time pass, and whatever follows from it happen. */
	async after(ms: number): Promise<void> {
		this.world.advance(ms);
		await settle();
	}

	/** Paths asked for, in order. */
	get asked(): string[] {
		return this.world.requests.map(({ url }) => url.replace("http://host", ""));
	}
}

export async function settle(): Promise<void> {
	for (let turn = 0; turn < 5; turn++) await Bun.sleep(0);
}
