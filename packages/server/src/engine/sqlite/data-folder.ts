import { accessSync, chmodSync, closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { EngineRefused } from "../engine.ts";

/** Paths of what the engine keeps in its folder. */
export interface DataFiles {
	/** The database; its log `-wal` and what its connections share, `-shm`, stand beside it. */
	readonly file: string;
	/** Keeps a second server out. */
	readonly lockFile: string;
	/** Tells a restored database from one that lived on. */
	readonly markFile: string;
	/** Written to see whether the disk takes it; removed at once. */
	readonly scratchFile: string;
}

export function dataFiles(folder: string): DataFiles {
	return {
		file: join(folder, "hubbub.db"),
		lockFile: join(folder, "hubbub.lock"),
		markFile: join(folder, "hubbub.mark"),
		scratchFile: join(folder, "hubbub.probe"),
	};
}

/**
 * Makes the folder, where it does not exist, and keeps other users of the machine out of it: the secret that guests' tokens are signed with
 * stands in the database. Answers what was done or is to be known, one sentence each. Throws `EngineRefused` where the folder cannot be used.
 */
export function prepareFolder(folder: string): string[] {
	const isNew = !existsSync(folder);
	try {
		mkdirSync(folder, { recursive: true, mode: FOLDER_MODE });
		if (!statSync(folder).isDirectory()) throw new EngineRefused(`The data folder ${folder} is not a folder.`);
		accessSync(folder, constants.W_OK | constants.X_OK);
	} catch (error) {
		if (error instanceof EngineRefused) throw error;
		const code = error instanceof Error && "code" in error ? error.code : "";
		if (code === "EEXIST" || code === "ENOTDIR") throw new EngineRefused(`The data folder ${folder} is not a folder.`);
		if (code === "EACCES" || code === "EPERM" || code === "EROFS") throw new EngineRefused(`The data folder ${folder} cannot be written.`);
		throw new EngineRefused(`The data folder ${folder} cannot be made (${code}).`);
	}
	// Windows has other means, and none of these.
	return isNew || process.platform === "win32" ? [] : tighten(folder);
}

/** Makes a file that nobody else may read, whatever the umask, where there is none yet. SQLite's own would be as open as the umask lets them. */
export function makePrivate(file: string): void {
	try {
		closeSync(openSync(file, "wx", FILE_MODE));
	} catch {
		// It is there already, or cannot be made: whoever opens it next says so.
	}
}

export const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const OTHERS = 0o077;
const OTHERS_MAY_WRITE = 0o002;

function tighten(folder: string): string[] {
	const words: string[] = [];
	const stat = statSync(folder);
	if (isLoose(stat) && isOursAlone(folder)) words.push(...close(folder, FOLDER_MODE, "folder"));
	else if ((stat.mode & OTHERS_MAY_WRITE) !== 0) words.push(`Everybody on this machine may write in the data folder ${folder}.`);
	const ours = readdirSync(folder).filter((name) => name.startsWith("hubbub."));
	for (const path of ours.map((name) => join(folder, name))) {
		const file = statSync(path, { throwIfNoEntry: false });
		if (file?.isFile() && isLoose(file)) words.push(...close(path, FILE_MODE, "file"));
	}
	return words;
}

function isLoose({ mode, uid }: Stats): boolean {
	return (mode & OTHERS) !== 0 && uid === process.getuid?.();
}

/** A folder that something else stands in may have to be open for that; a disk of its own has its `lost+found`. */
function isOursAlone(folder: string): boolean {
	return readdirSync(folder).every((name) => name.startsWith("hubbub.") || name === "lost+found");
}

function close(path: string, mode: number, what: "folder" | "file"): string[] {
	try {
		chmodSync(path, mode);
		return [`The ${what} ${path} was open to other users of this machine; now it is not.`];
	} catch (error) {
		return [
			`The ${what} ${path} is open to other users of this machine, and cannot be closed to them (${(error as { code?: string }).code}).`,
		];
	}
}
