/** What an HLS playlist says about itself, as far as it tells whether a stream goes on. */
export type Playlist =
	/** A list of variants; `first` is the address of one as it stands there, to be resolved. */
	| { readonly kind: "variants"; readonly first: string }
	/** A list of segments. `mark` names how far it goes: it changes when something is added, and stays when old segments leave. */
	| { readonly kind: "segments"; readonly isLive: boolean; readonly mark: string };

/** Reads a playlist (RFC 8216); null where the text is none, or names nothing to play. Pure. */
export function readPlaylist(text: string): Playlist | null {
	const lines = text
		.replace(/^\ufeff/, "")
		.split(/\r?\n/)
		.map((line) => line.trim());
	if (!lines[0]?.startsWith("#EXTM3U")) return null;
	const addresses = lines.filter((line) => line !== "" && !line.startsWith("#"));
	if (lines.some((line) => line.startsWith("#EXT-X-STREAM-INF"))) {
		const first = addresses[0];
		return first === undefined ? null : { kind: "variants", first };
	}
	const durations = lines.flatMap((line) => /^#EXTINF:\s*([\d.]+)/.exec(line)?.[1] ?? []);
	if (durations.length === 0) return null;
	const firstNumber = Number(value(lines, "#EXT-X-MEDIA-SEQUENCE") ?? 0);
	const parts = lines.filter((line) => line.startsWith("#EXT-X-PART:")).length;
	return {
		kind: "segments",
		isLive: !lines.includes("#EXT-X-ENDLIST"),
		mark: [firstNumber + durations.length, durations.at(-1), parts].join(" "),
	};
}

function value(lines: readonly string[], tag: string): string | undefined {
	return lines.find((line) => line.startsWith(`${tag}:`))?.slice(tag.length + 1);
}
