import { readFileSync } from "node:fs";

/**
 * Prints the server's table of letters that look alike (`names/confusables.ts`), made of Unicode's `confusables.txt` (UTS #39, from the folder
 * `security` of a version of Unicode): `node scripts/confusables.mjs path/to/confusables.txt`. Left out is what `names/skeleton.ts` settles
 * without a table: what NFKD takes apart, and signs that look like other signs, which names are compared without.
 */
const [path] = process.argv.slice(2);
if (!path) throw new Error("Say where confusables.txt is.");
const source = readFileSync(path, "utf8");
const version = /^#\s*Version:\s*(\S+)/m.exec(source)?.[1] ?? "of an unknown version";

/** @type {Map<string, string[]>} what looks alike, by what it looks like; both as hexadecimal code points */
const groups = new Map();
for (const line of source.split("\n")) {
	const [from, to] = line.split(/[;#]/).map((field) => field.trim());
	if (!from || !to) continue;
	const letter = String.fromCodePoint(Number.parseInt(from, 16));
	const prototype = to.split(" ").map((hex) => String.fromCodePoint(Number.parseInt(hex, 16)));
	const isLetter = /[\p{L}\p{M}\p{N}]/u.test(letter);
	if (letter.normalize("NFKD") !== letter || !(isLetter || /^[0-9a-z]+$/i.test(prototype.join("")))) continue;
	const looks = prototype.map((sign) => sign.codePointAt(0)?.toString(16)).join("+");
	const alike = groups.get(looks) ?? [];
	groups.set(looks, alike);
	alike.push(from.toLowerCase().replace(/^0+/, ""));
}

const columnsMax = 138;
let [lines, line] = ["", ""];
for (const [looks, alike] of groups) {
	const group = `${looks}=${alike.join(",")}`;
	if (line !== "" && line.length + 1 + group.length > columnsMax) {
		lines += `${line}\n`;
		line = "";
	}
	line += line === "" ? group : ` ${group}`;
}

process.stdout.write(
	`// Made by scripts/confusables.mjs from Unicode's confusables.txt ${version} (UTS #39). Its copyright and licence: UNICODE-LICENSE.txt beside this file.
// What a letter looks like, and the letters that look like it, as hexadecimal code points.
const table = \`
${lines}${line}
\`;

/** What a letter looks like where that is not itself: the prototypes of UTS #39 section 4, for text in NFKD. */
export const confusables: ReadonlyMap<string, string> = new Map(
	table
		.trim()
		.split(/\\s/)
		.flatMap((group) => {
			const [looks = "", alike = ""] = group.split("=");
			return alike.split(",").map((letter) => [signsOf(letter), signsOf(looks)] as const);
		}),
);

function signsOf(points: string): string {
	return String.fromCodePoint(...points.split("+").map((point) => Number.parseInt(point, 16)));
}
`,
);
