import type { Clock } from "../clock.ts";
import { streamKind } from "./stream-kind.ts";

/** What the stage shows. `blocked`: the browser wants a tap before it plays at all. */
export type PlayerPhase = "idle" | "loading" | "playing" | "paused" | "blocked" | "ended" | "broken";

/** Waits before a broken stream is tried again by itself, in milliseconds; then every last one. */
const retryMs = [2_000, 5_000, 10_000, 30_000] as const;

/**
 * Plays whatever address a room has in the page's `<video>`: HLS natively or by hls.js, anything else as a file. Starts muted, as browsers
 * ask; a stream that breaks is tried again by itself for as long as it is wanted.
 */
export class Player {
	readonly #video: HTMLVideoElement;
	readonly #clock: Clock;
	readonly #changed: () => void;
	#address = "";
	#stopStream: () => void = () => {};
	#cancelRetry: (() => void) | null = null;
	#failures = 0;
	/** Names the address in use, so that a late fetch of hls.js for an earlier one is dropped. */
	#generation = 0;
	phase: PlayerPhase = "idle";

	constructor(video: HTMLVideoElement, clock: Clock, changed: () => void) {
		this.#video = video;
		this.#clock = clock;
		this.#changed = changed;
		video.muted = true;
		for (const type of ["playing", "pause", "ended", "waiting", "error", "volumechange"])
			video.addEventListener(type, () => this.#heard(type));
	}

	get address(): string {
		return this.#address;
	}

	get muted(): boolean {
		return this.#video.muted;
	}

	/** Plays another address, or nothing ("" for none). */
	load(address: string): void {
		if (address === this.#address) return;
		this.#address = address;
		this.#failures = 0;
		this.#start();
	}

	/** Tries again at once. */
	retry(): void {
		this.#start();
	}

	toggleMuted(): void {
		this.#video.muted = !this.#video.muted;
		if (!this.#video.muted && this.phase === "blocked") this.togglePaused();
	}

	togglePaused(): void {
		if (this.#video.paused) void this.#video.play().catch(() => this.#set("blocked"));
		else this.#video.pause();
	}

	/** Stops for good. */
	end(): void {
		this.#address = "";
		this.#stop();
	}

	#start(): void {
		this.#stop();
		if (this.#address === "") return this.#set("idle");
		this.#set("loading");
		const generation = this.#generation;
		const isNative = this.#video.canPlayType("application/vnd.apple.mpegurl") !== "";
		if (streamKind(this.#address) === "hls" && !(isNative && !("MediaSource" in globalThis))) {
			import("./hls-stream.ts").then(
				({ playHls }) => {
					if (generation !== this.#generation) return;
					this.#stopStream = playHls(this.#video, this.#address, () => this.#broke());
					this.#play();
				},
				() => generation === this.#generation && this.#broke(),
			);
			return;
		}
		this.#video.src = this.#address;
		this.#play();
	}

	#stop(): void {
		this.#generation++;
		this.#cancelRetry?.();
		this.#cancelRetry = null;
		this.#stopStream();
		this.#stopStream = () => {};
		this.#video.removeAttribute("src");
		this.#video.load();
	}

	#play(): void {
		const generation = this.#generation;
		void this.#video.play().catch((error: DOMException) => {
			if (generation === this.#generation && error.name === "NotAllowedError") this.#set("blocked");
		});
	}

	#heard(type: string): void {
		if (this.#address === "") return;
		switch (type) {
			case "playing":
				this.#failures = 0;
				return this.#set("playing");
			case "waiting":
				return this.phase === "playing" ? this.#set("loading") : undefined;
			case "pause":
				return this.#video.ended ? undefined : this.phase === "playing" ? this.#set("paused") : undefined;
			case "ended":
				return this.#set("ended");
			case "error":
				return this.#video.error && this.#video.hasAttribute("src") ? this.#broke() : undefined;
			default:
				this.#changed();
		}
	}

	#broke(): void {
		if (this.phase === "broken") return;
		this.#set("broken");
		const waitMs = retryMs[Math.min(this.#failures++, retryMs.length - 1)] as number;
		this.#cancelRetry?.();
		this.#cancelRetry = this.#clock.after(waitMs, () => this.#start());
	}

	#set(phase: PlayerPhase): void {
		if (this.phase === phase) return;
		this.phase = phase;
		this.#changed();
	}
}
