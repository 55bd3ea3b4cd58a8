/** How peers are batched by hand: 16 messages a frame, or what came within 80 ms of the first. */
const batchMessages = 16;
const batchMs = 80;

/**
 * @param {string} mode `single` hands every message on at once, `batched` several together
 * @param {(messages: string[]) => void} send
 * @returns {(message: string) => void} takes one message
 */
export function createBatches(mode, send) {
	/** @type {string[]} */
	let waiting = [];
	/** @type {NodeJS.Timeout | undefined} */
	let timer;
	function flush() {
		clearTimeout(timer);
		timer = undefined;
		const messages = waiting;
		waiting = [];
		send(messages);
	}
	return (message) => {
		waiting.push(message);
		if (mode === "single" || waiting.length >= batchMessages) flush();
		else timer ??= setTimeout(flush, batchMs);
	};
}
