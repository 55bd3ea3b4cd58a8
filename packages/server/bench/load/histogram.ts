/** Latencies as the generator counts them: pairs of bucket and count, ascending. See `bucket_of` in `generator/audit.c`. */
export type Histogram = readonly (readonly [bucket: number, count: number])[];

const bucketsPerOctave = 32;

/** The middle of a bucket, in microseconds. Buckets are within 3 % of what they hold. */
export function bucketMiddleUs(bucket: number): number {
	if (bucket < bucketsPerOctave) return bucket;
	const octave = Math.floor(bucket / bucketsPerOctave) + 4;
	const step = 2 ** (octave - 5);
	return 2 ** octave + (bucket % bucketsPerOctave) * step + step / 2;
}

/** The quantile `share` (0 to 1) in milliseconds; NaN where nothing was counted. */
export function quantileMs(histogram: Histogram, share: number): number {
	const total = histogram.reduce((sum, [, count]) => sum + count, 0);
	let left = Math.max(1, Math.ceil(total * share));
	for (const [bucket, count] of histogram) {
		left -= count;
		if (left <= 0) return bucketMiddleUs(bucket) / 1_000;
	}
	return Number.NaN;
}

/** The median of some figures; NaN of none. */
export function median(figures: readonly number[]): number {
	const sorted = figures.toSorted((one, other) => one - other);
	const middle = sorted.length >> 1;
	if (sorted.length === 0) return Number.NaN;
	return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
