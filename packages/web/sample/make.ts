/**
 * Makes `sample.webm`, the stream that an operator tries a room with: `bun packages/web/sample/make.ts [OUT]`. Needs `ffmpeg` with libvpx and
 * libopus. Nobody else's picture or sound is in it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { frame, picture, samples, sound } from "./picture.ts";

const { width, height, framesPerSecond, seconds } = picture;
const out = process.argv[2] ?? join(import.meta.dir, "sample.webm");
const folder = await mkdtemp(join(tmpdir(), "hubbub-sample-"));
const soundFile = join(folder, "sound.f32");
await Bun.write(soundFile, samples());

const ffmpeg = Bun.spawn(
	[
		...["ffmpeg", "-hide_banner", "-loglevel", "error", "-y"],
		...["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", `${width}x${height}`, "-r", String(framesPerSecond), "-i", "-"],
		...["-f", "f32le", "-ar", String(sound.samplesPerSecond), "-ac", "1", "-i", soundFile],
		...["-c:v", "libvpx-vp9", "-b:v", "0", "-crf", "38", "-g", "100", "-pix_fmt", "yuv420p"],
		...["-c:a", "libopus", "-b:a", "32k", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"],
		out,
	],
	{ stdin: "pipe", stdout: "inherit", stderr: "inherit" },
);
for (let index = 0; index < framesPerSecond * seconds; index++) {
	ffmpeg.stdin.write(frame(index));
	await ffmpeg.stdin.flush();
}
await ffmpeg.stdin.end();
process.exitCode = await ffmpeg.exited;
await rm(folder, { recursive: true, force: true });
if (process.exitCode === 0) console.log(`${out}: ${Math.ceil(Bun.file(out).size / 1_024)} KiB`);
