import { stripVTControlCharacters } from "node:util";

/**
 * How many tests or checks went which way.
 * @typedef {{ passed: number, failed: number, skipped: number }} Totals
 */

/** @param {Totals} one @param {Totals} other @returns {Totals} */
export function addTotals(one, other) {
	return { passed: one.passed + other.passed, failed: one.failed + other.failed, skipped: one.skipped + other.skipped };
}

/** @param {Totals} totals */
export function describeTotals({ passed, failed, skipped }) {
	return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Reads the totals out of what `bun test` printed.
 *
 * The closing summary is taken, not the JUnit report: that one leaves out files that could not be loaded. A run without a
 * summary (a crash, a kill) is counted by its lines, plus one failure. So is one that exits non-zero with nothing failed.
 *
 * @param {string} output standard error of `bun test`
 * @param {number} code its exit code
 * @returns {{ totals: Totals, complete: boolean }} `complete` is false where the summary is missing
 */
export function countTests(output, code) {
	const lines = stripVTControlCharacters(output).split(/\r?\n/);
	const end = lines.findLastIndex((line) => /^Ran \d+ tests? across \d+ files?\./.test(line));
	if (end === -1) {
		const count = (/** @type {string} */ mark) => lines.filter((line) => line.startsWith(`(${mark}) `)).length;
		return { totals: { passed: count("pass"), failed: count("fail") + 1, skipped: count("skip") + count("todo") }, complete: false };
	}
	/** @type {Record<string, number>} */
	const sums = {};
	for (const line of lines.slice(Math.max(0, end - summaryLinesMax), end)) {
		const match = /^ *(\d+) (pass|fail|skip|todo|errors?)$/.exec(line);
		if (match?.[1] && match[2]) sums[match[2].replace("errors", "error")] = Number(match[1]);
	}
	// An error outside any test is usually counted among the failures too, but not always.
	const failed = Math.max(sums.fail ?? 0, sums.error ?? 0);
	return {
		totals: {
			passed: sums.pass ?? 0,
			failed: failed === 0 && code !== 0 ? 1 : failed,
			skipped: (sums.skip ?? 0) + (sums.todo ?? 0),
		},
		complete: true,
	};
}

// pass, skip, todo, fail, error, snapshots, expect() calls, and one to spare
const summaryLinesMax = 8;
