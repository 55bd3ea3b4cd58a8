/** How an address is played. */
export type StreamKind = "hls" | "file";

/** Tells an HLS playlist from a file by its path; a playlist without the usual ending can be named with `#hls`. */
export function streamKind(address: string): StreamKind {
	const path = address.replace(/[?#].*$/, "");
	return /\.m3u8?$/i.test(path) || /#hls$/i.test(address) ? "hls" : "file";
}
