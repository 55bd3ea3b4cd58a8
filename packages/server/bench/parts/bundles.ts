import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ensurePages, NotHere, root } from "../machine/install.ts";
import { run } from "../machine/program.ts";
import { type Column, judge, medianOf, rowOf } from "../report/result.ts";
import type { Part } from "./part.ts";

const columns: readonly Column[] = [
	{ key: "gzip", title: "gzip", unit: "KiB" },
	{ key: "plain", title: "as it is", unit: "KiB" },
	{ key: "files", title: "files", unit: "" },
];

/** What reaches a browser. */
export const bundles: Part = {
	name: "bundles",
	title: "Bundles: what a page fetches before the room is there",
	when: "always",
	async run() {
		await ensurePages();
		const dist = join(root, "packages/web/dist");
		const page = readFileSync(join(dist, "room.html"), "utf8");
		const named = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path as string);
		if (named.length === 0) throw new NotHere("The pages that are built are not those this part knows: run npm run build.");
		const sdk = join(root, "packages/client/dist");
		await run([process.execPath, join(root, "packages/client/build.ts")], root);
		// Older builds may lie beside it: only what this one names is fetched.
		const main = readFileSync(join(sdk, "hubbub.js"), "utf8");
		const later = readdirSync(sdk).filter((name) => name !== "hubbub.js" && main.includes(name));
		const rows = [
			rowOf("SDK", [weigh(sdk, ["hubbub.js"])]),
			...(later.length > 0 ? [rowOf("SDK: other transports, when needed", [weigh(sdk, later)])] : []),
			rowOf("the room's page, at once", [weigh(dist, named)]),
		];
		const inKib = (value: number) => `${value.toFixed(1)} KiB`;
		return {
			columns,
			rows,
			verdicts: [judge("SDK ≤ 10 KiB", medianOf(rows, "SDK", "gzip"), (value) => value <= 10, inKib)],
			notes: [
				"The page's figure holds its scripts and style sheets; the words of one language and the stage follow. Budgets are held by `bundle-size.test.ts` and `build.test.ts`.",
			],
		};
	},
};

function weigh(dist: string, paths: readonly string[]) {
	const contents = paths.map((path) => readFileSync(join(dist, path)));
	const kib = (sizes: readonly number[]) => sizes.reduce((sum, size) => sum + size, 0) / 1_024;
	return {
		figures: {
			gzip: kib(contents.map((content) => gzipSync(content, { level: 9 }).length)),
			plain: kib(contents.map(({ length }) => length)),
			files: paths.length,
		},
		faults: [],
	};
}
