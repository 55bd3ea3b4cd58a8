import Hls from "hls.js";

/**
 * Plays an HLS playlist in a `<video>` by Media Source Extensions. Fetched only where a room has such a stream and the browser cannot
 * play it by itself.
 *
 * `broken` is called once when nothing more can be done; lost connections and decoder faults are mended first. Returns how to stop.
 */
export function playHls(video: HTMLVideoElement, address: string, broken: () => void): () => void {
	if (!Hls.isSupported()) {
		broken();
		return () => {};
	}
	// Under Trusted Types a worker may only be made from a trusted address, and hls.js has none to give: it demuxes on the page's thread.
	const hls = new Hls({ enableWorker: false, lowLatencyMode: true, backBufferLength: 30, liveDurationInfinity: true });
	let mendings = 0;
	hls.on(Hls.Events.ERROR, (_event, problem) => {
		if (!problem.fatal) return;
		if (problem.type === Hls.ErrorTypes.MEDIA_ERROR && mendings++ < 2) return hls.recoverMediaError();
		hls.destroy();
		broken();
	});
	hls.loadSource(address);
	hls.attachMedia(video);
	return () => hls.destroy();
}
