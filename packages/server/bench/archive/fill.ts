import type { Operation } from "../../src/engine/sqlite/messages.ts";
import { openWriter } from "./open-writer.ts";

/**
 * Fills a room's archive by the engine's own writer, without the threads around it: `bun fill.ts FOLDER ROOM MESSAGES`. Messages already
 * there count. Prints how many it added.
 */
const [folder = "", room = "", wanted = "0"] = Bun.argv.slice(2);

/** Large transactions: nobody waits for an acknowledgement here. */
const batchMessages = 20_000;
const startMs = 1_700_000_000_000;
const people = 5_000;

const writer = openWriter(folder);
const [opened] = writer.commit([{ kind: "open", room, log: "public", epoch: "benchmark1" }], false).outcomes;
if (opened?.outcome !== "opened" || opened.head === null) throw new Error(`The room could not be opened: ${JSON.stringify(opened)}`);
const first = opened.head.offset;
for (let offset = first; offset < Number(wanted); offset += batchMessages) {
	const count = Math.min(batchMessages, Number(wanted) - offset);
	const { outcomes } = writer.commit(
		Array.from({ length: count }, (_, index) => message(offset + index)),
		false,
	);
	const failed = outcomes.find(({ outcome }) => outcome !== "appended");
	if (failed) throw new Error(`A message could not be added: ${JSON.stringify(failed)}`);
	writer.tidy();
}
writer.close();
console.log(`added ${Math.max(0, Number(wanted) - first)}`);

/** A message as the server logs it, of the size of a chatty one: 300 bytes. Ids ascend, which is kinder to the index than real ones are. */
function message(index: number): Operation {
	const author = `g-${(index % people).toString(36).padStart(10, "0")}`;
	const id = index.toString(36).padStart(16, "0");
	const text = `message ${index} `.padEnd(130, "of a long evening in which everybody had something to say ");
	const body = `{"kind":"message","at":${startMs + index * 20},"id":"${id}","from":{"id":"${author}","name":"viewer ${index % people}","roles":["guest"]},"text":"${text}"}`;
	return { kind: "append", room, at: startMs + index * 20, id, eventKind: "message", author, key: null, body };
}
