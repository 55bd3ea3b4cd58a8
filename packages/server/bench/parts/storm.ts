import { hubbub } from "../engines/hubbub.ts";
import { steady } from "../load/script.ts";
import { cpuSeconds, memory } from "../machine/usage.ts";
import { type Column, judge, medianOf, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";
import { auditRoom, inRoom } from "./room.ts";

const viewersFull = 10_000;
const missed = 50;
/** Connections on their way at once: as many as a listener's backlog holds without the kernel's dropping some, which would come again a second later. */
const openingMax = 400;

const columns: readonly Column[] = [
	{ key: "viewers", title: "viewers", unit: "" },
	{ key: "whole", title: "until all are whole", unit: "s" },
	{ key: "joined", title: "until all are in", unit: "s" },
	{ key: "cpu", title: "CPU", unit: "s" },
	{ key: "memory", title: "memory", unit: "MiB" },
	{ key: "first", title: "first joining", unit: "s" },
];

/** Everybody loses the connection at once and comes back with a cursor. */
export const storm: Part = {
	name: "storm",
	title: "Reconnect storm: 10,000 viewers come back at once, 50 messages missed each",
	when: "always",
	async run(options) {
		const measured = await inTurn([{ name: "hubbub" }], options, () => measureStorm(options));
		const rows = [...measured].map(([name, rounds]) => rowOf(name, rounds));
		return {
			columns,
			rows,
			verdicts: [
				judge(
					"all whole within 4 s",
					medianOf(rows, "hubbub", "whole"),
					(value) => value <= 4,
					(value) => `${value.toFixed(2)} s`,
				),
			],
			notes: [
				`Each comes back with its cursor, at most ${openingMax} handshakes on their way at once. "Whole" is every one of the missed messages at every viewer, once and in order.`,
			],
		};
	},
};

async function measureStorm({ scale }: PartOptions): Promise<Round> {
	const viewers = scaled(viewersFull, scale);
	const script = steady({ rate: 200, seconds: missed / 200, senders: 5 });
	return inRoom(hubbub, { viewers, script, openingMax }, async (room) => {
		await room.viewers.drop();
		room.senders.play();
		while ((await room.senders.report()).acknowledged < missed) await Bun.sleep(20);
		// The server notices that all sockets are gone before they come again.
		await Bun.sleep(1_000);
		const cpuBefore = cpuSeconds(room.server.pids);
		const whole = room.viewers.whole(missed, 60_000);
		const joined = await room.viewers.open("return");
		const figures = { viewers, joined, whole: (await whole) ?? Number.NaN, first: room.openedSeconds };
		const cpu = cpuSeconds(room.server.pids) - cpuBefore;
		const faults = await auditRoom(room, { timeoutMs: 5_000 });
		return { figures: { ...figures, cpu, memory: memory(room.server.pids).residentKib / 1_024 }, faults };
	});
}
