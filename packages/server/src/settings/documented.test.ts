import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createMetrics, showStore } from "../runtime/metrics.ts";
import { flagOf, type Setting, type SettingName, settingsTable } from "./table.ts";

const page = "docs/operations.md";
const lines = readFileSync(join(import.meta.dir, "../../../..", page), "utf8").split("\n");

/** A setting as its row of the page: what `--help` says, in Markdown. */
function rowOf(name: SettingName): string {
	const { environment, value, help, secret }: Setting = settingsTable[name];
	const cells = [`\`${environment}\``, `\`--${flagOf(name)} ${value}\``, help + (secret ? ` Or \`${environment}_FILE\`.` : "")];
	return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("*", "\\*")).join(" | ")} |`;
}

describe(page, () => {
	for (const name of Object.keys(settingsTable) as SettingName[]) {
		test(`[OPS-1] says of ${settingsTable[name].environment} what the help says`, () => {
			expect(lines).toContain(rowOf(name));
		});
	}

	test("[OPS-1] names no setting that there is not", () => {
		const known = new Set(Object.values(settingsTable).flatMap(({ environment }) => [environment, `${environment}_FILE`]));
		const named = lines.join("\n").match(/\bHUBBUB_[A-Z_]*[A-Z]/g) ?? [];
		expect(named.filter((variable) => !known.has(variable))).toEqual([]);
	});

	test("lists every metric of ours, and no other", async () => {
		const metrics = createMetrics();
		showStore(metrics, () => ({ waiting: 0, appended: 0, batches: 0, failed: 0, restarts: 0 }));
		const { registry } = metrics;
		const ours = registry.getMetricsAsArray().flatMap(({ name }) => (/^hubbub_(?:process|nodejs)_/.test(name) ? [] : [name]));
		const listed = lines.flatMap((line) => /^\| `(hubbub_\w+)/.exec(line)?.[1] ?? []);
		expect(listed.sort()).toEqual(ours.sort());
	});
});
