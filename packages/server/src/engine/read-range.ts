import { engineLimits } from "./limits.ts";
import type { ReadRange } from "./log.ts";

/** Throws `RangeError` for a limit out of bounds: that is a mistake in the program, not a fault of the store. */
export function assertRange(range: ReadRange): void {
	if (Number.isInteger(range.limit) && range.limit >= 0 && range.limit <= engineLimits.readEntriesMax) return;
	throw new RangeError(`A read is of 0 to ${engineLimits.readEntriesMax} entries, not ${range.limit}.`);
}
