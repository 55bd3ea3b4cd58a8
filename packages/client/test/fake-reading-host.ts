import type { Downstream } from "@hubbub/protocol/downstream.ts";
import { readFrame } from "../src/frame.ts";
import { HttpClient, type Problem } from "../src/http/http-client.ts";
import type { Reading, ReadingHost, RoomRequest } from "../src/http/readings.ts";
import { FakeWorld } from "./fake-environment.ts";

/** A link that only writes down what a reading does, in a world of the test's own. */
export class FakeReadingHost implements ReadingHost {
	readonly world = new FakeWorld({ isHidden: () => this.hidden });
	readonly environment = this.world.environment;
	readonly client = new HttpClient(this.environment, "http://host");
	readonly readFrame = readFrame;
	readonly life = new AbortController();
	hidden = false;
	/** Everything delivered, and `proven` where that was said. */
	readonly told: (Downstream | "proven")[] = [];
	readonly refusals: Problem[] = [];
	readonly fails: { reason: string; fault: string | undefined }[] = [];
	/** What `refused` answers. */
	againMs: number | null = null;
	readonly #sleepers = new Set<() => void>();

	deliver(frame: Downstream): void {
		this.told.push(frame);
	}

	refused(_request: RoomRequest, problem: Problem): number | null {
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
	async read(reading: Reading, request: RoomRequest = { room: "lobby" }): Promise<void> {
		void reading(this, request, this.life.signal, () => {
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
