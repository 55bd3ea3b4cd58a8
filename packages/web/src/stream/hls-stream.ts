import Hls, { type ErrorData, ErrorDetails, ErrorTypes } from "hls.js";
import { problemOfStatus } from "./diagnosis.ts";
import type { StreamProblem } from "./player-state.ts";

/** What is told of a playlist that is being played. */
export interface HlsListener {
	/** A segment came in. */
	fed(): void;
	/** Nothing more comes in. `unreachable` is the address that could not be fetched where the browser does not say why. */
	broke(reason: { readonly problem: StreamProblem } | { readonly unreachable: string }): void;
}

/** A playlist that is being played. */
export interface HlsStream {
	/** Where a live stream is to be watched from now, in seconds; null for a recording. */
	readonly liveSeconds: number | null;
	/** The video element reported a fault of its decoder: starts that anew, as far as that has not been tried before. */
	decoderFailed(): void;
	/** Goes on loading after `broke`. */
	goOn(): void;
	stop(): void;
}

/** A damaged piece of a stream is stepped over this often; past it, the stream is. */
const mendingsMax = 2;

/**
 * Plays an HLS playlist in a `<video>` by Media Source Extensions. Fetched only where a room has such a stream and the browser cannot
 * play it by itself.
 */
export function playHls(video: HTMLVideoElement, address: string, fromSeconds: number, listener: HlsListener): HlsStream | null {
	if (!Hls.isSupported()) return null;
	const { manifestLoadPolicy, playlistLoadPolicy, fragLoadPolicy } = Hls.DefaultConfig;
	const hls = new Hls({
		// Under Trusted Types a worker may only be made from a trusted address, and hls.js has none to give: it demuxes on the page's thread.
		enableWorker: false,
		lowLatencyMode: true,
		backBufferLength: 30,
		liveDurationInfinity: true,
		startPosition: fromSeconds > 0 ? fromSeconds : -1,
		// When to try again is the player's to say, who also tells the viewer. One lost request is none of their business.
		manifestLoadPolicy: impatient(manifestLoadPolicy, 0),
		playlistLoadPolicy: impatient(playlistLoadPolicy, 1),
		fragLoadPolicy: impatient(fragLoadPolicy, 1),
	});
	let mendings = 0;
	const mendOr = (giveUp: () => void) => {
		if (mendings++ < mendingsMax) hls.recoverMediaError();
		else giveUp();
	};
	hls.on(Hls.Events.FRAG_BUFFERED, () => listener.fed());
	hls.on(Hls.Events.ERROR, (_event, error) => {
		if (!error.fatal) return;
		if (error.type === ErrorTypes.MEDIA_ERROR && !isHopeless(error.details)) return mendOr(() => listener.broke(reasonOf(error, address)));
		listener.broke(reasonOf(error, address));
	});
	hls.loadSource(address);
	hls.attachMedia(video);
	return {
		get liveSeconds() {
			return hls.latestLevelDetails?.live ? hls.liveSyncPosition : null;
		},
		decoderFailed: () => mendOr(() => listener.broke({ problem: "undecodable" })),
		goOn: () => hls.startLoad(-1),
		stop: () => hls.destroy(),
	};
}

type LoadPolicy = typeof Hls.DefaultConfig.fragLoadPolicy;

function impatient({ default: usual }: LoadPolicy, retriesMax: number): LoadPolicy {
	const retry = { maxNumRetry: retriesMax, retryDelayMs: 500, maxRetryDelayMs: 500 };
	return { default: { ...usual, maxTimeToFirstByteMs: 10_000, errorRetry: retry, timeoutRetry: retry } };
}

/** Faults that a second look at the same data cannot mend. */
function isHopeless(details: ErrorDetails): boolean {
	return details === ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR || details === ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR;
}

function reasonOf(error: ErrorData, address: string): { problem: StreamProblem } | { unreachable: string } {
	switch (error.details) {
		case ErrorDetails.MANIFEST_PARSING_ERROR:
		case ErrorDetails.LEVEL_PARSING_ERROR:
			return { problem: "not-a-stream" };
		case ErrorDetails.LEVEL_EMPTY_ERROR:
			return { problem: "not-found" };
		default: {
			if (error.type !== ErrorTypes.NETWORK_ERROR)
				return { problem: error.type === ErrorTypes.KEY_SYSTEM_ERROR ? "forbidden" : "undecodable" };
			const problem = problemOfStatus(error.response?.code ?? 0);
			return problem ? { problem } : { unreachable: error.frag?.url ?? error.url ?? address };
		}
	}
}
