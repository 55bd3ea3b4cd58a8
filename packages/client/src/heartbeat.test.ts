import { expect, test } from "bun:test";
import { FakeWorld } from "../test/fake-environment.ts";
import { answerDeadlineMs, Heartbeat } from "./heartbeat.ts";

function start(heartbeatMs: number) {
	const world = new FakeWorld();
	const counts = { pings: 0, deaths: 0 };
	const heartbeat = new Heartbeat(
		world.environment,
		() => counts.pings++,
		() => counts.deaths++,
	);
	heartbeat.start(heartbeatMs);
	return { world, heartbeat, counts };
}

test("a ping goes out every interval as long as it is answered", () => {
	const { world, heartbeat, counts } = start(25_000);
	for (let index = 0; index < 10; index++) {
		world.advance(25_000);
		heartbeat.heard();
	}
	expect(counts).toEqual({ pings: 10, deaths: 0 });
});

test("a server that talks is pinged too, since it must hear from whoever only reads", () => {
	const { world, heartbeat, counts } = start(25_000);
	for (let second = 0; second < 100; second++) {
		world.advance(1_000);
		heartbeat.heard();
	}
	expect(counts).toEqual({ pings: 4, deaths: 0 });
});

test("a silent server is dead 8 s after the ping, and only once", () => {
	const { world, counts } = start(25_000);
	world.advance(25_000 + answerDeadlineMs - 1);
	expect(counts.deaths).toBe(0);
	world.advance(1);
	expect(counts.deaths).toBe(1);
	world.advance(600_000);
	expect(counts).toEqual({ pings: 1, deaths: 1 });
});

test("death is found within 45 s whatever interval the server asks for", () => {
	for (const heartbeatMs of [0, 1_000, 25_000, 60_000, 86_400_000]) {
		const { world, counts } = start(heartbeatMs);
		world.advance(45_000);
		expect(counts.deaths).toBe(1);
	}
});

test("more pings do not put the deadline off", () => {
	const { world, heartbeat, counts } = start(25_000);
	heartbeat.probe();
	world.advance(5_000);
	heartbeat.probe();
	world.advance(3_000);
	expect(counts).toEqual({ pings: 2, deaths: 1 });
});

test("nothing is left running after stop", () => {
	const { world, heartbeat, counts } = start(25_000);
	heartbeat.probe();
	heartbeat.stop();
	expect(world.pending).toBe(0);
	world.advance(600_000);
	expect(counts).toEqual({ pings: 1, deaths: 0 });
});
