import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFolder } from "./start-server.ts";

/** A disk of a few MiB, in memory, that a test may fill. */
export interface SmallDisk {
	readonly path: string;
	/** Leaves nothing free on it. */
	fill(): void;
	/** Makes room again. */
	clear(): void;
	remove(): void;
}

/** Mounts a disk of this size, or answers why it cannot: only root may, on Linux. */
export function mountSmallDisk(mebibytes: number): SmallDisk | string {
	if (process.platform !== "linux" || process.getuid?.() !== 0) return "mounting a small disk needs root on Linux";
	const folder = makeFolder();
	const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder.path], { stderr: "pipe" });
	if (!mounted.success) {
		folder.remove();
		return `a small disk could not be mounted: ${mounted.stderr.toString().trim()}`;
	}
	const ballast = join(folder.path, "ballast");
	return {
		path: folder.path,
		fill() {
			const { bavail, bsize } = statfsSync(folder.path);
			try {
				writeFileSync(ballast, Buffer.alloc(Number(bavail) * Number(bsize)));
			} catch {
				// The last block may be less than was counted; what was written stays.
			}
		},
		clear: () => rmSync(ballast, { force: true }),
		remove() {
			Bun.spawnSync(["umount", folder.path]);
			folder.remove();
		},
	};
}
