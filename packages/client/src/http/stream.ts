import { type Desk, eventsPath, type Wish } from "./desk.ts";
import { readProblem } from "./problem.ts";

/** A proxy that gathers what passes keeps the first frame back; after this long it is taken for one. */
export const firstFrameMs = 4_000;
/** The server says something at least every 25 s, if only a comment. */
export const streamSilentMs = 40_000;

/** Reads a room by server-sent events (HTML Living Standard, section 9.2), each `data` one downstream frame. */
export async function readStream(desk: Desk, wish: Wish, life: AbortSignal, proven: () => void): Promise<void> {
	const { environment, wire } = desk;
	let timer: unknown;
	const expect = (ms: number, late: () => void) => {
		environment.clearTimeout(timer);
		timer = environment.setTimeout(late, ms);
	};
	life.addEventListener("abort", () => environment.clearTimeout(timer));
	for (;;) {
		expect(firstFrameMs, () => desk.fail("The event stream is kept back on the way.", "refused"));
		try {
			const response = await wire.open(eventsPath(wish), { headers: { Accept: "text/event-stream" } }, life);
			if (response.ok && response.body && response.headers.get("content-type")?.startsWith("text/event-stream")) {
				await follow(response.body, (data) => {
					expect(streamSilentMs, () => desk.fail("The event stream fell silent.", "silent"));
					take(data);
				});
				return life.aborted ? undefined : desk.fail("The event stream was cut.");
			}
			const failure = readProblem(await response.text());
			if (!failure) return desk.fail(`The server answered ${response.status} to an event stream.`, "refused");
			proven();
			const waitMs = desk.turnedAway(wish, failure);
			if (waitMs === null) return;
			environment.clearTimeout(timer);
			await desk.sleep(waitMs, life);
			if (life.aborted) return;
		} catch {
			return life.aborted ? undefined : desk.fail("The event stream broke.");
		}
	}

	function take(data: string): void {
		const frame = data ? desk.readFrame(data) : null;
		if (!frame || life.aborted) return;
		proven();
		// The link has its welcome already.
		if (frame.type !== "welcome") desk.deliver(frame);
	}
}

/** Calls `block` with the data of each block of the stream, empty for a comment. Resolves at its end. */
async function follow(body: ReadableStream<Uint8Array>, block: (data: string) => void): Promise<void> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let text = "";
	for (let part = await reader.read(); !part.done; part = await reader.read()) {
		text += decoder.decode(part.value, { stream: true });
		const blocks = text.split("\n\n");
		text = blocks.pop() ?? "";
		for (const lines of blocks) {
			const data = lines.split("\n").filter((line) => line.startsWith("data:"));
			block(data.map((line) => line.slice(5)).join("\n"));
		}
	}
}
