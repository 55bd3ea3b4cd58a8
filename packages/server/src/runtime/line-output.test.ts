import { expect, test } from "bun:test";
import fc from "fast-check";
import { serverLimits } from "./limits.ts";
import { LineOutput } from "./line-output.ts";
import { createLogger } from "./log.ts";

const failure = (code: string) => Object.assign(new Error(code), { code });

/** A collector that takes what it is told to take. */
class Collector {
	text = "";
	/** What becomes of the next writes: so many bytes are taken, or they fail with a code, or nothing happens until `release`. */
	readonly next: (number | string | "hang")[] = [];
	release: () => void = () => {};

	readonly write = async (bytes: Uint8Array): Promise<number> => {
		const turn = this.next.shift();
		if (turn === "hang") await new Promise<void>((resolve) => (this.release = resolve));
		else if (typeof turn === "string") throw failure(turn);
		const taken = typeof turn === "number" ? Math.min(turn, bytes.length) : bytes.length;
		this.text += Buffer.from(bytes.subarray(0, taken)).toString("latin1");
		return taken;
	};
}

test("[OPS-7] lines come out in their order, those of one turn in one write, however few bytes are taken at once", async () => {
	const collector = new Collector();
	collector.next.push(1, 3, 2);
	const output = new LineOutput(collector.write);
	for (const line of ["first\n", "second\n", "third\n"]) output.write(line);
	await output.flush(1_000);
	expect([collector.text, collector.next.length, output.dropped]).toEqual(["first\nsecond\nthird\n", 0, 0]);
});

test.each(["EPIPE", "ENOSPC", "EIO", "EBADF", "ECONNRESET"])(
	"[OPS-7] a collector that fails with %s costs lines, which are counted, and nothing else",
	async (code) => {
		const collector = new Collector();
		collector.next.push(code, code);
		const output = new LineOutput(collector.write);
		output.write("one\n");
		output.write("two\n");
		await output.flush(1_000);
		output.write("three\n");
		await output.flush(1_000);
		expect([collector.text, output.dropped]).toEqual(["", 3]);
		output.write("four\n");
		await output.flush(1_000);
		expect([collector.text, output.dropped]).toEqual(["four\n", 3]);
	},
);

test("[OPS-7] a collector that hangs is not waited for: beyond a bound lines are dropped, counted, and told of once lines are taken again", async () => {
	const collector = new Collector();
	collector.next.push("hang");
	const output = new LineOutput(collector.write);
	const logger = createLogger("info", output);
	const line = `${"x".repeat(999)}\n`;
	const lines = Math.floor(serverLimits.logUnitsWaitingMax / line.length) + 500;
	for (let count = 0; count < lines; count++) output.write(line);
	expect(output.dropped).toBe(500);
	logger.error({ room: "x".repeat(999) }, "dropped too");
	await output.flush(1);
	expect([collector.text, output.dropped]).toEqual(["", 501]);
	collector.release();
	await output.flush(1_000);
	const [told = ""] = collector.text.split("\n").filter((each) => each.startsWith("{"));
	expect(JSON.parse(told)).toMatchObject({ level: "warn", lines: 501 });
	logger.info({}, "heard");
	await output.flush(1_000);
	expect(collector.text).toEndWith('"msg":"heard"}\n');
});

test("[OPS-7] a pipe that would have to be waited for is tried again", async () => {
	const collector = new Collector();
	collector.next.push(2, "EAGAIN", "EAGAIN");
	const output = new LineOutput(collector.write);
	output.write("patience\n");
	await output.flush(10_000);
	expect([collector.text, output.dropped]).toEqual(["patience\n", 0]);
});

test("[OPS-7] whatever fails wherever: what is taken are whole lines, in order, but for one that was cut where the disk was full", async () => {
	const turn = fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constantFrom("ENOSPC", "EPIPE"));
	await fc.assert(
		fc.asyncProperty(
			fc.array(turn, { maxLength: 30 }),
			fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 12 }),
			async (turns, groups) => {
				const collector = new Collector();
				collector.next.push(...turns);
				const output = new LineOutput(collector.write);
				let count = 0;
				for (const size of groups) {
					for (let index = 0; index < size; index++) output.write(`<line ${count++}>\n`);
					await output.flush(1_000);
				}
				const whole = collector.text.split("\n").filter((line) => /^<line \d+>$/.test(line));
				const others = collector.text.split("\n").filter((line) => line !== "" && !/^<line \d+>$/.test(line));
				for (const cut of others) expect("<line 1").toStartWith(cut.slice(0, 6));
				const numbers = whole.map((line) => Number(/\d+/.exec(line)?.[0]));
				expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
				// One of which all but its end was taken counts as dropped.
				const missing = count - whole.length;
				expect(output.dropped).toBeGreaterThanOrEqual(missing);
				expect(output.dropped).toBeLessThanOrEqual(missing + turns.length);
			},
		),
	);
});
