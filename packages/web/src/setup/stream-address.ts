/** What an operator has typed as the address of a stream, before anything is asked of the network. */
export type TypedAddress = "none" | "playable" | "for-sending" | "no-address";

/** Schemes that studios send by, or that need a player of their own: no browser opens them. */
const sending = /^(?:rtmps?|rtmpe|rtmpt|rtsps?|srt|rist|udp|rtp|mms|mmsh|webrtc|whip|whep|ndi):/i;

export function judgeAddress(typed: string): TypedAddress {
	if (typed === "") return "none";
	if (sending.test(typed)) return "for-sending";
	if (typed.startsWith("/")) return typed.startsWith("//") ? "no-address" : "playable";
	return /^https?:\/\//i.test(typed) && URL.canParse(typed) ? "playable" : "no-address";
}

/** A room's id out of what somebody typed: small letters, hyphens for spaces, and nothing that an address would have to escape. "" where nothing is left. */
export function roomIdOf(typed: string): string {
	return typed
		.normalize("NFKC")
		.trim()
		.toLowerCase()
		.replace(/\s+/g, "-")
		.replace(/[^a-z0-9_-]/g, "")
		.replace(/^[-_]+/, "")
		.slice(0, 64);
}
