import { statSync } from "node:fs";
import { join } from "node:path";
import { decodeCursor, encodeCursor } from "@hubbub/protocol/wire/cursor.ts";
import type { RunningEngine } from "../engines/engine.ts";
import { room, startHubbub } from "../engines/hubbub.ts";
import { median } from "../load/histogram.ts";
import { removeFolder, temporaryFolder } from "../machine/folder.ts";
import { run } from "../machine/program.ts";
import { type Column, judge, type Round, type Row, rowOf } from "../report/result.ts";
import type { Part, PartOptions } from "./part.ts";
import { scaled } from "./part.ts";

const pageMessages = 50;
const pagesMeasured = 300;
/** The archive grows to these shares of its full size: flat is when the figures stay. */
const shares = [0.001, 0.01, 0.1, 1];

const columns: readonly Column[] = [
	{ key: "messages", title: "messages stored", unit: "" },
	{ key: "p50", title: "a page, p50", unit: "ms" },
	{ key: "p99", title: "a page, p99", unit: "ms" },
	{ key: "newest", title: "the newest page, p50", unit: "ms" },
	{ key: "oldest", title: "the oldest page, p50", unit: "ms" },
	{ key: "size", title: "database", unit: "MiB" },
	{ key: "fill", title: "filled in", unit: "s" },
	{ key: "start", title: "server starts in", unit: "s" },
];

/** Pages of a large archive over HTTP, at places picked by chance. */
export const history: Part = {
	name: "history",
	title: "History: a page of 50 messages out of a growing archive",
	when: "always",
	async run(options) {
		const data = temporaryFolder("history");
		const rows: Row[] = [];
		try {
			for (const share of shares) {
				const messages = scaled(options.messages, options.scale * share);
				if (messages < 1_000) continue;
				const fillSeconds = await fill(data, messages);
				options.say(`${messages} messages stored in ${fillSeconds.toFixed(1)} s`);
				const rounds: Round[] = [];
				for (let round = 0; round < options.rounds; round++) rounds.push(await measureArchive(data, messages));
				rows.push(
					rowOf(
						messages.toLocaleString("en"),
						rounds.map((round) => ({ ...round, figures: { ...round.figures, fill: fillSeconds } })),
					),
				);
			}
		} finally {
			removeFolder(data);
		}
		return { columns, rows, verdicts: judgeRows(rows, options), notes };
	},
};

const notes = [
	"Answered by `GET /rooms/{room}/messages?before=…&limit=50`, one request after another over one connection; the page cache of the system is warm.",
	"The archive is filled by the engine's own writer in large transactions; every row is checked against its sum as it is read.",
];

function judgeRows(rows: readonly Row[], { messages, scale }: PartOptions) {
	const last = rows.at(-1)?.figures.p50?.median ?? Number.NaN;
	const first = rows[0]?.figures.p50?.median ?? Number.NaN;
	const stored = Math.round(messages * scale).toLocaleString("en");
	return [
		judge(
			`a page out of ${stored} ≤ 5 ms (p50)`,
			last,
			(value) => value <= 5,
			(value) => `${value.toFixed(2)} ms`,
		),
		judge(
			"flat: ≤ 1.5 × that of the smallest archive",
			last / first,
			(value) => value <= 1.5,
			(value) => `${value.toFixed(2)} ×`,
		),
	];
}

/** Fills the archive up to `messages`; answers the seconds it took. */
async function fill(data: string, messages: number): Promise<number> {
	const startedMs = performance.now();
	await run([process.execPath, join(import.meta.dir, "../archive/fill.ts"), data, room, String(messages)]);
	return (performance.now() - startedMs) / 1_000;
}

async function measureArchive(data: string, messages: number): Promise<Round> {
	const startedMs = performance.now();
	const server = await startHubbub({ data, settings: { HUBBUB_RATE_LIMIT: "off" } });
	const start = (performance.now() - startedMs) / 1_000;
	try {
		const epoch = await epochOf(server);
		const pages: number[] = [];
		for (let index = 0; index < pagesMeasured; index++) {
			const offset = pageMessages + 1 + Math.floor(Math.random() * (messages - pageMessages));
			pages.push(await readPage(server, encodeCursor({ epoch, offset }), offset - pageMessages));
		}
		const newest = await repeat(() => readPage(server, null, messages - pageMessages + 1));
		const oldest = await repeat(() => readPage(server, encodeCursor({ epoch, offset: pageMessages + 1 }), 1));
		pages.sort((one, other) => one - other);
		const size = statSync(join(data, "hubbub.db")).size / 2 ** 20;
		return {
			figures: { messages, p50: median(pages), p99: pages[Math.floor(pages.length * 0.99)] as number, newest, oldest, size, start },
			faults: [],
		};
	} finally {
		await server.stop();
	}
}

async function repeat(read: () => Promise<number>): Promise<number> {
	const times: number[] = [];
	for (let index = 0; index < 50; index++) times.push(await read());
	return median(times);
}

async function epochOf(server: RunningEngine): Promise<string> {
	const page = await askPage(server, null);
	const position = decodeCursor(String(page.before));
	if (!position) throw new Error(`The archive's first page has no cursor: ${JSON.stringify(page).slice(0, 200)}`);
	return position.epoch;
}

interface Page {
	readonly events: readonly { readonly offset: number }[];
	readonly before: string | null;
}

/** Reads a page and checks that it is the one asked for; answers the milliseconds from asking to the last byte. */
async function readPage(server: RunningEngine, before: string | null, firstOffset: number): Promise<number> {
	const startedMs = performance.now();
	const text = await askText(server, before);
	const elapsedMs = performance.now() - startedMs;
	const { events } = JSON.parse(text) as Page;
	if (events.length !== pageMessages || events[0]?.offset !== firstOffset)
		throw new Error(`The page before ${before} begins at ${events[0]?.offset} instead of ${firstOffset}, with ${events.length} messages.`);
	return elapsedMs;
}

async function askPage(server: RunningEngine, before: string | null): Promise<Page> {
	return JSON.parse(await askText(server, before)) as Page;
}

async function askText(server: RunningEngine, before: string | null): Promise<string> {
	const query = before === null ? "" : `&before=${before}`;
	const response = await fetch(`http://127.0.0.1:${server.port}/rooms/${room}/messages?limit=${pageMessages}${query}`);
	if (!response.ok) throw new Error(`The archive answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
	return response.text();
}
