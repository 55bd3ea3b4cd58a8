import { Refused, servingFault } from "./database.ts";
import type { Answer, FromWorker, ToWorker } from "./messages.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** A storage thread: the first message makes it the writer or a reader. Only files this one imports touch SQLite. */

declare const self: Worker;

type Role = { kind: "new" } | { kind: "writer"; writer: Writer } | { kind: "reader"; reader: Reader };
let role: Role = { kind: "new" };

self.onmessage = (event: MessageEvent<ToWorker>) => {
	const message = event.data;
	switch (message.type) {
		case "open-writer":
			open(() => {
				const writer = new Writer(message);
				role = { kind: "writer", writer };
				return writer.restored;
			});
			return;
		case "open-reader":
			open(() => {
				role = { kind: "reader", reader: new Reader(message.file) };
				return false;
			});
			return;
		case "batch": {
			if (role.kind !== "writer") return;
			say({ type: "committed", ...role.writer.commit(message.operations, message.again) });
			const fault = role.writer.tidy();
			if (fault !== null) say({ type: "hindered", fault });
			return;
		}
		case "probe":
			if (role.kind === "writer") say({ type: "probed", fault: role.writer.probe(message.thoroughly) });
			return;
		case "read":
			answer(message.request, (reader) => reader.read(message.room, message.range));
			return;
		case "state":
			answer(message.request, (reader) => reader.state(message.room, message.log));
			return;
		case "find":
			answer(message.request, (reader) => reader.find(message.room, message.by));
			return;
		case "get":
			answer(message.request, (reader) => reader.get(message.name));
			return;
		case "rooms":
			answer(message.request, (reader) => reader.rooms(message.after, message.limit));
			return;
		case "close":
			close();
			return;
		default:
			message satisfies never;
	}
};

function say(message: FromWorker): void {
	self.postMessage(message);
}

function open(make: () => boolean): void {
	try {
		say({ type: "opened", restored: make() });
	} catch (error) {
		say({ type: "refused", detail: error instanceof Refused ? error.message : `The database cannot be opened: ${servingFault(error)}` });
	}
}

function answer(request: number, ask: (reader: Reader) => Answer): void {
	if (role.kind !== "reader") return;
	try {
		say({ type: "answered", request, answer: ask(role.reader) });
	} catch (error) {
		say({ type: "unanswered", request, detail: servingFault(error) });
	}
}

function close(): void {
	const last = role;
	role = { kind: "new" };
	if (last.kind === "writer") last.writer.close();
	if (last.kind === "reader") last.reader.close();
	say({ type: "closed" });
}
