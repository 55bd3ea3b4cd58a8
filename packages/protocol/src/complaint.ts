import * as v from "valibot";

/** Of a field's name so much is shown: it may be one that a client made up. */
const nameUnitsShown = 64;

/** What is wrong with a field, in a sentence that names it; null where it is the whole. `of` says in what it stands. */
export function complaintAbout(issue: v.BaseIssue<unknown>, of?: string): string | null {
	const path = v.getDotPath(issue);
	if (path === null) return null;
	const where = `${path.slice(0, nameUnitsShown)}${of === undefined ? "" : ` of ${of}`}`;
	return issue.expected === "never" ? `There is no field ${where}.` : `The field ${where} is missing or wrong.`;
}
