import { cleanName, cleanText } from "@hubbub/protocol/text.ts";
import { countGraphemes } from "@hubbub/protocol/wire/graphemes.ts";
import * as limits from "@hubbub/protocol/wire/limits.ts";
import { type WorstText, worstTexts } from "@hubbub/protocol/worst-texts.ts";
import { hubbub, room } from "../engines/hubbub.ts";
import { type Column, judge, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part } from "./part.ts";

const columns: readonly Column[] = [
	{ key: "clean", title: "cleaned and counted", unit: "ms" },
	{ key: "name", title: "as a name", unit: "ms" },
	{ key: "others", title: "others wait for 15 of them", unit: "ms" },
];

/** Texts that one guest sends at once: three times what the burst of the rate lets through. */
const textsAtOnce = 15;
/** Runs of one measurement in this process; the best is what the work takes. */
const runs = 20;
const pingEveryMs = 1;

/** What the dearest texts cost, and how long others wait for them. */
export const text: Part = {
	name: "text",
	title: "Hostile texts: what each kind costs at its longest, and how long others wait",
	when: "always",
	async run(options) {
		const server = await hubbub.start({ settings: { HUBBUB_RATE_LIMIT: "5/5s" } });
		try {
			const measured = await inTurn(worstTexts, options, (kind) => measureKind(kind, server.port));
			const rows = [...measured].map(([name, rounds]) => rowOf(name, rounds));
			const worst = (key: string) => Math.max(...rows.map(({ figures }) => figures[key]?.median ?? Number.NaN));
			const inMs = (value: number) => `${value.toFixed(2)} ms`;
			return {
				columns,
				rows,
				verdicts: [
					judge("cleaning any text ≤ 2 ms", worst("clean"), (value) => value <= 2, inMs),
					judge("a name ≤ 1 ms", worst("name"), (value) => value <= 1, inMs),
					judge("others wait ≤ 5 ms", worst("others"), (value) => value <= 5, inMs),
				],
				notes: [
					`Texts of ${limits.textUnitsMax} UTF-16 units, the longest that is read; the best of ${runs} runs. Names of as many, of which ${limits.nameUnitsSentMax} are looked at.`,
					`Others: the longest answer to a ping every ${pingEveryMs} ms while one guest sends ${textsAtOnce} of a kind in one go. With the limits as they are by default, five are read.`,
				],
			};
		} finally {
			await server.stop();
		}
	},
};

async function measureKind({ textOf }: WorstText, port: number): Promise<Round> {
	const longest = textOf(limits.textUnitsMax);
	const clean = bestMs(() => countGraphemes(cleanText(longest), limits.textGraphemesMax));
	const name = bestMs(() => cleanName(longest));
	const [guest, other] = await Promise.all([visitor(port), visitor(port)]);
	const frames = Array.from({ length: textsAtOnce }, (_, index) =>
		JSON.stringify({ type: "say", ref: index, room, key: crypto.randomUUID(), text: longest }),
	);
	const answered = guest.answers(textsAtOnce);
	const waiting = other.longestPing(answered);
	for (const frame of frames) guest.socket.send(frame);
	const others = await waiting;
	guest.socket.close();
	other.socket.close();
	return { figures: { clean, name, others }, faults: [] };
}

function bestMs(work: () => unknown): number {
	let best = Number.POSITIVE_INFINITY;
	for (let run = 0; run < runs; run++) {
		const startedMs = performance.now();
		work();
		best = Math.min(best, performance.now() - startedMs);
	}
	return best;
}

interface Visitor {
	readonly socket: WebSocket;
	/** Resolves when so many commands have been answered. */
	answers(count: number): Promise<void>;
	/** The longest time a ping was on its way until then, in milliseconds. */
	longestPing(until: Promise<void>): Promise<number>;
}

/** Somebody in the room. Rejects where the server does not let them in. */
async function visitor(port: number): Promise<Visitor> {
	const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, "hubbub.v1");
	const listeners = new Set<(frame: { type: string; ref?: number }) => void>();
	const joined = Promise.withResolvers<void>();
	socket.onopen = () => socket.send(JSON.stringify({ type: "hello", rooms: [{ room }] }));
	socket.onclose = ({ code }) => joined.reject(new Error(`The server closed with ${code}.`));
	socket.onmessage = ({ data }) => {
		const frame = JSON.parse(String(data));
		if (frame.type === "joined") joined.resolve();
		for (const listener of listeners) listener(frame);
	};
	await joined.promise;
	return {
		socket,
		answers(count) {
			const { promise, resolve } = Promise.withResolvers<void>();
			let left = count;
			listeners.add(({ type }) => (type === "ack" || type === "reject") && --left === 0 && resolve());
			return promise;
		},
		async longestPing(until) {
			const sentMs = new Map<number, number>();
			let [ref, longest, isOver] = [0, 0, false];
			listeners.add((frame) => {
				const startedMs = frame.type === "pong" && frame.ref !== undefined ? sentMs.get(frame.ref) : undefined;
				if (startedMs !== undefined) longest = Math.max(longest, performance.now() - startedMs);
			});
			void until.then(() => {
				isOver = true;
			});
			while (!isOver) {
				sentMs.set(++ref, performance.now());
				socket.send(JSON.stringify({ type: "ping", ref }));
				await Bun.sleep(pingEveryMs);
			}
			return longest;
		},
	};
}
