import { expect, test } from "bun:test";
import { FakeWorld } from "../test/fake-environment.ts";
import { LikeMeter } from "./likes.ts";

function start(reachable = () => true) {
	const world = new FakeWorld();
	const frames: number[] = [];
	const meter = new LikeMeter(world.environment, (count) => reachable() && frames.push(count) > 0);
	return { world, meter, frames };
}

test("the first like goes out at once, the rest of the second together", () => {
	const { world, meter, frames } = start();
	for (let index = 0; index < 10; index++) meter.add(1);
	expect(frames).toEqual([1]);
	world.advance(1_000);
	expect(frames).toEqual([1, 9]);
	world.advance(10_000);
	expect(frames).toEqual([1, 9]);
});

test("a frame never carries more than the protocol lets it", () => {
	const { world, meter, frames } = start();
	meter.add(250);
	world.advance(5_000);
	expect(frames).toEqual([100, 100, 50]);
});

test("likes wait, up to a bound, while the room cannot be reached", () => {
	let reachable = false;
	const { world, meter, frames } = start(() => reachable);
	for (let index = 0; index < 100; index++) meter.add(1_000);
	expect(frames).toEqual([]);
	reachable = true;
	meter.flush();
	world.advance(60_000);
	expect(frames.reduce((sum, count) => sum + count, 0)).toBe(1_000);
});

test("a count that is no whole number from 1 is ignored", () => {
	const { meter, frames } = start();
	for (const count of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) meter.add(count);
	expect(frames).toEqual([]);
});
