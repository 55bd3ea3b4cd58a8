import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { nowUs } from "./clock.ts";
import { Crowd } from "./crowd.ts";
import { wayNames } from "./ways.ts";

/** `main.ts --port N --room ID --way WAY --viewers N`: a crowd that is told what to do in lines, and answers each in a line of JSON. */
const { values } = parseArgs({
	args: Bun.argv.slice(2),
	options: { port: { type: "string" }, room: { type: "string" }, way: { type: "string" }, viewers: { type: "string" } },
	strict: true,
});
const way = wayNames.find((name) => name === values.way);
if (!way || !values.room || !(Number(values.port) > 0) || !(Number(values.viewers) > 0)) {
	console.error(`reader: --port, --room, --viewers and --way (${wayNames.join(", ")}) are needed.`);
	process.exit(2);
}

const crowd = new Crowd({ port: Number(values.port), room: values.room, way, viewers: Number(values.viewers), nowUs });

for await (const line of createInterface({ input: process.stdin })) {
	const [command, messages] = line.split(" ");
	console.log(JSON.stringify(await obey(command ?? "", Number(messages ?? 0))));
}
crowd.leave();

async function obey(command: string, messages: number): Promise<object> {
	switch (command) {
		case "enter":
			await crowd.enter();
			return {};
		case "begin":
			crowd.begin();
			return {};
		case "missing":
			return { missing: crowd.missing(messages) };
		case "report":
			return crowd.report(messages);
		default:
			return { mistake: `There is no command ${command}.` };
	}
}
