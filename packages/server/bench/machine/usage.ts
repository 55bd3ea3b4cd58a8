import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second in /proc; 100 on every Linux that Bun runs on. */
const ticksPerSecond = 100;

/** CPU seconds the processes have used since they started, user and system, all threads: utime and stime of /proc/PID/stat. */
export function cpuSeconds(pids: readonly number[]): number {
	return pids.reduce((sum, pid) => sum + cpuTicks(readFileSync(`/proc/${pid}/stat`, "latin1")), 0) / ticksPerSecond;
}

/** Fields 14 and 15 of a line of /proc/PID/stat. The second field, the command's name, may hold anything but ends with the last bracket. */
export function cpuTicks(stat: string): number {
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	return Number(fields[11]) + Number(fields[12]);
}

export interface Memory {
	/** Resident now, in KiB: VmRSS. */
	readonly residentKib: number;
	/** The most there ever was, in KiB: VmHWM. */
	readonly peakKib: number;
}

export function memory(pids: readonly number[]): Memory {
	const statuses = pids.map((pid) => readFileSync(`/proc/${pid}/status`, "latin1"));
	const sum = (name: string) => statuses.reduce((kib, status) => kib + kibOf(status, name), 0);
	return { residentKib: sum("VmRSS"), peakKib: sum("VmHWM") };
}

/** A figure of /proc/PID/status in KiB. Throws where there is none. */
export function kibOf(status: string, name: string): number {
	const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status);
	if (!found) throw new Error(`There is no ${name} in the process's status.`);
	return Number(found[1]);
}

/** Memory of the kernel's TCP sockets of the whole machine, in KiB. */
export function socketMemoryKib(): number {
	const pages = /^TCP: .* mem (\d+)/m.exec(readFileSync("/proc/net/sockstat", "latin1"))?.[1] ?? "0";
	return Number(pages) * 4;
}

/** The processes a process has started, now; none where it has ended. */
export function childrenOf(pid: number): number[] {
	const tasks = unlessGone(() => readdirSync(`/proc/${pid}/task`), []);
	return tasks.flatMap((task) =>
		unlessGone(() => readFileSync(`/proc/${pid}/task/${task}/children`, "latin1"), "")
			.trim()
			.split(" ")
			.filter(Boolean)
			.map(Number),
	);
}

/** CPU seconds a process and all that came of it have used, as `cpuSeconds` has it; those that have ended are not counted. */
export function familyCpuSeconds(pid: number): number {
	return childrenOf(pid).reduce(
		(sum, child) => sum + familyCpuSeconds(child),
		unlessGone(() => cpuSeconds([pid]), 0),
	);
}

/** What is read of a process or a thread may be gone between one look and the next. */
function unlessGone<Answer>(read: () => Answer, otherwise: Answer): Answer {
	try {
		return read();
	} catch (fault) {
		if (["ENOENT", "ESRCH"].includes((fault as NodeJS.ErrnoException).code ?? "")) return otherwise;
		throw fault;
	}
}
