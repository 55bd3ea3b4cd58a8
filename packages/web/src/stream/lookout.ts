import { answerMsMax, headOf, type Network } from "./diagnosis.ts";
import { readPlaylist } from "./playlist.ts";
import { streamKind } from "./stream-kind.ts";

/** What is at an address right now. Two marks that differ mean that something was added, or that it is another recording. */
export type Sighting =
	| { readonly kind: "nothing" }
	| { readonly kind: "live"; readonly mark: string }
	| { readonly kind: "recording"; readonly mark: string };

export type Look = (address: string) => Promise<Sighting>;

const nothing: Sighting = { kind: "nothing" };
/** A playlist longer than this is none that a live stream has. */
const playlistBytesMax = 4 * 1024 * 1024;

/**
 * Looks whether there is a stream at an address, without showing it: reads a playlist, or the head of a file. Where the page may not read them, a
 * video element that is never shown tells how long it is. Never rejects.
 */
export function lookFrom(network: Network, measure: (address: string) => Promise<number | null>): Look {
	return async (address) => {
		const seen = streamKind(address) === "hls" ? await lookAtPlaylist(address, network) : await lookAtFile(address, network);
		return seen === "unreadable" ? sightingOf(await measure(address)) : seen;
	};
}

async function lookAtPlaylist(address: string, network: Network): Promise<Sighting | "unreadable"> {
	let at = new URL(address, network.page).href;
	// A list of variants, then a list of segments; more than that is none that anything plays.
	for (let step = 0; step < 3; step++) {
		const answer = await read(at, network);
		if (answer === null) return "unreadable";
		const playlist = answer.text === null ? null : readPlaylist(answer.text);
		if (playlist === null) return nothing;
		if (playlist.kind === "segments") return { kind: playlist.isLive ? "live" : "recording", mark: playlist.mark };
		at = new URL(playlist.first, answer.address).href;
	}
	return nothing;
}

/** The text at an address, null in it where the server has none to give; null where it cannot be reached or read. */
async function read(address: string, network: Network): Promise<{ readonly address: string; readonly text: string | null } | null> {
	const abort = new AbortController();
	const timer = setTimeout(() => abort.abort(), answerMsMax);
	try {
		const answer = await network.fetch(address, { cache: "no-store", credentials: "omit", signal: abort.signal });
		const isFit = answer.ok && Number(answer.headers.get("content-length") ?? 0) <= playlistBytesMax;
		return { address: answer.url || address, text: isFit ? await answer.text() : null };
	} catch {
		return null;
	} finally {
		clearTimeout(timer);
		abort.abort();
	}
}

async function lookAtFile(address: string, network: Network): Promise<Sighting | "unreadable"> {
	const answer = await headOf(address, network, "cors");
	if (answer === null) return "unreadable";
	if (!answer.ok) return nothing;
	const marks = ["etag", "last-modified", "content-length"].map((name) => answer.headers.get(name));
	// Without a size and a date it may be a film that is being made as it is sent, or one that the server says nothing about.
	return marks.every((mark) => mark === null) ? "unreadable" : { kind: "recording", mark: marks.join(" ") };
}

/** Of how long a video element says it is, in seconds; null where it found nothing to play. */
function sightingOf(seconds: number | null): Sighting {
	if (seconds === null) return nothing;
	return Number.isFinite(seconds) ? { kind: "recording", mark: String(seconds) } : { kind: "live", mark: "" };
}

/** Asks a video element that is never shown how long an address plays, in seconds. */
export function measureByVideo(address: string): Promise<number | null> {
	return new Promise((resolve) => {
		const video = document.createElement("video");
		const done = (seconds: number | null) => {
			clearTimeout(timer);
			video.onloadedmetadata = video.onerror = null;
			video.removeAttribute("src");
			video.load();
			resolve(seconds);
		};
		const timer = setTimeout(() => done(null), answerMsMax);
		video.muted = true;
		video.preload = "metadata";
		video.onloadedmetadata = () => done(video.duration);
		video.onerror = () => done(null);
		video.src = address;
	});
}
