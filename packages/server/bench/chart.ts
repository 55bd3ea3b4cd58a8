import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root as repository } from "./machine/install.ts";
import { readResults } from "./report/record.ts";
import type { Result } from "./report/result.ts";
import { formatFigure } from "./report/table.ts";

const file = "docs/images/fanout.svg";
const barHeight = 22;
const gap = 10;
const labelWidth = 220;
const barsWidth = 420;
const width = 760;

const labels: Readonly<Record<string, string>> = {
	hubbub: "Hubbub, as it is",
	"bun-batched": "Bun, batched by hand",
	"ws-batched": "ws, batched by hand",
	"socket.io-batched": "Socket.IO, batched by hand",
	"bun-publish": "Bun publish",
	ws: "ws",
	"socket.io": "Socket.IO",
	nchan: "Nchan",
	"send-loop": "bare send() loop in C",
};

/** Draws `docs/images/fanout.svg` from what is on record of the busy room; does nothing where nothing is. */
export function chartFanout(root: string): void {
	const [result] = readResults(root, ["fanout-busy"]);
	if (!result) return;
	const path = join(root, file);
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, drawFanout(result));
}

/** The chart as SVG: a bar for each engine, the most deliveries first. */
export function drawFanout(result: Result): string {
	const bars = result.rows
		.map(({ name, figures }) => ({ name, value: figures.perCpu?.median ?? Number.NaN }))
		.filter(({ value }) => Number.isFinite(value))
		.sort((one, other) => other.value - one.value);
	const most = Math.max(...bars.map(({ value }) => value));
	const top = 64;
	const height = top + bars.length * (barHeight + gap) + 30;
	const rows = bars.map(({ name, value }, index) => {
		const y = top + index * (barHeight + gap);
		const length = Math.max(2, Math.round((value / most) * barsWidth));
		const middle = y + barHeight / 2 + 5;
		return [
			`<text x="${labelWidth - 12}" y="${middle}" text-anchor="end" class="${name === "hubbub" ? "own" : "name"}">${labels[name] ?? name}</text>`,
			`<rect x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" rx="4" class="${name === "hubbub" ? "ours" : "theirs"}"/>`,
			`<text x="${labelWidth + length + 8}" y="${middle}" class="value">${formatFigure(value, "/s")}</text>`,
		].join("\n");
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">
<title id="title">Deliveries per CPU-second in a room of 4,000 viewers: ${bars.map(({ name, value }) => `${labels[name] ?? name} ${formatFigure(value, "/s")}`).join(", ")}</title>
<style>
text { font: 14px system-ui, "Noto Sans CJK SC", sans-serif; fill: #24292f; }
.heading { font-size: 17px; font-weight: 600; }
.note, .value { fill: #57606a; font-size: 13px; }
.own { font-weight: 600; }
.ours { fill: #e0477e; }
.theirs { fill: #9aa7b5; }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .note, .value { fill: #9da7b1; } .theirs { fill: #55606d; } }
</style>
<text x="20" y="28" class="heading">Deliveries per CPU-second, one room of 4,000 viewers</text>
<text x="20" y="48" class="note">Server process on one core, every delivery audited. More is better.</text>
${rows.join("\n")}
<text x="20" y="${height - 10}" class="note">${result.machine.processor}, ${result.machine.kernel}, Bun ${result.versions.bun}; ${result.at.slice(0, 10)}; npm run bench -- fanout-busy</text>
</svg>
`;
}

if (import.meta.main) chartFanout(repository);
