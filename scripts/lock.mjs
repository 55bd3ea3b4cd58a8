import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const retryMs = 200;

/**
 * Runs `work` while no other launcher of this repository runs work of the same name: two that start side by side must
 * not both install. The lock is a file that holds its owner's process id; one whose owner is gone counts for nothing.
 *
 * @template T
 * @param {string} root the repository's folder; locks live in its `.cache`
 * @param {string} name `[a-z]+`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(root, name, work) {
	const folder = join(root, ".cache");
	const path = join(folder, `${name}.lock`);
	mkdirSync(folder, { recursive: true });
	while (!take(path)) await sleep(retryMs);
	try {
		return await work();
	} finally {
		rmSync(path, { force: true });
	}
}

/** @param {string} path */
function take(path) {
	try {
		writeFileSync(path, String(process.pid), { flag: "wx" });
		return true;
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
	}
	const owner = readOwner(path);
	if (owner !== null && !isAlive(owner)) rmSync(path, { force: true });
	return false;
}

/** @param {string} path */
function readOwner(path) {
	try {
		return Number.parseInt(readFileSync(path, "utf8"), 10) || null;
	} catch {
		return null; // given back this moment
	}
}

/** @param {number} pid */
function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
	}
}
