/**
 * `ws` on Node as its documentation shows a broadcast: a loop of `send` over its clients. What comes in at `/publish` goes to everybody
 * else. `node ws.mjs FOLDER single|batched`, where FOLDER holds the `node_modules` with `ws`. Prints `port N`.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import { createBatches } from "./batches.mjs";

const [folder = ".", mode = "single"] = process.argv.slice(2);
const { WebSocketServer, WebSocket } = createRequire(join(folder, "package.json"))("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, backlog: 4096 });
const publishers = new Set();
const take = createBatches(mode, (messages) => {
	const frame = messages.length === 1 ? messages[0] : messages.join("\n");
	for (const client of server.clients) {
		if (client.readyState === WebSocket.OPEN && !publishers.has(client)) client.send(frame);
	}
});

server.on("connection", (/** @type {any} */ client, /** @type {import("node:http").IncomingMessage} */ request) => {
	client.on("error", () => client.terminate());
	if (request.url !== "/publish") return;
	publishers.add(client);
	client.on("message", (/** @type {Buffer} */ data) => take(data.toString()));
});
server.on("listening", () => console.log(`port ${server.address().port}`));
