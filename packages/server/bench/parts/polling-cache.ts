import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { room, startHubbub } from "../engines/hubbub.ts";
import { NotHere } from "../machine/install.ts";
import { freePort } from "../machine/port.ts";
import { startProgram } from "../machine/program.ts";
import { cpuSeconds } from "../machine/usage.ts";
import { nginxConfiguration, originRequests } from "../pollers/nginx.ts";
import { Pollers } from "../pollers/pollers.ts";
import { type Column, judge, medianOf, type Round, rowOf } from "../report/result.ts";
import { inTurn, type Part, type PartOptions, scaled } from "./part.ts";

const pollersFull = 10_000;
/** Lines that pollers share: one that waits for the cache holds up the others of its line. */
const connectionsFull = 500;
const messagesEveryMs = 300;
const warmUpMs = 2_500;
const subject = { name: "short pollers behind nginx" };

const columns: readonly Column[] = [
	{ key: "polls", title: "polls", unit: "/s" },
	{ key: "origin", title: "requests to the origin", unit: "/s" },
	{ key: "cpu", title: "CPU of the origin", unit: "%" },
	{ key: "p50", title: "p50", unit: "ms" },
	{ key: "p99", title: "p99", unit: "ms" },
	{ key: "max", title: "longest", unit: "ms" },
];

/** A crowd of short pollers behind an HTTP cache: what it costs the origin, and when everybody has a message. */
export const pollingCache: Part = {
	name: "polling-cache",
	title: "Short polling: 10,000 pollers, one poll a second each, behind nginx's cache",
	when: "on demand",
	async run(options) {
		if (!Bun.which("nginx")) throw new NotHere("nginx is needed: install Debian's package nginx, then run this again.");
		const rows = [...(await inTurn([subject], options, () => measure(options)))].map(([name, rounds]) => rowOf(name, rounds));
		const figure = (key: string) => medianOf(rows, subject.name, key);
		return {
			columns,
			rows,
			verdicts: [
				judge(
					"≤ 5 requests/s at the origin",
					figure("origin"),
					(value) => value <= 5,
					(value) => `${value.toFixed(1)}/s`,
				),
				judge(
					"everybody has a message within 3 s",
					figure("max"),
					(value) => value <= 3_000,
					(value) => `${value.toFixed(0)} ms`,
				),
			],
			notes: [
				"The cache is configured as docs/proxies/nginx.conf says. Delay counts from the moment the message was taken; a poller rests a second after each answer.",
			],
		};
	},
};

async function measure({ scale, seconds }: PartOptions): Promise<Round> {
	const folder = mkdtempSync(join(tmpdir(), "hubbub-bench-cache-"));
	mkdirSync(join(folder, "cache"));
	const server = await startHubbub();
	const port = freePort();
	writeFileSync(join(folder, "nginx.conf"), nginxConfiguration({ origin: server.port, port, folder, certificate: null }));
	const nginx = startProgram(["nginx", "-c", join(folder, "nginx.conf"), "-p", folder], { place: "server", onLine: () => {} });
	const say = async (text: string) => {
		const answer = await fetch(`http://127.0.0.1:${server.port}/rooms/${room}/messages`, {
			method: "POST",
			body: JSON.stringify({ text }),
		});
		return ((await answer.json()) as { event: { offset: number } }).event.offset;
	};
	let pollers: Pollers | null = null;
	try {
		let last = await say("There is something before anybody comes.");
		while (!(await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null))) await Bun.sleep(20);
		const crowd = { pollers: scaled(pollersFull, scale), connections: scaled(connectionsFull, scale), intervalMs: 1_000 };
		pollers = await Pollers.start({ port, host: "localhost", path: `/rooms/${room}/events`, ...crowd });
		await Bun.sleep(warmUpMs);
		const before = { polls: pollers.polls, origin: originRequests(folder).length, cpu: cpuSeconds(server.pids), ms: performance.now() };
		while (performance.now() - before.ms < seconds * 1_000) {
			last = await say(`message ${performance.now()}`);
			pollers.announce(last);
			await Bun.sleep(messagesEveryMs);
		}
		const elapsed = (performance.now() - before.ms) / 1_000;
		const [polls, origin, cpu] = [pollers.polls, originRequests(folder).length, cpuSeconds(server.pids)];
		const deadlineMs = performance.now() + 10_000;
		while (pollers.reached < last && performance.now() < deadlineMs) await Bun.sleep(50);
		const { delaysMs, failed, doubled, missing, reached } = pollers.report();
		const quantile = (share: number) => delaysMs[Math.min(delaysMs.length - 1, Math.floor(delaysMs.length * share))] ?? Number.NaN;
		const wrong: [number, string][] = [
			[failed.length, `polls failed (${failed[0]})`],
			[doubled, "messages came twice"],
			[missing, "messages were passed over"],
			[last - reached, "messages did not reach everybody"],
		];
		return {
			figures: {
				polls: (polls - before.polls) / elapsed,
				origin: (origin - before.origin) / elapsed,
				cpu: ((cpu - before.cpu) / elapsed) * 100,
				p50: quantile(0.5),
				p99: quantile(0.99),
				max: quantile(1),
			},
			faults: wrong.flatMap(([count, words]) => (count > 0 ? [`${count} ${words}`] : [])),
		};
	} finally {
		pollers?.stop();
		await nginx.stop();
		await server.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}
