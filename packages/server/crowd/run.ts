import type { Clock } from "./clock.ts";
import { OptionError } from "./options.ts";
import { RecordingError } from "./recordings/recording-error.ts";
import { harmless, Progress } from "./terminal.ts";

/** What a run is given from outside: time, a terminal to show progress on, and the wish to stop. */
export interface Surroundings {
	readonly clock: Clock;
	readonly progress: Progress;
	readonly signal: AbortSignal;
}

/** Time that answers get after Ctrl-C, and that connections get to close. Milliseconds. */
export const lastAnswersMs = 2_000;
export const farewellMs = 1_000;

/** The exit codes: all went well; it could not be done; it was done, and the server broke a promise or the books do not balance. */
export type ExitCode = 0 | 1 | 2;

/** The server could not be reached or let nobody in. The message is one sentence for people. */
export class TurnedAway extends Error {
	override name = "TurnedAway";
}

/**
 * Runs a command of this folder to its end and leaves the process with its exit code. The first Ctrl-C (or SIGTERM) asks it to stop and
 * tell what it has; the second ends it there and then.
 */
export async function runCommand(clock: Clock, run: (surroundings: Surroundings) => Promise<ExitCode>): Promise<never> {
	const stop = new AbortController();
	const onSignal = () => {
		if (stop.signal.aborted) process.exit(130);
		stop.abort();
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	const progress = new Progress(process.stderr, () => clock.now());
	let code: ExitCode = 1;
	try {
		code = await run({ clock, progress, signal: stop.signal });
	} catch (error) {
		progress.end();
		if (!(error instanceof OptionError || error instanceof RecordingError || error instanceof TurnedAway)) throw error;
		process.stderr.write(`${harmless(error.message)}\n`);
	}
	progress.end();
	process.exit(code);
}
