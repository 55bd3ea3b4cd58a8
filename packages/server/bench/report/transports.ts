import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readResults } from "./record.ts";
import type { Result } from "./result.ts";
import { formatFigure } from "./table.ts";

const start = "<!-- measured:transports -->";
const end = "<!-- /measured -->";

/** The words of one language's page; columns that are not named here are for `docs/measurements.md` alone. */
interface Words {
	readonly file: string;
	readonly columns: Readonly<Record<string, string>>;
	readonly rows: Readonly<Record<string, string>>;
	readonly foot: (result: Result) => string;
}

const pages: readonly Words[] = [
	{
		file: "docs/transports.md",
		columns: {
			...{ cpu: "server CPU", each: "CPU µs a message", down: "down a message", up: "up a message", requests: "requests" },
			...{ p50: "delay, median", p99: "delay, p99", missing: "missing", doubled: "doubled", memory: "server memory" },
		},
		rows: {},
		foot: ({ at, rounds, scale, machine }) =>
			`${at.slice(0, 10)}, ${machine.processor}, ${rounds === 1 ? "one round" : `medians of ${rounds} rounds`}${scale === 1 ? "" : `, at ${scale} of the full load`}. “A message” is one message given to one viewer; bytes are of TCP, heads included. Details: [measurements.md](measurements.md).`,
	},
	{
		file: "docs/transports.zh-CN.md",
		columns: {
			...{ cpu: "服务器 CPU", each: "每条消息 CPU 微秒", down: "每条消息下行", up: "每条消息上行", requests: "请求" },
			...{ p50: "延迟中位数", p99: "延迟 p99", missing: "缺失", doubled: "重复", memory: "服务器内存" },
		},
		rows: { "WebSocket, deflate": "WebSocket，压缩", "event stream": "事件流", "long polling": "长轮询", "short polling": "短轮询" },
		foot: ({ at, rounds, scale, machine }) =>
			`${at.slice(0, 10)}，${machine.processor}，${rounds === 1 ? "一轮" : `${rounds} 轮的中位数`}${scale === 1 ? "" : `，满负载的 ${scale}`}。“每条消息”指送到一位观众的一条消息；字节按 TCP 计，含 HTTP 头。详见 [measurements.md](measurements.md)。`,
	},
];

/** Writes what is on record of the part `transports` into both languages' pages; does nothing where nothing is. */
export function recordTransports(root: string): void {
	const [result] = readResults(root, ["transports"]);
	if (!result) return;
	for (const words of pages) {
		const path = join(root, words.file);
		if (existsSync(path)) writeFileSync(path, withTable(readFileSync(path, "utf8"), words.file, tableOf(result, words)));
	}
}

/** The text with what stands between the markers made anew. Throws where a marker is missing. `file` is for the words of that. */
export function withTable(text: string, file: string, table: string): string {
	const from = text.indexOf(start);
	const to = text.indexOf(end, from);
	if (from < 0 || to < 0) throw new Error(`${file} has lost the lines ${start} and ${end}.`);
	return `${text.slice(0, from + start.length)}\n\n${table}\n\n${text.slice(to)}`;
}

function tableOf(result: Result, { columns, rows, foot }: Words): string {
	const shown = result.columns.filter(({ key }) => columns[key] !== undefined);
	const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
	const figures = (row: Result["rows"][number]) =>
		shown.map(({ key, unit }) => `${formatFigure(row.figures[key]?.median, unit)}${unit === "/s" ? "/s" : ""}`);
	return [
		line(["", ...shown.map(({ key }) => columns[key] as string)]),
		`|---|${"---:|".repeat(shown.length)}`,
		...result.rows.map((row) => line([rows[row.name] ?? row.name, ...figures(row)])),
		"",
		foot(result),
	].join("\n");
}
