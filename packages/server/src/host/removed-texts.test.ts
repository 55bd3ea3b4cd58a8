import { describe, expect, test } from "bun:test";
import { makeRooms, person, say } from "../../test/live-room.ts";
import { serverLimits } from "../runtime/limits.ts";
import { silentLogger } from "../runtime/log.ts";
import type { Outcome } from "./outcome.ts";
import { RemovedTexts } from "./removed-texts.ts";
import { staffLog } from "./staff-log.ts";

const DAY_MS = 86_400_000;
const mod = person("mod", "moderator");

async function withRemoved(days: number) {
	const made = makeRooms({ removedDays: days });
	const live = await made.room();
	const { id } = (await say(live, "ann", "a secret")) as Outcome & { ok: true };
	await live.submit({ type: "delete", actor: mod, id });
	const texts = async () => (await staffLog(made.log, "lobby", mod)!.read({ after: 0, limit: 10 })).map(({ text }) => text);
	return { ...made, texts, removed: new RemovedTexts({ log: made.log, clock: made.clock, logger: silentLogger, days }) };
}

describe("[SAY-7] texts that were taken back", () => {
	test("are kept for as many days as are set, and then wiped within minutes", async () => {
		const { clock, texts, removed } = await withRemoved(2);
		removed.start();
		await clock.advance(2 * DAY_MS - serverLimits.removedWipeMs);
		expect(await texts()).toEqual(["a secret"]);
		await clock.advance(2 * serverLimits.removedWipeMs);
		expect(await texts()).toEqual([""]);
		removed.stop();
	});

	test("are wiped at the start where their time passed while nobody ran, also where the days became fewer", async () => {
		const { clock, log, texts } = await withRemoved(30);
		await clock.advance(3 * DAY_MS);
		const removed = new RemovedTexts({ log, clock, logger: silentLogger, days: 1 });
		removed.start();
		await clock.settle();
		expect(await texts()).toEqual([""]);
		removed.stop();
	});

	test("are wiped the next time where the store did not answer, and not any more once it is stopped", async () => {
		const { clock, log, texts, removed } = await withRemoved(1);
		await clock.advance(2 * DAY_MS);
		log.reads = "fail";
		removed.start();
		await clock.settle();
		log.reads = "work";
		expect(await texts()).toEqual(["a secret"]);
		removed.stop();
		await clock.advance(serverLimits.removedWipeMs);
		expect(await texts()).toEqual(["a secret"]);
		log.reads = "fail";
		removed.start();
		await clock.settle();
		log.reads = "work";
		await clock.advance(serverLimits.removedWipeMs);
		expect(await texts()).toEqual([""]);
		removed.stop();
	});
});
