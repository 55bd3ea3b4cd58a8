import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./browser.ts";

/** Seconds of picture that are filmed once and broadcast again and again. */
const filmSeconds = 40;
/** Segments of one second that a live playlist holds. */
const windowSegments = 6;

/** What the broadcast does right now. */
export type OnAir =
	/** A segment more every second. */
	| "live"
	/** The playlist says that it is over. */
	| "ended"
	/** Nothing is added any more, and nobody says so. */
	| "stalled"
	/** Every request is answered with this status. */
	| number
	/** Nobody listens at the address. */
	| "dark";

/** A real HLS stream on a server of its own: H.264 and AAC in segments of one second, as ffmpeg makes them. */
export interface Broadcast {
	/** Address of the playlist, and of a list of variants that names it. */
	readonly live: string;
	readonly variants: string;
	/** Whether pages of other origins may read it. */
	isOpen: boolean;
	readonly onAir: OnAir;
	/** Starts a new broadcast at the same address, numbered from 0. */
	begin(): Promise<void>;
	/** Goes on as before, or stops in one way or another. */
	turn(onAir: OnAir): Promise<void>;
	/** Serves a body at a path. */
	put(path: string, type: string, body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>): string;
	/** Serves nothing at a path any more. */
	drop(path: string): void;
	/** Answers the next requests for a path with 503, and then goes on as before. */
	fail(path: string, times: number): void;
	/** Requests for a path so far. */
	asked(path: string): number;
	stop(): Promise<void>;
}

export async function openBroadcast(): Promise<Broadcast> {
	const segments = await filmSegments();
	const files = new Map<string, { body: string | Uint8Array<ArrayBuffer>; headers: Record<string, string> }>();
	const asked = new Map<string, number>();
	const failures = new Map<string, number>();
	let onAir: OnAir = "live";
	let startedMs = Date.now();
	let stoppedAt: number | null = null;
	const made = () => stoppedAt ?? windowSegments + Math.floor((Date.now() - startedMs) / 1_000);
	const serve = (port: number) => Bun.serve({ port, hostname: "127.0.0.1", fetch: answer });
	const answer = (request: Request): Response => {
		const { pathname } = new URL(request.url);
		asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
		const headers: Record<string, string> = broadcast.isOpen ? { "access-control-allow-origin": "*" } : {};
		const failing = failures.get(pathname) ?? 0;
		if (failing > 0) {
			failures.set(pathname, failing - 1);
			return new Response(null, { status: 503, headers });
		}
		const file = files.get(pathname);
		if (file) return new Response(file.body, { headers: { ...headers, ...file.headers } });
		if (typeof onAir === "number") return new Response(null, { status: onAir, headers });
		if (pathname === "/variants.m3u8")
			return playlist("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=200000,RESOLUTION=320x180\nlive.m3u8\n", headers);
		if (pathname === "/live.m3u8") return playlist(livePlaylist(made(), onAir === "ended"), headers);
		const number = /^\/(\d+)\.ts$/.exec(pathname)?.[1];
		const body = number === undefined ? undefined : segments[Number(number) % segments.length];
		return body
			? new Response(body, { headers: { ...headers, "content-type": "video/mp2t" } })
			: new Response(null, { status: 404, headers });
	};
	let server = serve(0);
	const { port } = server;
	/** At the port it had. While nobody listened there, a connection of somebody else's may have taken it for a moment. */
	const serveAgain = async () => {
		let again: typeof server | null = null;
		await until(() => {
			try {
				again = serve(port as number);
			} catch {
				return false;
			}
			return true;
		});
		return again as unknown as typeof server;
	};
	const at = (path: string) => `http://127.0.0.1:${port}${path}`;
	const broadcast: Broadcast = {
		live: at("/live.m3u8"),
		variants: at("/variants.m3u8"),
		isOpen: true,
		get onAir() {
			return onAir;
		},
		async begin() {
			startedMs = Date.now();
			stoppedAt = null;
			await broadcast.turn("live");
		},
		async turn(next) {
			if (next === "dark" && onAir !== "dark") await server.stop(true);
			if (onAir === "dark" && next !== "dark") server = await serveAgain();
			stoppedAt = next === "ended" || next === "stalled" ? made() : null;
			onAir = next;
		},
		put(path, type, body, headers = {}) {
			files.set(path, { body, headers: { "content-type": type, ...headers } });
			return at(path);
		},
		drop: (path) => files.delete(path),
		fail: (path, times) => failures.set(path, times),
		asked: (path) => asked.get(path) ?? 0,
		stop: async () => {
			await server.stop(true);
		},
	};
	return broadcast;
}

function playlist(text: string, headers: Record<string, string>): Response {
	return new Response(text, { headers: { ...headers, "content-type": "application/vnd.apple.mpegurl", "cache-control": "no-store" } });
}

/** The last segments of those that were made; where the film begins again, the playlist says so. */
function livePlaylist(made: number, isOver: boolean): string {
	const first = made - windowSegments;
	const lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", `#EXT-X-MEDIA-SEQUENCE:${first}`];
	if (first >= filmSeconds) lines.push(`#EXT-X-DISCONTINUITY-SEQUENCE:${Math.floor((first - 1) / filmSeconds)}`);
	for (let number = first; number < made; number++) {
		if (number > 0 && number % filmSeconds === 0) lines.push("#EXT-X-DISCONTINUITY");
		lines.push("#EXTINF:1.000,", `${number}.ts`);
	}
	if (isOver) lines.push("#EXT-X-ENDLIST");
	return `${lines.join("\n")}\n`;
}

async function filmSegments(): Promise<Uint8Array<ArrayBuffer>[]> {
	return await inFolder(async (folder) => {
		const hls = ["-f", "hls", "-hls_time", "1", "-hls_list_size", "0", "-hls_segment_filename", join(folder, "%d.ts")];
		await film(filmSeconds, ["-c:v", "libx264", ...hls, join(folder, "all.m3u8")]);
		return await Promise.all(Array.from({ length: filmSeconds }, async (_, number) => bytes(join(folder, `${number}.ts`))));
	});
}

/** A film of a few seconds in one file, coded as ffmpeg is told. */
export async function filmFile(seconds: number, codecs: readonly string[] = ["-c:v", "libx264"]): Promise<Uint8Array<ArrayBuffer>> {
	return await inFolder(async (folder) => {
		const path = join(folder, "film.mp4");
		await film(seconds, [...codecs, "-movflags", "+faststart", path]);
		return await bytes(path);
	});
}

/** Films ffmpeg's test picture with a tone: 320×180, ten pictures a second, each second whole by itself. */
async function film(seconds: number, output: readonly string[]): Promise<void> {
	const picture = ["-f", "lavfi", "-i", "testsrc=size=320x180:rate=10", "-f", "lavfi", "-i", "sine=frequency=440", "-t", String(seconds)];
	const kind = ["-pix_fmt", "yuv420p", "-g", "10", "-preset", "ultrafast", "-c:a", "aac", "-b:a", "32k"];
	const ffmpeg = Bun.spawn(["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", ...picture, ...kind, ...output], {
		stderr: "pipe",
	});
	const [code, said] = await Promise.all([ffmpeg.exited, new Response(ffmpeg.stderr).text()]);
	if (code !== 0) throw new Error(`ffmpeg could not film: ${said}`);
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
	const folder = await mkdtemp(join(tmpdir(), "hubbub-film-"));
	try {
		return await work(folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function bytes(path: string): Promise<Uint8Array<ArrayBuffer>> {
	return new Uint8Array(await readFile(path));
}
