import { availableParallelism } from "node:os";
import { runChild } from "./child.mjs";
import { ensureSystemPackages } from "./system-packages.mjs";
import { addTotals, countTests, describeTotals } from "./totals.mjs";
import { ensurePages } from "./web-pages.mjs";

/** @typedef {import("./tasks.mjs").Place} Place */
/** @typedef {import("./totals.mjs").Totals} Totals */

// For a machine that is busy with other things: a test that waits for what never comes is the exception, and may take this long to fail.
const testTimeoutMs = 300_000;
// Most tests wait more than they work. Each file has a process to itself while it runs, so that none finds what another left.
const testWorkers = Math.min(4, availableParallelism());
const typeProjects = ["tsconfig.json", "packages/server/tsconfig.pure.json"];

/**
 * `npm run lint`: Biome over the whole tree. It runs by Node, from npm's package for this machine, and needs no network.
 *
 * @param {Pick<Place, "args">} place `--write` mends what can be mended
 * @returns {Promise<number>} exit code
 */
export async function lint({ args }) {
	return (await runNode("node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings", ...args])).code;
}

/**
 * `npm run types`: the whole tree, and then the server's pure folders without any clock, timer or DOM in sight.
 *
 * @returns {Promise<number>} the worst exit code
 */
export async function types() {
	let worst = 0;
	for (const project of typeProjects) {
		const { code } = await runNode("node_modules/typescript/bin/tsc", ["--project", project]);
		worst = Math.max(worst, code);
	}
	return worst;
}

/**
 * `npm test`: every check, every test, and the sum of them alone on the last line of standard output, `N passed, N failed, N skipped`.
 *
 * Lint, types and the build of the pages count as one check each; every test counts as one. A runner that crashed, or failed without saying
 * what, counts as one failure more. With arguments only tests run and count: `--only WORD` those whose file's path holds the word, all
 * else goes to `bun test` as it is.
 *
 * @param {Place} place
 * @returns {Promise<number>} 0 where nothing failed and something passed
 */
export async function runAllChecks(place) {
	const narrowed = place.args.length > 0;
	/** @type {[title: string, run: () => Promise<Totals>][]} */
	const runners = [
		["system packages", async () => onlyFailure(await ensureSystemPackages())],
		...(narrowed
			? []
			: /** @type {typeof runners} */ ([
					["lint", async () => oneCheck(await lint({ args: [] }))],
					["types", async () => oneCheck(await types())],
				])),
		["web pages", async () => pagesCheck(await ensurePages(place), narrowed)],
		["tests", () => runTests(place)],
	];
	const totals = await runInTurn(runners);
	console.log(describeTotals(totals));
	return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}

/**
 * Runs one after the other: two cores are soon full. Everything runs even after a failure, except where tests would have nothing to run on.
 *
 * @param {[title: string, run: () => Promise<Totals>][]} runners
 */
async function runInTurn(runners) {
	/** @type {Totals} */
	let totals = { passed: 0, failed: 0, skipped: 0 };
	let interrupted = false;
	const onInterrupt = () => {
		interrupted = true;
	};
	process.on("SIGINT", onInterrupt).on("SIGTERM", onInterrupt);
	for (const [title, run] of runners) {
		console.log(`\n── ${title}`);
		const result = await run();
		totals = addTotals(totals, result);
		if (interrupted) {
			console.log("Interrupted: what follows was not run.");
			totals = addTotals(totals, onlyFailure(1));
			break;
		}
		if (title === "system packages" && result.failed > 0) break;
	}
	process.off("SIGINT", onInterrupt).off("SIGTERM", onInterrupt);
	return totals;
}

/** @param {Place} place */
async function runTests({ bun, args }) {
	let output = "";
	const { code } = await runChild(
		bun,
		["test", "--no-orphans", `--parallel=${testWorkers}`, `--timeout=${testTimeoutMs}`, ...args.filter((arg) => arg !== "--only")],
		{
			// Bun writes its whole report to standard error: shown as it comes, and read at the end.
			onErrorOutput: (chunk) => {
				process.stderr.write(chunk);
				output += chunk;
			},
		},
	);
	const { totals, complete } = countTests(output, code);
	if (!complete) console.log(`bun test ended with code ${code} before it could say how the tests went.`);
	return totals;
}

/**
 * @param {number} code
 * @param {boolean} narrowed whether only tests count: those of other folders need no pages
 * @returns {Totals}
 */
function pagesCheck(code, narrowed) {
	if (!narrowed) return oneCheck(code);
	if (code !== 0) console.log("The pages could not be built: tests that need them will fail.");
	return { passed: 0, failed: 0, skipped: 0 };
}

/** @param {string} script @param {readonly string[]} args */
function runNode(script, args) {
	return runChild(process.execPath, [script, ...args]);
}

/** @param {number} code @returns {Totals} */
function oneCheck(code) {
	return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : onlyFailure(code);
}

/** @param {number} code @returns {Totals} */
function onlyFailure(code) {
	return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}
