import { beforeEach, expect, test } from "bun:test";
import { FakeClock } from "../../../test/fake-clock.ts";
import { StoreHealth } from "./store-health.ts";

let clock: FakeClock;
let health: StoreHealth;
let looks: ("glance" | "thorough")[];
let told: (string | null)[];
let thread: "there" | "gone";
beforeEach(() => {
	clock = new FakeClock();
	looks = [];
	told = [];
	thread = "there";
	health = new StoreHealth({
		clock,
		onTrouble: (reason) => told.push(reason),
		probe(thoroughly) {
			if (thread === "gone") return "not now";
			looks.push(thoroughly ? "thorough" : "glance");
			return "asked";
		},
	});
	health.watch();
});

test("[OPS-6] looks every second at a glance, and by writing once something failed", async () => {
	await clock.advance(1_000);
	health.probed(null);
	health.failed("The disk is full.");
	await clock.advance(1_000);
	expect(looks).toEqual(["glance", "thorough"]);
	health.probed("The disk is full.");
	expect(health.trouble).toBe("The disk is full.");
	await clock.advance(1_000);
	health.probed(null);
	expect([health.trouble, told]).toEqual([null, ["The disk is full.", null]]);
});

test("[OPS-6] a glance that was on its way when a write failed does not call it well", async () => {
	await clock.advance(1_000);
	health.failed("The disk is full.");
	health.probed(null);
	expect(health.trouble).toBe("The disk is full.");
});

test("[OPS-6] a disk that does not answer is told after 5 s, and well again when it has answered and written", async () => {
	await clock.advance(5_999);
	expect(health.trouble).toBeNull();
	await clock.advance(1_000);
	expect(health.trouble).toBe("The disk does not answer.");
	await clock.advance(60_000);
	expect(looks).toEqual(["glance"]);
	health.probed(null);
	await clock.advance(1_000);
	health.probed(null);
	expect([looks, told]).toEqual([
		["glance", "thorough"],
		["The disk does not answer.", null],
	]);
});

test("[OPS-6] a thread that is being started again is no trouble, one that cannot be started is, by its own words", async () => {
	await clock.advance(1_000);
	thread = "gone";
	health.writerLost(null);
	await clock.advance(10_000);
	expect(health.trouble).toBeNull();
	health.writerLost("The file hubbub.db cannot be opened.");
	await clock.advance(10_000);
	expect(told).toEqual(["The file hubbub.db cannot be opened."]);
	thread = "there";
	await clock.advance(1_000);
	health.probed(null);
	expect(health.trouble).toBeNull();
});

test("[OPS-6] what is the matter with reads and with writes is told one after the other, and well is when both are", () => {
	health.readerLost("The log cannot be read.");
	health.failed("The disk is full.");
	health.readerLost(null);
	expect(health.trouble).toBe("The disk is full.");
	expect(told).toEqual(["The log cannot be read.", "The disk is full."]);
});

test("a watch that ended asks nothing more", async () => {
	health.close();
	await clock.advance(10_000);
	expect([looks, clock.waiting]).toEqual([[], 0]);
});
