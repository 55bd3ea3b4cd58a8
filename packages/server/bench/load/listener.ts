import { inflateRawSync } from "node:zlib";
import { DEFLATE_TAG } from "@hubbub/protocol/wire/frame-tags.ts";
import type { Dialect } from "./generator.ts";

/** Listens to a room as one more viewer for a while; answers the JSON of each batch that came, inflated where it was deflated. */
export async function listenTo(port: number, dialect: Dialect, seconds: number): Promise<string[]> {
	const socket = new WebSocket(`ws://127.0.0.1:${port}${dialect.path}`, dialect.subprotocol ? [dialect.subprotocol] : []);
	socket.binaryType = "arraybuffer";
	const frames: string[] = [];
	const opened = Promise.withResolvers<void>();
	socket.onopen = () => {
		socket.send((dialect.hello ?? "").replace("{n}", "listener"));
		opened.resolve();
	};
	socket.onerror = () => opened.reject(new Error("The listener could not connect."));
	socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
		const frame = typeof data === "string" ? data : inflated(new Uint8Array(data));
		if (frame?.startsWith('{"type":"batch"')) frames.push(frame);
	};
	try {
		await opened.promise;
		await Bun.sleep(seconds * 1_000);
		return frames;
	} finally {
		socket.close();
	}
}

function inflated(frame: Uint8Array): string | null {
	return frame[0] === DEFLATE_TAG ? inflateRawSync(frame.subarray(1)).toString() : null;
}
