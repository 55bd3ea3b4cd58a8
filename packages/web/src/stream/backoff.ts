/** The first wait; each is twice the one before. */
const firstMs = 1_000;
/** A stream that broke is tried again at least this often. */
export const retryMsMax = 30_000;
/** A stream that ended is looked for at least this often: one small request, and a speaker may be back after a minute's break. */
export const lookMsMax = 15_000;
/** Waits differ by this share either way, so that a crowd does not come back in one instant. */
const jitter = 0.2;

/**
 * How long to wait before the next try: 1, 2, 4 … s up to `msMax`, give or take a fifth. Pure.
 *
 * `tries` counts those that failed in a row before, from 0; `chance` is between 0 and 1.
 */
export function backoffMs(tries: number, msMax: number, chance: number): number {
	const usual = Math.min(msMax, firstMs * 2 ** Math.min(tries, 30));
	return Math.round(usual * (1 - jitter + 2 * jitter * chance));
}
