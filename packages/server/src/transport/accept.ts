/** Encodings that a body may be kept in beside its own, best first. */
export const encodings = ["br", "gzip"] as const;
export type Encoding = (typeof encodings)[number];

/** What each member of a list with weights is worth, from 0, which is not at all, to 1 (RFC 9110 section 12.4.2). Names are in lower case. */
export function weightsOf(header: string): ReadonlyMap<string, number> {
	const weights = new Map<string, number>();
	for (const member of header.toLowerCase().split(",")) {
		const [name = "", ...parameters] = member.split(";").map((part) => part.trim());
		const weight = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, "");
		if (name !== "") weights.set(name, weight === undefined ? 1 : /^(0(\.\d*)?|1(\.0*)?)$/.test(weight) ? Number(weight) : 0);
	}
	return weights;
}

/**
 * The best of the `available` encodings that a client takes, by its weights and then by the order given; null for the body as it is: where it takes
 * none of them, likes it better plain, or says nothing (RFC 9110 section 12.5.3).
 */
export function chooseEncoding(header: string | null, available: readonly Encoding[]): Encoding | null {
	if (header === null || header === "") return null;
	const weights = weightsOf(header);
	// `x-gzip` is the same as `gzip` (section 8.4.1.3).
	const weightOf = (name: string) => weights.get(name) ?? (name === "gzip" ? weights.get("x-gzip") : undefined) ?? weights.get("*") ?? 0;
	const plain = weights.get("identity") ?? 0;
	let best: Encoding | null = null;
	for (const name of available)
		if (weightOf(name) > 0 && weightOf(name) >= plain && (!best || weightOf(name) > weightOf(best))) best = name;
	return best;
}

/**
 * Whether an `Accept` prefers an event stream to JSON (RFC 9110 section 12.5.1). Of two that are as welcome the stream wins where it is
 * named, since nobody names it by chance; whoever takes neither is answered with JSON.
 */
export function wantsEventStream(header: string | null): boolean {
	const weights = weightsOf(header ?? "");
	const [stream, json] = [weightOfType(weights, "text/event-stream"), weightOfType(weights, "application/json")];
	return stream > 0 && (stream > json || (stream === json && weights.has("text/event-stream")));
}

/** What a media type is worth by the most specific range that takes it in. */
function weightOfType(weights: ReadonlyMap<string, number>, type: string): number {
	return weights.get(type) ?? weights.get(type.replace(/\/.*/, "/*")) ?? weights.get("*/*") ?? 0;
}

/** Whether `If-None-Match` holds the tag. Compared weakly, as RFC 9110 section 13.1.2 has it: proxies that compress weaken tags. */
export function hasTag(header: string | null, etag: string): boolean {
	return (header ?? "").split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}
