import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * How a child process ended.
 * @typedef {object} Ending
 * @property {number} code its exit code; 128 + the signal's number where a signal ended it
 * @property {NodeJS.Signals | null} asked the signal by which we were asked to stop meanwhile, null where nobody asked
 */

/**
 * @typedef {object} ChildOptions
 * @property {NodeJS.ProcessEnv} [env] defaults to our own environment
 * @property {"inherit" | "ignore"} [stdout] defaults to "inherit"
 * @property {(chunk: Buffer) => void} [onErrorOutput] takes the child's standard error; inherited where left out
 */

/** @type {readonly NodeJS.Signals[]} */
const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGWINCH"];
// A terminal's Ctrl-C reaches us twice: from the terminal, and from npm, which passes on what it got.
const samePressMs = 500;
const orphanCheckMs = 1_000;

/** Children that are running: they decide when they have ended. */
let running = 0;

// A container's first process does not die of a signal that it does not hear. While there is no child to pass it on to, it ends.
if (process.pid === 1)
	for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
		process.on(signal, () => {
			if (running === 0) process.exit(128 + constants.signals[signal]);
		});

/**
 * Runs a command, passes signals on to it, and waits for it to end.
 *
 * The child leads a process group of its own, so that one Ctrl-C is one SIGINT to it and it may drain in peace.
 * Rejects where the command cannot be started at all.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ChildOptions} [options]
 * @returns {Promise<Ending>}
 */
export function runChild(command, args, { env, stdout = "inherit", onErrorOutput } = {}) {
	const ownGroup = process.platform !== "win32";
	const child = spawn(command, args, {
		stdio: ["inherit", stdout, onErrorOutput ? "pipe" : "inherit"],
		detached: ownGroup,
		env: env ?? process.env,
	});
	if (onErrorOutput) child.stderr?.on("data", onErrorOutput);
	running++;
	const signals = passSignals(ownGroup ? (signal) => signalGroup(child.pid, signal) : () => {});
	return new Promise((resolve, reject) => {
		child.on("error", (error) => {
			running--;
			signals.stop();
			reject(error);
		});
		child.on("close", (code, signal) => {
			running--;
			signals.stop();
			resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), asked: signals.asked() });
		});
	});
}

/**
 * Signals the child and what it started, as a terminal would: some tools are a thin process before the one that works.
 * @param {number | undefined} leader
 * @param {NodeJS.Signals} signal
 */
function signalGroup(leader, signal) {
	if (leader === undefined) return; // it could not be started
	try {
		process.kill(-leader, signal);
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error; // ended this moment
	}
}

/** @param {(signal: NodeJS.Signals) => void} pass */
function passSignals(pass) {
	/** @type {NodeJS.Signals | null} */
	let asked = null;
	/** @type {Map<string, number>} */
	const lastAt = new Map();
	/** @param {NodeJS.Signals} signal */
	const onSignal = (signal) => {
		const now = performance.now();
		const again = now - (lastAt.get(signal) ?? Number.NEGATIVE_INFINITY) < samePressMs;
		lastAt.set(signal, now);
		if (signal !== "SIGWINCH") asked ??= signal;
		if (!again) pass(signal);
	};
	for (const signal of forwarded) process.on(signal, onSignal);
	const orphanCheck = watchParent(() => onSignal("SIGTERM"));
	return {
		asked: () => asked,
		stop() {
			for (const signal of forwarded) process.off(signal, onSignal);
			clearInterval(orphanCheck);
		},
	};
}

/**
 * An npm that was killed outright cannot tell us; that we have a new parent does. Only under npm: a launcher started
 * by hand may well outlive its shell.
 * @param {() => void} onOrphaned
 */
function watchParent(onOrphaned) {
	if (process.env.npm_lifecycle_event === undefined) return undefined;
	const parent = process.ppid;
	const timer = setInterval(() => {
		if (process.ppid === parent) return;
		clearInterval(timer);
		onOrphaned();
	}, orphanCheckMs);
	timer.unref();
	return timer;
}
