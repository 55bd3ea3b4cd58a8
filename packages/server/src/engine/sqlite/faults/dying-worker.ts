import "../worker.ts";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ToWorker } from "../messages.ts";

/**
 * A storage thread that dies at a batch with an entry of a telling id: `die-before` the commit and `die-after` it, but before the
 * answer, at the first try; `die-always`, whenever it is tried. It cannot be opened while a file `no-start` is in the data folder.
 */
declare const self: Worker;

const handle = self.onmessage!;
const post = self.postMessage;
self.onmessage = (event: MessageEvent<ToWorker>) => {
	const message = event.data;
	if (message.type === "open-writer" && existsSync(join(dirname(message.file), "no-start"))) {
		post.call(self, { type: "refused", detail: "The file no-start is in the way." });
		return;
	}
	if (message.type === "batch") {
		const ids = message.operations.map((operation) => (operation.kind === "append" ? operation.id : ""));
		if (ids.includes("die-always")) throw new Error("the storage thread dies, always");
		if (ids.includes("die-before") && !message.again) throw new Error("the storage thread dies, before");
		if (ids.includes("die-after") && !message.again) {
			self.postMessage = () => {
				throw new Error("the storage thread dies, after");
			};
		}
	}
	handle.call(self, event);
};
