import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { defineCommand } from "citty";
import { Cast } from "./cast.ts";
import { systemClock } from "./clock.ts";
import { numberOf, readArguments, roomOf, sharedArgs, socketUrlOf, speedOf, type Values } from "./options.ts";
import { openPerson } from "./person.ts";
import { play } from "./player.ts";
import { reasonOf } from "./recordings/line.ts";
import { openRecording, type Survey, survey } from "./recordings/recording.ts";
import { RecordingError } from "./recordings/recording-error.ts";
import { type ExitCode, farewellMs, lastAnswersMs, runCommand, type Surroundings, TurnedAway } from "./run.ts";
import { describeReplay, describeSkipped, type ReplaySummary, skippedWords, speechSummary } from "./summary.ts";
import { Tally } from "./tally.ts";
import { clockTime, count } from "./terminal.ts";

export const command = defineCommand({
	meta: { name: "npm run replay --", description: "Plays a recorded chat into a running server, one WebSocket client a person." },
	args: {
		file: {
			type: "positional",
			description: "JSON lines of {t, u, text, …} or Bilibili's danmaku XML, in any encoding they declare; gzip or deflate",
		},
		...sharedArgs,
		seconds: { type: "string", valueHint: "n", description: "Stop after n seconds" },
		"clients-max": {
			type: "string",
			valueHint: "n",
			default: "1000",
			description: "Connections at once; more people than that take turns",
		},
	},
});

export interface ReplayOptions {
	readonly file: string;
	/** Where `hubbub.v1` is spoken, for example `ws://localhost:8080/ws`. */
	readonly url: string;
	readonly room: string;
	readonly token?: string;
	readonly speed: number | "max";
	readonly clientsMax: number;
	readonly entriesMax?: number;
	readonly playMsMax?: number;
}

/**
 * Plays the recording and answers what became of it. Throws `RecordingError` where the file cannot be used and `TurnedAway` where the
 * server is not there or lets nobody in; whatever happens after the first person is in the room is counted, not thrown.
 */
export async function replay(options: ReplayOptions, { clock, progress, signal }: Surroundings): Promise<ReplaySummary> {
	const recording = await openRecording(options.file);
	const content = await survey(recording);
	const name = basename(options.file);
	if (content.firstPerson === null) throw new RecordingError(`${name} has nothing to play. ${describeSkipped(content.skipped)}`);
	for (const [reason, skipped] of content.skipped) if (skipped.isFault) progress.note(`${name}: skipped ${skippedWords(reason, skipped)}`);

	const tally = new Tally();
	const cast = new Cast({
		clientsMax: options.clientsMax,
		tally,
		open: (person, guestToken, events) =>
			openPerson({ url: options.url, room: options.room, name: person, token: options.token ?? guestToken, now: clock.now, events }),
	});
	const stopTending = clock.every(1_000, () => cast.tend());
	try {
		const refusal = await cast.arrive(content.firstPerson);
		if (refusal) throw new TurnedAway(refusal.words);
		const start = clock.now();
		let reached = 0;
		const stopShowing = clock.every(200, () =>
			progress.show(reached / Math.max(1, content.seconds), () => state(reached, content, tally, cast)),
		);
		const report = await play(recording.entries(), cast, {
			...options,
			clock,
			signal,
			onSkipped: (entry) => tally.noteSkipped(reasonOf(entry)),
			onReached: (seconds) => {
				reached = seconds;
			},
		});
		tally.noteSkipped("not reached", content.entries - report.entries);
		if (!signal.aborted) await cast.settled(signal);
		if (signal.aborted) {
			cast.hush("not reached");
			await cast.settled(AbortSignal.timeout(lastAnswersMs));
		}
		stopShowing();
		const wallMs = clock.now() - start;
		const gone = cast.leave(AbortSignal.timeout(farewellMs));
		const { people, connectionsMax } = cast.census;
		await gone;
		const end = signal.aborted ? "stopped" : report.end;
		const speech = speechSummary(tally, { total: content.entries, wallMs, behindMsMax: report.behindMsMax, end });
		return { ...speech, recording: name, room: options.room, people, connectionsMax };
	} finally {
		stopTending();
	}
}

function state(reached: number, content: Survey, tally: Tally, cast: Cast): string {
	const rejected = [...tally.rejected.values()].reduce((sum, value) => sum + value, 0);
	return [
		`${clockTime(reached)} / ${clockTime(content.seconds)}`,
		`sent ${count(tally.sent)}`,
		`acked ${count(tally.acknowledged)}`,
		`rejected ${count(rejected)}`,
		`open ${count(tally.open)}`,
		`clients ${count(cast.census.connections)}`,
	].join("  ");
}

/** npm runs scripts in the project's folder; a file is meant from where the person stands. */
function findFile(given: string): string {
	const fromPerson = resolve(process.env.INIT_CWD ?? process.cwd(), given);
	const fromHere = resolve(given);
	return existsSync(fromHere) && !existsSync(fromPerson) ? fromHere : fromPerson;
}

function readOptions(values: Values): ReplayOptions {
	return {
		file: findFile(String(values.file)),
		url: socketUrlOf(values),
		room: roomOf(values),
		token: values.token === undefined ? undefined : String(values.token),
		speed: speedOf(values),
		clientsMax: numberOf(values, "clients-max", { min: 1, max: 15_000, whole: true, otherwise: 1_000 }),
		entriesMax: numberOf(values, "limit", { min: 1, whole: true, otherwise: Number.POSITIVE_INFINITY }),
		playMsMax: numberOf(values, "seconds", { min: 0.1, otherwise: Number.POSITIVE_INFINITY }) * 1_000,
	};
}

async function main(surroundings: Surroundings): Promise<ExitCode> {
	const given = await readArguments(command, process.argv.slice(2), process.stdout.isTTY);
	if (given.kind === "help") {
		process.stdout.write(`${given.usage}\n`);
		return 0;
	}
	const summary = await replay(readOptions(given.values), surroundings);
	surroundings.progress.end();
	process.stdout.write(`${given.values.json ? JSON.stringify(summary) : describeReplay(summary)}\n`);
	return summary.lines.balanced ? 0 : 2;
}

if (import.meta.main) await runCommand(systemClock, main);
