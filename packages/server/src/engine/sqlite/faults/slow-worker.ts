import "../worker.ts";

/** A storage thread whose every commit takes 200 ms longer, as on a disk that is slow to sync. */
declare const self: Worker;

const handle = self.onmessage!;
self.onmessage = (event) => {
	if (event.data.type === "batch") Bun.sleepSync(200);
	handle.call(self, event);
};
