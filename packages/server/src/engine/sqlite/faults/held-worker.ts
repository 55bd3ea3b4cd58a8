import "../worker.ts";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ToWorker } from "../messages.ts";

/** A storage thread whose commits take as long as a file `hold` is in the data folder: a disk as slow as a test wants it. */
declare const self: Worker;

const handle = self.onmessage!;
let hold = "";
self.onmessage = (event: MessageEvent<ToWorker>) => {
	if (event.data.type === "open-writer") hold = join(dirname(event.data.file), "hold");
	if (event.data.type === "batch") while (existsSync(hold)) Bun.sleepSync(5);
	handle.call(self, event);
};
