import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Refusal } from "./refusal.mjs";

const retryMs = 200;
/** Locks this very process holds. @type {Set<string>} */
const held = new Set();

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
	try {
		if (!existsSync(folder)) makeFolder(folder);
		while (!take(path)) await sleep(retryMs);
	} catch (error) {
		const { code } = /** @type {NodeJS.ErrnoException} */ (error);
		if (code !== "EROFS" && code !== "EACCES" && code !== "EPERM") throw error;
		throw new Refusal(
			`Something is still to be installed or built, and ${root} cannot be written (${code}): run \`npm run build\` where it can.`,
		);
	}
	try {
		return await work();
	} finally {
		held.delete(path);
		rmSync(path, { force: true });
	}
}

/**
 * Not by `recursive`, which says ENOENT of a file system that is only read.
 * @param {string} path
 */
function makeFolder(path) {
	try {
		mkdirSync(path);
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error; // another launcher was quicker
	}
}

/** @param {string} path */
function take(path) {
	try {
		writeFileSync(path, String(process.pid), { flag: "wx" });
		held.add(path);
		return true;
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
	}
	const owner = readOwner(path);
	// In a container every first process has the same number: one that was killed here before us had it too.
	const isGone = owner !== null && (owner === process.pid ? !held.has(path) : !isAlive(owner));
	if (isGone) rmSync(path, { force: true });
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
