import { dlopen, FFIType, ptr } from "bun:ffi";

const monotonic = 1;
const libc = dlopen("libc.so.6", { clock_gettime: { args: [FFIType.i32, FFIType.ptr], returns: FFIType.i32 } });
const time = new BigInt64Array(2);
const startedUs = systemUs() - performance.now() * 1_000;

/** Microseconds of the system's CLOCK_MONOTONIC: the clock the senders write into their markers, the same in every process. */
export function nowUs(): number {
	return startedUs + performance.now() * 1_000;
}

/** Bun's own clocks begin with the process; this asks the system, once. Linux alone. */
function systemUs(): number {
	if (libc.symbols.clock_gettime(monotonic, ptr(time)) !== 0) throw new Error("The system does not tell its monotonic clock.");
	return Number(time[0]) * 1e6 + Number(time[1]) / 1_000;
}
