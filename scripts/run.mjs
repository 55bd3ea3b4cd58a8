#!/usr/bin/env node
/**
 * The launcher behind every npm script: `node scripts/run.mjs TASK [arguments]`.
 *
 * Plain Node (>= 20) without dependencies, because it has to work before anything is installed. It installs what is missing, finds
 * the Bun binary of this machine and runs the task with it; its exit code is the task's.
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareBun } from "./install.mjs";
import { Refusal } from "./refusal.mjs";
import { tasks } from "./tasks.mjs";

const nodeMajorMin = 20;

process.exitCode = await main(process.argv[2], process.argv.slice(3));

/**
 * @param {string | undefined} name
 * @param {string[]} args
 * @returns {Promise<number>} the exit code: the task's own, 1 where it could not be started, 2 where there is no such task
 */
async function main(name, args) {
	if (Number.parseInt(process.versions.node, 10) < nodeMajorMin) {
		console.error(`Hubbub needs Node ${nodeMajorMin} or newer; this is Node ${process.versions.node}.`);
		return 1;
	}
	const task = name === undefined ? undefined : tasks.find((candidate) => candidate.name === name);
	if (task === undefined) {
		console.error(name === undefined ? "Which task?" : `There is no task "${name}".`);
		for (const { name, purpose } of tasks) console.error(`  npm run ${name.padEnd(8)} ${purpose}`);
		return 2;
	}
	try {
		const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
		process.chdir(root);
		return await task.run({ root, bun: await prepareBun(root), args });
	} catch (error) {
		if (!(error instanceof Refusal)) throw error;
		console.error(error.message);
		return 1;
	}
}
