import { lint, runAllChecks, types } from "./checks.mjs";
import { runChild } from "./child.mjs";
import { buildPages, ensurePages } from "./web-pages.mjs";

/**
 * Where a task runs.
 * @typedef {object} Place
 * @property {string} root the repository's folder, which is also the working folder
 * @property {string} bun the Bun binary
 * @property {string[]} args what was written after the task's name
 */

/** @typedef {{ name: string, purpose: string, run: (place: Place) => Promise<number> }} Task */

/** Every task of the launcher, in the order of its help. A task answers its exit code. @type {readonly Task[]} */
export const tasks = [
	{ name: "start", purpose: "the server; add -- --help for its settings", run: start },
	{ name: "replay", purpose: "plays a recorded chat into a running server", run: program("packages/server/crowd/replay.ts") },
	{ name: "crowd", purpose: "fills a room of a running server with made-up people", run: program("packages/server/crowd/crowd.ts") },
	{ name: "bench", purpose: "measures", run: program("packages/server/bench/main.ts") },
	{ name: "build", purpose: "builds the web pages", run: buildPages },
	{ name: "lint", purpose: "checks format and lint rules; add -- --write to mend", run: lint },
	{ name: "types", purpose: "checks types", run: types },
	{ name: "tidy", purpose: "checks the rules of the house", run: (place) => program("test", "./scripts/tidy.test.ts")(place) },
	{ name: "test", purpose: "everything above that checks, and all tests; add -- --only WORD for some", run: runAllChecks },
];

// The server must not outlive a launcher that was killed outright: it would keep the port.
const withUs = "--no-orphans";

/** @param {Place} place */
async function start(place) {
	const asksOnly = place.args.some((arg) => arg === "--help" || arg === "-h" || arg === "--version");
	if (!asksOnly) {
		const code = await ensurePages(place);
		if (code !== 0) return code;
	}
	return await program("packages/server/src/main.ts")(place);
}

/**
 * @param {...string} command what to run with Bun
 * @returns {Task["run"]}
 */
function program(...command) {
	return async ({ bun, args }) => (await runChild(bun, [withUs, ...command, ...args])).code;
}
