/**
 * Socket.IO on Node as its documentation shows a chat: `io.emit` to all. `node socket-io.mjs FOLDER single|batched`, where FOLDER holds the
 * `node_modules` with `socket.io`. Prints `port N`.
 */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createBatches } from "./batches.mjs";

const [folder = ".", mode = "single"] = process.argv.slice(2);
const { Server } = createRequire(join(folder, "package.json"))("socket.io");

const listener = createServer();
const io = new Server(listener);
const take = createBatches(mode, (messages) => {
	if (mode === "single") io.emit("message", messages[0]);
	else io.emit("messages", messages);
});
io.on("connection", (/** @type {any} */ socket) => {
	socket.on("say", (/** @type {string} */ text) => take(text));
});
listener.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
	const address = listener.address();
	if (address !== null && typeof address === "object") console.log(`port ${address.port}`);
});
