import { readFileSync } from "node:fs";
import { constants } from "node:os";

/**
 * Hears the signals that mean "stop": once, `stop` is called and the process ends with 0 when it is done. A second one does not wait for
 * anybody. Heard from the first moment on, since a container's first process does not even die of a signal that it does not hear.
 *
 * SIGHUP, a terminal that is gone, is one of them unless whoever started us said that it is not to matter, as `nohup` does.
 */
export function onStopSignal(stop: () => Promise<void>): void {
	let leaving = false;
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
		if (signal === "SIGHUP" && isIgnored(signal)) continue;
		process.on(signal, () => {
			if (leaving) process.exit(1);
			leaving = true;
			void stop().then(() => process.exit(0));
		});
	}
}

/** Whether a signal was ignored when the process was started; false where the system does not tell. */
function isIgnored(signal: NodeJS.Signals): boolean {
	try {
		const [, mask = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
		return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
	} catch {
		return false;
	}
}
