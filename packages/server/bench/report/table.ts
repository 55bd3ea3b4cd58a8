import type { Column, Result, Row } from "./result.ts";

/** A figure as people read it: 3 significant digits, large ones in thousands and millions. */
export function formatFigure(value: number | undefined, unit: Column["unit"]): string {
	if (value === undefined || !Number.isFinite(value)) return "–";
	const suffix = unit === "" || unit === "/s" ? "" : unit === "×" ? " ×" : ` ${unit}`;
	if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(2)} M${suffix}`;
	if (Math.abs(value) >= 10_000) return `${Math.round(value / 1_000)} k${suffix}`;
	if (Number.isInteger(value) || Math.abs(value) >= 100) return `${Math.round(value)}${suffix}`;
	return `${Number(value.toPrecision(3))}${suffix}`;
}

function cellsOf(columns: readonly Column[], row: Row): string[] {
	return [row.name, ...columns.map(({ key, unit }) => formatFigure(row.figures[key]?.median, unit))];
}

/** The table for a terminal, with verdicts, faults and notes. */
export function asText(result: Result): string {
	const { columns, rows } = result;
	const cells = [["", ...columns.map(({ title }) => title)], ...rows.map((row) => cellsOf(columns, row))];
	const widths = cells[0]?.map((_, index) => Math.max(...cells.map((line) => (line[index] as string).length))) ?? [];
	const lines = cells.map((line) =>
		line.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[index] as number))).join("  "),
	);
	const verdicts = result.verdicts.map(
		({ target, measured, outcome }) => `  ${outcome === "met" ? "✓" : outcome === "missed" ? "✗" : "–"} ${target}: ${measured}`,
	);
	const faults = rows.flatMap(({ name, faults }) => faults.map((fault) => `  ! ${name}: ${fault}`));
	const notes = result.notes.map((note) => `  ${note}`);
	return ["", `${result.title} (${result.part})`, "", ...lines, "", ...verdicts, ...faults, ...notes, ""].join("\n");
}

/** The same for `docs/measurements.md`. */
export function asMarkdown(result: Result): string {
	const { columns, rows } = result;
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	const table = [
		line(["", ...columns.map(({ title }) => title)]),
		`|---|${"---:|".repeat(columns.length)}`,
		...rows.map((row) => line(cellsOf(columns, row))),
	];
	const verdicts =
		result.verdicts.length === 0
			? []
			: [
					"",
					"| target | measured | |",
					"|---|---|---|",
					...result.verdicts.map(({ target, measured, outcome }) => line([target, measured, outcome])),
				];
	const faults = rows.flatMap(({ name, faults }) => faults.map((fault) => `- **${name}**: ${fault}`));
	const notes = result.notes.map((note) => `- ${note}`);
	const scale = result.scale === 1 ? "" : ` at ${result.scale} of the full load`;
	const head = [
		`### ${result.title}`,
		"",
		`\`${result.command}\` — ${result.at.slice(0, 10)}, ${result.rounds === 1 ? "one round" : `medians of ${result.rounds} rounds`}${scale}.`,
		"",
	];
	return [...head, ...table, ...verdicts, ...(faults.length + notes.length > 0 ? [""] : []), ...faults, ...notes, ""].join("\n");
}
