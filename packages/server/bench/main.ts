import { chartFanout } from "./chart.ts";
import { installNchan, installPeers, NotHere, root } from "./machine/install.ts";
import { goVersions } from "./machine/install-go.ts";
import { busyShare, describeMachine, describeVersions } from "./machine/machine.ts";
import { pinned, run, stopAll } from "./machine/program.ts";
import { flagsHelp, readOptions } from "./options.ts";
import type { Part, PartOptions } from "./parts/part.ts";
import { parts } from "./parts/table.ts";
import { recordResult } from "./report/record.ts";
import type { Result } from "./report/result.ts";
import { asText } from "./report/table.ts";
import { recordTransports } from "./report/transports.ts";

/** Above this share of the machine's time in others' hands, the figures say more of them than of us. */
const busyShareMax = 0.1;
const roundsUsual = 3;

process.exitCode = await main(Bun.argv.slice(2));

/** `npm run bench -- [PART …] [--flags]`: measures, shows tables, writes them down. Answers the exit code. */
async function main(args: readonly string[]): Promise<number> {
	const asked = readOptions(args, root);
	if (asked.kind === "help") {
		console.log(help());
		return 0;
	}
	const chosen = asked.kind === "measure" ? choose(asked.words) : asked.words;
	if (asked.kind === "mistake" || typeof chosen === "string") {
		console.error(`bench: ${chosen}`);
		return 2;
	}
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stopAll().then(() => process.exit(130)));
	if (pinned) await run(["taskset", "-a", "-c", "-p", "1", String(process.pid)]);
	else console.log("There are not two cores, or no taskset: server and load share what there is, and the figures are worth less.");
	const say = (words: string) => console.log(`  ${words}`);
	let code = 0;
	for (const part of chosen) {
		console.log(`\n${part.title} …`);
		try {
			const result = await measure(part, { ...asked.options, rounds: asked.options.rounds ?? part.roundsUsual ?? roundsUsual, say }, args);
			console.log(asText(result));
			if (asked.record === "written")
				recordResult(
					root,
					result,
					parts.map(({ name }) => name),
				);
		} catch (fault) {
			if (!(fault instanceof NotHere)) throw fault;
			console.error(`  Left out: ${fault.message}`);
			code = 1;
		} finally {
			await stopAll();
		}
	}
	if (asked.record === "written") {
		chartFanout(root);
		recordTransports(root);
	}
	return code;
}

async function measure(part: Part, options: PartOptions, args: readonly string[]): Promise<Result> {
	const busyBefore = await busyShare();
	if (busyBefore > busyShareMax) options.say(`Others take ${Math.round(busyBefore * 100)} % of this machine now: expect noise.`);
	const findings = await part.run(options);
	const own = args.filter((arg, index) => arg.startsWith("--") || args[index - 1]?.startsWith("--"));
	const others = Math.max(0, ...findings.rows.map(({ figures }) => figures.others?.median ?? 0));
	return {
		part: part.name,
		title: part.title,
		command: ["npm run bench --", part.name, ...own].join(" "),
		at: new Date().toISOString(),
		rounds: options.rounds,
		scale: options.scale,
		machine: describeMachine(),
		versions: await describeVersions(await versionsUsed(findings.rows.flatMap(({ name, figures }) => [name, ...Object.keys(figures)]))),
		busyBefore: Math.round(busyBefore * 100) / 100,
		...findings,
		notes:
			others > busyShareMax * 100
				? [...findings.notes, `Others took up to ${Math.round(others)} % of the machine meanwhile: not to be relied on.`]
				: findings.notes,
	};
}

async function versionsUsed(names: readonly string[]): Promise<Record<string, string>> {
	const fromNpm = names.some((name) => name.startsWith("ws") || name.startsWith("socket.io")) ? await installPeers() : null;
	const fromDebian = names.some((name) => name.startsWith("nchan")) ? await installNchan().catch(() => null) : null;
	const fromGo = names.some((name) => name.startsWith("centrifug")) ? goVersions : null;
	return { ...fromNpm?.versions, ...fromDebian?.versions, ...fromGo };
}

/** The parts whose name begins with one of the words; all that belong to a whole run where there is none. */
function choose(words: readonly string[]): readonly Part[] | string {
	if (words.length === 0) return parts.filter(({ when }) => when === "always");
	const unknown = words.find((word) => !parts.some(({ name }) => name.startsWith(word)));
	if (unknown !== undefined) return `There is no part ${unknown}. The parts are ${parts.map(({ name }) => name).join(", ")}.`;
	return parts.filter(({ name }) => words.some((word) => name.startsWith(word)));
}

function help(): string {
	const rows = parts.map(({ name, title, when }) => `  ${name.padEnd(16)} ${title}${when === "on demand" ? " (asked for by name)" : ""}`);
	return ["npm run bench -- [PART …] [--flags]", "", ...rows, "", flagsHelp].join("\n");
}
