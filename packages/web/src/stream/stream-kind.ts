/** How an address is played. */
export type StreamKind = "hls" | "file";

/** A file whose address ends in `#loop` begins anew when it is over, and never counts as ended. */
export function isRepeated(address: string): boolean {
	return /#loop$/i.test(address) && streamKind(address) === "file";
}

/** Tells an HLS playlist from a file by its path; a playlist without the usual ending can be named with `#hls`. */
export function streamKind(address: string): StreamKind {
	const path = address.replace(/[?#].*$/, "");
	return /\.m3u8?$/i.test(path) || /#hls$/i.test(address) ? "hls" : "file";
}
