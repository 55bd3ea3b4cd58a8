/**
 * Bun's own broadcast, for comparison: what comes in at `/publish` is published to everybody else, a message at a time (`publish`) or by
 * hand in batches (`batched`). Prints `port N`.
 */
const [mode, compression] = Bun.argv.slice(2);
const compressed = compression === "deflate";
const batchMessages = 16;
const batchMs = 80;

let waiting: string[] = [];
let timer: Timer | undefined;

function flush(): void {
	clearTimeout(timer);
	timer = undefined;
	server.publish("room", waiting.join("\n"), compressed);
	waiting = [];
}

function take(message: string): void {
	if (mode !== "batched") {
		server.publish("room", message, compressed);
		return;
	}
	waiting.push(message);
	if (waiting.length >= batchMessages) flush();
	else timer ??= setTimeout(flush, batchMs);
}

const server = Bun.serve<{ publishes: boolean }>({
	hostname: "127.0.0.1",
	port: 0,
	fetch(request, listener) {
		const publishes = new URL(request.url).pathname === "/publish";
		return listener.upgrade(request, { data: { publishes } }) ? undefined : new Response(null, { status: 400 });
	},
	websocket: {
		perMessageDeflate: compressed,
		open(socket) {
			if (!socket.data.publishes) socket.subscribe("room");
		},
		message(socket, message) {
			if (socket.data.publishes) take(message as string);
		},
	},
});
console.log(`port ${server.port}`);
