import { describe, expect, test } from "bun:test";
import * as fc from "fast-check";
import { FakeClock } from "../../room-model/test/fake-clock.ts";
import { backoffMs, lookMsMax, retryMsMax } from "../src/stream/backoff.ts";
import type { Sighting } from "../src/stream/lookout.ts";
import { Player, stallMs, steadyMs } from "../src/stream/player.ts";
import type { StreamProblem } from "../src/stream/player-state.ts";
import type { Screen, ScreenNews } from "../src/stream/screen.ts";

/** A screen that shows what the test says, and keeps account of what it was asked for. */
class FakeScreen implements Screen {
	muted = true;
	position = 0;
	readonly opened: string[] = [];
	goneOn = 0;
	played = 0;
	#tell: (news: ScreenNews) => void = () => {};

	open(address: string, fromSeconds: number, tell: (news: ScreenNews) => void): void {
		this.opened.push(fromSeconds > 0 ? `${address} from ${fromSeconds}` : address);
		this.#tell = tell;
	}

	goOn(): void {
		this.goneOn++;
	}

	close(): void {
		this.position = 0;
		this.#tell = () => {};
	}

	play(): void {
		this.played++;
	}

	pause(): void {
		this.tell("paused");
	}

	tell(type: Exclude<ScreenNews["type"], "broke">): void {
		this.#tell({ type });
	}

	breaks(problem: StreamProblem = "network"): void {
		this.#tell({ type: "broke", problem });
	}
}

/** A player in front of a fake screen. `there` is what a look at the address finds. */
function theatre() {
	const clock = new FakeClock();
	const screen = new FakeScreen();
	const looked: number[] = [];
	const stage = { clock, screen, looked, there: { kind: "nothing" } as Sighting, changes: 0, isOnline: true };
	const player = new Player({
		screen,
		look: () => {
			looked.push(clock.monotonic());
			return Promise.resolve(stage.there);
		},
		clock,
		isOnline: () => stage.isOnline,
		// In the middle: waits are exactly 1, 2, 4 … s.
		chance: () => 0.5,
		changed: () => stage.changes++,
	});
	return Object.assign(stage, { player });
}

/** Lets what was looked for be found. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A live stream that has been playing for as long as it takes to count as sound. */
function playing() {
	const stage = theatre();
	stage.player.load("live.m3u8");
	stage.screen.tell("moving");
	stage.clock.pass(steadyMs);
	return stage;
}

describe("waits between tries", () => {
	test("double from one second to a bound, and differ from viewer to viewer", () => {
		expect([0, 1, 2, 3, 4, 5, 60].map((tries) => backoffMs(tries, 30_000, 0.5))).toEqual([
			1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
		]);
		fc.assert(
			fc.property(fc.nat(200), fc.double({ min: 0, max: 1, noNaN: true }), (tries, chance) => {
				const waitMs = backoffMs(tries, 30_000, chance);
				return waitMs >= 800 && waitMs <= 36_000;
			}),
		);
		expect(backoffMs(3, 30_000, 0)).not.toBe(backoffMs(3, 30_000, 1));
	});
});

describe("a stream that breaks off", () => {
	test("is tried again after 1, 2, 4 … s at most every 30, and says all the while what is wrong", () => {
		const { player, screen, clock } = theatre();
		player.load("live.m3u8");
		const waits: number[] = [];
		for (let failure = 0; failure < 8; failure++) {
			screen.breaks("server");
			expect(player.state).toMatchObject({ phase: "broken", problem: "server" });
			const before = clock.monotonic();
			const tries = screen.opened.length;
			while (screen.opened.length === tries) clock.pass(100);
			waits.push(clock.monotonic() - before);
			expect(player.state).toEqual({ phase: "broken", problem: "server", retryAtMs: null });
		}
		expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, retryMsMax, retryMsMax, retryMsMax]);
	});

	test("says when it is tried again, and is tried at once when the viewer wants it, the network is back, or the page is in sight again", () => {
		for (const reason of ["tryNow", "wake"] as const) {
			const { player, screen, clock } = theatre();
			player.load("live.m3u8");
			screen.breaks();
			expect(player.state).toEqual({ phase: "broken", problem: "network", retryAtMs: 1_000 });
			clock.pass(200);
			player[reason]();
			expect(screen.opened.length).toBe(2);
			// It is under way: asking once more by waking up does not start it over, and the wait that was cut short does not come back.
			player.wake();
			clock.pass(1_000);
			expect(screen.opened.length).toBe(2);
			screen.tell("moving");
			expect(player.state).toEqual({ phase: "playing" });
		}
	});

	test("begins with short waits again once it has played a while, but not after every moment of picture", () => {
		const { player, screen, clock } = theatre();
		player.load("live.m3u8");
		const waitAfter = (playedMs: number) => {
			screen.tell("moving");
			clock.pass(playedMs);
			screen.tell("standing");
			screen.breaks();
			const { state } = player;
			if (state.phase !== "broken" || state.retryAtMs === null) throw new Error(state.phase);
			const waitMs = state.retryAtMs - clock.monotonic();
			clock.pass(waitMs);
			return waitMs;
		};
		expect([waitAfter(500), waitAfter(500), waitAfter(500), waitAfter(steadyMs), waitAfter(500)]).toEqual([
			1_000, 2_000, 4_000, 1_000, 2_000,
		]);
	});

	test("is mended behind a picture that still moves, without a word and without a cut", () => {
		const { player, screen, clock } = playing();
		screen.breaks();
		expect(player.state).toEqual({ phase: "playing" });
		clock.pass(1_000);
		expect({ goneOn: screen.goneOn, opened: screen.opened.length }).toEqual({ goneOn: 1, opened: 1 });
		screen.tell("fed");
		clock.pass(60_000);
		expect({ goneOn: screen.goneOn, opened: screen.opened.length, state: player.state.phase }).toEqual({
			goneOn: 1,
			opened: 1,
			state: "playing",
		});
	});

	test("is said to be broken when the picture that was left has run out", () => {
		const { player, screen, clock } = playing();
		screen.breaks("not-found");
		clock.pass(500);
		screen.tell("standing");
		expect(player.state).toEqual({ phase: "broken", problem: "not-found", retryAtMs: steadyMs + 1_000 });
		clock.pass(500);
		expect(screen.opened.length).toBe(2);
	});

	test("a recording goes on from where it broke off, however many tries that takes", () => {
		const { player, screen, clock } = theatre();
		player.load("film.mp4");
		screen.tell("moving");
		screen.position = 83;
		screen.tell("standing");
		screen.breaks();
		clock.pass(1_000);
		screen.position = 0;
		screen.breaks();
		clock.pass(2_000);
		expect(screen.opened).toEqual(["film.mp4", "film.mp4 from 83", "film.mp4 from 83"]);
		player.load("other.mp4");
		expect(screen.opened.at(-1)).toBe("other.mp4");
	});

	test("that nothing comes from any more, without an end and without an error, is found out", async () => {
		const stage = playing();
		const { player, screen, clock } = stage;
		stage.there = { kind: "live", mark: "12" };
		screen.tell("standing");
		expect(player.state).toEqual({ phase: "loading" });
		clock.pass(stallMs);
		expect(player.state).toMatchObject({ phase: "broken", problem: "stalled" });
		// Its last seconds are not played again and again: it is looked at until there is more.
		for (let look = 0; look < 4; look++) {
			clock.pass(lookMsMax);
			await settle();
		}
		expect(screen.opened.length).toBe(1);
		stage.there = { kind: "live", mark: "13" };
		clock.pass(lookMsMax);
		await settle();
		expect(screen.opened.length).toBe(2);
	});

	test("goes on by itself where its sender was only late", async () => {
		const stage = playing();
		stage.screen.tell("standing");
		stage.clock.pass(stallMs);
		stage.screen.tell("fed");
		stage.screen.tell("moving");
		expect(stage.player.state).toEqual({ phase: "playing" });
		stage.clock.pass(60_000);
		await settle();
		expect({ opened: stage.screen.opened.length, looked: stage.looked.length }).toEqual({ opened: 1, looked: 0 });
	});

	test("because the viewer's own network is away says so as soon as the picture stands, and is tried when it is back", () => {
		const stage = playing();
		stage.isOnline = false;
		stage.clock.pass(stallMs);
		expect(stage.player.state).toEqual({ phase: "playing" });
		stage.screen.tell("standing");
		expect(stage.player.state).toMatchObject({ phase: "broken", problem: "offline" });
		const tries = stage.screen.opened.length;
		stage.isOnline = true;
		stage.player.wake();
		expect(stage.screen.opened.length).toBe(tries + 1);
	});

	test("a server that takes the request and never answers is one that cannot be reached; a slow one is waited for", () => {
		const silent = theatre();
		silent.player.load("live.m3u8");
		silent.clock.pass(stallMs);
		expect(silent.player.state).toMatchObject({ phase: "broken", problem: "network" });
		const slow = theatre();
		slow.player.load("live.m3u8");
		for (let piece = 0; piece < 5; piece++) {
			slow.clock.pass(stallMs - 1);
			slow.screen.tell("fed");
		}
		expect(slow.player.state).toEqual({ phase: "loading" });
	});

	test("a browser that cannot play such streams does not try over and over", () => {
		const { player, screen, clock } = theatre();
		player.load("live.m3u8");
		screen.breaks("unsupported");
		expect(player.state).toEqual({ phase: "broken", problem: "unsupported", retryAtMs: null });
		expect(clock.waiting).toBe(0);
	});
});

describe("a stream that has ended", () => {
	test("is looked for at once, then ever more rarely, and played as soon as it is live again", async () => {
		const stage = playing();
		const { player, screen, clock, looked } = stage;
		stage.there = { kind: "recording", mark: "30" };
		const endedMs = clock.monotonic();
		screen.tell("ended");
		await settle();
		for (let second = 0; second < 60; second++) {
			clock.pass(1_000);
			await settle();
		}
		expect(looked.map((atMs) => atMs - endedMs)).toEqual([0, 1_000, 3_000, 7_000, 15_000, 30_000, 45_000, 60_000]);
		expect({ state: player.state.phase, opened: screen.opened.length }).toEqual({ state: "ended", opened: 1 });
		stage.there = { kind: "live", mark: "2" };
		clock.pass(lookMsMax);
		await settle();
		// The curtain stays down until the picture moves.
		expect({ state: player.state.phase, opened: screen.opened.length }).toEqual({ state: "ended", opened: 2 });
		screen.tell("moving");
		expect(player.state).toEqual({ phase: "playing" });
	});

	test("comes back as another recording, and not as the same one", async () => {
		const stage = playing();
		stage.there = { kind: "recording", mark: "30" };
		stage.screen.tell("ended");
		await settle();
		// Away for a while, as files are while they are replaced.
		stage.there = { kind: "nothing" };
		stage.clock.pass(1_000);
		await settle();
		stage.there = { kind: "recording", mark: "30" };
		stage.clock.pass(2_000);
		await settle();
		expect(stage.screen.opened.length).toBe(1);
		stage.there = { kind: "recording", mark: "31" };
		stage.clock.pass(4_000);
		await settle();
		expect(stage.screen.opened.length).toBe(2);
	});

	test("is looked for at once when the page is in sight again or the network is back", async () => {
		const stage = playing();
		stage.screen.tell("ended");
		await settle();
		stage.player.hide();
		stage.there = { kind: "live", mark: "1" };
		stage.player.wake();
		await settle();
		expect(stage.screen.opened.length).toBe(2);
	});

	test("after a moment is looked at at once as well, so that whatever replaces it is known for something else", async () => {
		const stage = theatre();
		stage.player.load("short.mp4");
		stage.screen.tell("moving");
		stage.there = { kind: "recording", mark: "2" };
		stage.screen.tell("ended");
		await settle();
		stage.there = { kind: "recording", mark: "3" };
		stage.clock.pass(1_000);
		await settle();
		expect(stage.screen.opened.length).toBe(2);
	});

	test("that is there again but breaks off at once still counts as ended, and is looked for at growing distances", async () => {
		const stage = playing();
		stage.there = { kind: "live", mark: "1" };
		stage.screen.tell("ended");
		await settle();
		for (let minute = 0; minute < 60; minute++) {
			stage.screen.breaks();
			stage.clock.pass(1_000);
			await settle();
		}
		expect(stage.player.state).toEqual({ phase: "ended" });
		expect(stage.screen.opened.length).toBeLessThan(12);
	});

	test("after a change of address it is the new one that is looked for, and nothing of the old one is heard", async () => {
		const stage = playing();
		stage.screen.tell("ended");
		stage.player.load("other.m3u8");
		stage.there = { kind: "live", mark: "1" };
		await settle();
		expect({ state: stage.player.state.phase, opened: stage.screen.opened }).toEqual({
			state: "loading",
			opened: ["live.m3u8", "other.m3u8"],
		});
		stage.player.load("");
		await settle();
		expect({ state: stage.player.state.phase, waiting: stage.clock.waiting }).toEqual({ state: "idle", waiting: 0 });
	});
});

describe("pausing", () => {
	test("what breaks while the viewer has paused stays quiet, and is opened anew when they go on", () => {
		const { player, screen, clock } = playing();
		player.togglePaused();
		screen.breaks();
		clock.pass(60_000);
		expect({ state: player.state.phase, opened: screen.opened.length }).toEqual({ state: "paused", opened: 1 });
		player.togglePaused();
		expect(screen.opened.length).toBe(2);
	});

	test("a system that pauses what is out of sight is undone when the page is seen again, the viewer's own pause is not", () => {
		const { player, screen, clock } = playing();
		screen.tell("paused");
		player.hide();
		clock.pass(60_000);
		player.wake();
		expect(screen.played).toBe(1);
		screen.tell("moving");
		clock.pass(5_000);
		player.togglePaused();
		clock.pass(5_000);
		player.hide();
		player.wake();
		expect({ played: screen.played, state: player.state.phase }).toEqual({ played: 1, state: "paused" });
	});
});

test("whatever happens in whatever order, a player that is wanted always waits for something, shows something, or says why not", async () => {
	const happening = fc.constantFrom(
		"moving",
		"standing",
		"fed",
		"paused",
		"blocked",
		"ended",
		"broke",
		"second",
		"minute",
		"wake",
		"hide",
		"press",
		"try",
	);
	await fc.assert(
		fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
			const { player, screen, clock } = theatre();
			player.load("live.m3u8");
			for (const what of happenings) {
				if (what === "broke") screen.breaks();
				else if (what === "second") clock.pass(1_000);
				else if (what === "minute") clock.pass(60_000);
				else if (what === "wake") player.wake();
				else if (what === "hide") player.hide();
				else if (what === "press") player.togglePaused();
				else if (what === "try") player.tryNow();
				else screen.tell(what);
				await settle();
			}
			const { phase } = player.state;
			if (phase !== "playing" && phase !== "paused" && phase !== "blocked") expect(clock.waiting).toBeGreaterThan(0);
			expect(clock.waiting).toBeLessThanOrEqual(2);
			player.end();
			expect(clock.waiting).toBe(0);
		}),
		{ numRuns: 300 },
	);
});
