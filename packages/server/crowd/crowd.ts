import { defineCommand } from "citty";
import { Audience } from "./audience.ts";
import { FrameReader } from "./audit.ts";
import { systemClock } from "./clock.ts";
import { DeliveryDelay } from "./delay.ts";
import { madeUpNames, madeUpTalk, seededChance } from "./made-up.ts";
import { numberOf, readArguments, roomOf, sharedArgs, socketUrlOf, speedOf, type Values } from "./options.ts";
import { openPerson } from "./person.ts";
import { play } from "./player.ts";
import { type ExitCode, farewellMs, lastAnswersMs, runCommand, type Surroundings, TurnedAway } from "./run.ts";
import { type CrowdSummary, describeCrowd, isWhole, quantilesOf, speechSummary } from "./summary.ts";
import { Tally } from "./tally.ts";
import { clockTime, count } from "./terminal.ts";

export const command = defineCommand({
	meta: { name: "npm run crowd --", description: "Fills a room with made-up people who read everything, check it, and talk." },
	args: {
		viewers: { type: "string", valueHint: "n", default: "500", description: "People in the room, one WebSocket each" },
		rate: { type: "string", valueHint: "n", default: "20", description: "Messages a second they write, all together; 0 for readers only" },
		seconds: { type: "string", valueHint: "n", default: "60", description: "How long they talk; 0 for until Ctrl-C" },
		seed: { type: "string", valueHint: "n", default: "1", description: "The same seed makes the same people say the same things" },
		...sharedArgs,
	},
});

export interface CrowdOptions {
	/** Where `hubbub.v1` is spoken, for example `ws://localhost:8080/ws`. */
	readonly url: string;
	readonly room: string;
	readonly token?: string;
	readonly viewers: number;
	/** Messages a second over the whole room. */
	readonly rate: number;
	readonly seed: number;
	/** A multiple of the rate, or as fast as the server answers. */
	readonly speed: number | "max";
	readonly entriesMax?: number;
	/** `Infinity` for until the signal. */
	readonly playMsMax: number;
}

/**
 * Lets the crowd in, has it talk, and answers what everybody was given. Throws `TurnedAway` where the server is not there or lets nobody
 * in; whatever happens after the first viewer is in the room is counted, not thrown.
 */
export async function crowd(options: CrowdOptions, { clock, progress, signal }: Surroundings): Promise<CrowdSummary> {
	const chance = seededChance(options.seed);
	const names = madeUpNames(options.viewers, chance);
	const tally = new Tally();
	const delay = new DeliveryDelay();
	const audience = new Audience({
		names,
		tally,
		delay,
		clock,
		chance,
		frames: new FrameReader(),
		open: (name, from, events) =>
			openPerson({ url: options.url, room: options.room, name, ...from, token: options.token ?? from.token, now: clock.now, events }),
	});
	const stopTending = clock.every(1_000, () => audience.tend());
	let start = Number.POSITIVE_INFINITY;
	const stopShowing = clock.every(200, () => progress.show(...state(clock.now() - start, options, tally, audience)));
	try {
		const refusal = await audience.enter(signal);
		if (refusal) throw new TurnedAway(refusal.words);
		start = clock.now();
		const seconds = options.speed === "max" ? Number.POSITIVE_INFINITY : (options.playMsMax / 1_000) * options.speed;
		const talk = options.rate > 0 ? madeUpTalk({ chance, rate: options.rate, seconds, people: names }) : [];
		const report = await play(talk, audience, { ...options, clock, signal, onSkipped: (entry) => tally.noteSkipped(entry.reason) });
		if (report.end === "finished") await clock.sleep(start + options.playMsMax - clock.now(), signal);
		if (!signal.aborted) await audience.settled(signal);
		if (signal.aborted) await audience.settled(AbortSignal.timeout(lastAnswersMs));
		const wallMs = clock.now() - start;
		const { viewers, present, returns } = audience.census;
		await audience.leave(AbortSignal.timeout(farewellMs));
		const end = signal.aborted ? "stopped" : report.end === "time" ? "finished" : report.end;
		return {
			...speechSummary(tally, { total: report.entries, wallMs, behindMsMax: report.behindMsMax, end }),
			...quantilesOf(delay.delayMs, "delay"),
			room: options.room,
			viewers,
			present,
			returns,
			audit: audience.sum,
		};
	} finally {
		stopTending();
		stopShowing();
	}
}

/** How far it is, of all the time there is, and what to say beside it. */
function state(elapsedMs: number, options: CrowdOptions, tally: Tally, audience: Audience): [number | null, () => string] {
	const { viewers, present } = audience.census;
	if (elapsedMs < 0) return [present / viewers, () => `entering: ${count(present)} of ${count(viewers)}`];
	const fraction = Number.isFinite(options.playMsMax) ? elapsedMs / options.playMsMax : null;
	const words = () =>
		[
			clockTime(elapsedMs / 1_000),
			`viewers ${count(present)}`,
			`sent ${count(tally.sent)}`,
			`acked ${count(tally.acknowledged)}`,
			`deliveries ${count(audience.sum.deliveries)}`,
			`missing ${count(audience.sum.missing)}`,
		].join("  ");
	return [fraction, words];
}

function readOptions(values: Values): CrowdOptions {
	const seconds = numberOf(values, "seconds", { min: 0, otherwise: 60 });
	return {
		url: socketUrlOf(values),
		room: roomOf(values),
		token: values.token === undefined ? undefined : String(values.token),
		viewers: numberOf(values, "viewers", { min: 1, max: 15_000, whole: true, otherwise: 500 }),
		rate: numberOf(values, "rate", { min: 0, max: 100_000, otherwise: 20 }),
		seed: numberOf(values, "seed", { min: 0, whole: true, otherwise: 1 }),
		speed: speedOf(values),
		entriesMax: numberOf(values, "limit", { min: 1, whole: true, otherwise: Number.POSITIVE_INFINITY }),
		playMsMax: seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1_000,
	};
}

async function main(surroundings: Surroundings): Promise<ExitCode> {
	const given = await readArguments(command, process.argv.slice(2), process.stdout.isTTY);
	if (given.kind === "help") {
		process.stdout.write(`${given.usage}\n`);
		return 0;
	}
	const summary = await crowd(readOptions(given.values), surroundings);
	surroundings.progress.end();
	process.stdout.write(`${given.values.json ? JSON.stringify(summary) : describeCrowd(summary)}\n`);
	return summary.lines.balanced && isWhole(summary.audit) ? 0 : 2;
}

if (import.meta.main) await runCommand(systemClock, main);
