import { part } from "../part.ts";
import { diagnose, type Network } from "./diagnosis.ts";
import type { HlsStream } from "./hls-stream.ts";
import type { StreamProblem } from "./player-state.ts";
import type { Screen, ScreenNews } from "./screen.ts";
import { isRepeated, streamKind } from "./stream-kind.ts";

const playlistType = "application/vnd.apple.mpegurl";
/** A live picture that stands further behind than this, in seconds, goes to the present when it is let go on. */
const behindSecondsMax = 12;
/** How far before the end of what can be sought a live stream is watched, in seconds, where nothing says better. */
const liveBehindSeconds = 6;

/** What is being shown: nothing, or an address by hls.js, or an address that the element plays by itself. */
type Showing =
	| { readonly by: "nothing" }
	| { readonly by: "element"; readonly address: string; readonly tell: (news: ScreenNews) => void }
	| { readonly by: "hls"; readonly address: string; readonly tell: (news: ScreenNews) => void; readonly stream: HlsStream | null };

/** Shows streams in a `<video>`: playlists natively where Media Source Extensions are missing, else by hls.js; anything else as a file. */
export class VideoScreen implements Screen {
	readonly #video: HTMLVideoElement;
	readonly #network: Network;
	#showing: Showing = { by: "nothing" };

	constructor(video: HTMLVideoElement, network: Network) {
		this.#video = video;
		this.#network = network;
		video.muted = true;
		for (const type of ["playing", "waiting", "pause", "ended", "error", "progress"]) video.addEventListener(type, () => this.#heard(type));
	}

	get muted(): boolean {
		return this.#video.muted;
	}

	set muted(muted: boolean) {
		this.#video.muted = muted;
	}

	get position(): number {
		return Number.isFinite(this.#video.duration) && !this.#video.ended ? this.#video.currentTime : 0;
	}

	open(address: string, fromSeconds: number, tell: (news: ScreenNews) => void): void {
		this.close();
		if (streamKind(address) === "hls" && "MediaSource" in globalThis) return this.#openByHls(address, fromSeconds, tell);
		if (streamKind(address) === "hls" && this.#video.canPlayType(playlistType) === "") {
			this.#showing = { by: "element", address, tell };
			return tell({ type: "broke", problem: "unsupported" });
		}
		this.#showing = { by: "element", address, tell };
		this.#video.loop = isRepeated(address);
		// A fragment of time is how an element is told where to begin, without waiting for it to know how long the film is.
		this.#video.src = fromSeconds > 0 ? `${address.replace(/#.*$/, "")}#t=${fromSeconds.toFixed(2)}` : address;
		this.play();
	}

	goOn(): void {
		if (this.#showing.by === "hls") this.#showing.stream?.goOn();
	}

	close(): void {
		const showing = this.#showing;
		this.#showing = { by: "nothing" };
		if (showing.by === "hls") showing.stream?.stop();
		this.#video.loop = false;
		this.#video.removeAttribute("src");
		this.#video.load();
	}

	play(): void {
		const showing = this.#showing;
		if (showing.by === "nothing") return;
		this.#goToPresent();
		this.#video.play().catch((error: DOMException) => {
			if (showing.tell === this.#tell && error.name === "NotAllowedError") showing.tell({ type: "blocked" });
		});
	}

	pause(): void {
		this.#video.pause();
	}

	get #tell(): ((news: ScreenNews) => void) | null {
		return this.#showing.by === "nothing" ? null : this.#showing.tell;
	}

	#openByHls(address: string, fromSeconds: number, tell: (news: ScreenNews) => void): void {
		this.#showing = { by: "hls", address, tell, stream: null };
		part(() => import("./hls-stream.ts")).then(
			({ playHls }) => {
				if (tell !== this.#tell) return;
				const stream = playHls(this.#video, address, fromSeconds, {
					fed: () => tell === this.#tell && tell({ type: "fed" }),
					broke: (reason) => {
						if ("problem" in reason) this.#broke(reason.problem, tell);
						else void this.#ask(reason.unreachable, { readable: "network", opaque: "cors" }, tell);
					},
				});
				if (!stream) return this.#broke("unsupported", tell);
				this.#showing = { by: "hls", address, tell, stream };
				this.play();
			},
			() => this.#broke(this.#network.isOnline() ? "network" : "offline", tell),
		);
	}

	#heard(type: string): void {
		const showing = this.#showing;
		if (showing.by === "nothing") return;
		switch (type) {
			case "playing":
				return showing.tell({ type: "moving" });
			case "waiting":
				return showing.tell({ type: "standing" });
			case "pause":
				// An element that has come to the end, or can go no further, pauses too.
				return this.#video.ended || this.#video.error ? undefined : showing.tell({ type: "paused" });
			case "ended":
				return showing.tell({ type: "ended" });
			case "progress":
				return showing.by === "element" ? showing.tell({ type: "fed" }) : undefined;
			case "error":
				if (!this.#video.error) return;
				if (showing.by === "hls") return showing.stream?.decoderFailed();
				return this.#elementFailed(this.#video.error.code, showing.address, showing.tell);
		}
	}

	#elementFailed(code: number, address: string, tell: (news: ScreenNews) => void): void {
		if (code === MediaError.MEDIA_ERR_DECODE) return this.#broke("undecodable", tell);
		const isUnopened = code === MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED;
		void this.#ask(address, isUnopened ? { readable: "undecodable", opaque: "unknown" } : { readable: "network", opaque: "network" }, tell);
	}

	async #ask(
		address: string,
		otherwise: { readable: StreamProblem; opaque: StreamProblem },
		tell: (news: ScreenNews) => void,
	): Promise<void> {
		this.#broke(await diagnose(address, this.#network, otherwise), tell);
	}

	#broke(problem: StreamProblem, tell: (news: ScreenNews) => void): void {
		if (tell === this.#tell) tell({ type: "broke", problem });
	}

	/** Whoever lets a live stream go on after a pause wants the present, not what they missed. */
	#goToPresent(): void {
		const video = this.#video;
		const showing = this.#showing;
		const { seekable } = video;
		const present =
			showing.by === "hls"
				? (showing.stream?.liveSeconds ?? null)
				: video.duration === Number.POSITIVE_INFINITY && seekable.length > 0
					? seekable.end(seekable.length - 1) - liveBehindSeconds
					: null;
		if (video.currentTime > 0 && present !== null && present - video.currentTime > behindSecondsMax) video.currentTime = present;
	}
}
