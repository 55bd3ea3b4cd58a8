import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Engine } from "../engine.ts";
import { LogUnavailable } from "../log.ts";
import type { MakeEngine } from "./make-engine.ts";

/** Every promise of `directory.ts`, held against one implementation. */
export function directoryContract(name: string, make: MakeEngine): void {
	describe(`the directory of rooms ${name}`, () => {
		let engine: Engine;
		let dispose: () => Promise<void>;
		beforeEach(async () => {
			({ engine, dispose } = await make());
		});
		afterEach(() => dispose());

		test("rooms are listed page by page in one order, each that was made, once", async () => {
			expect(await engine.directory.rooms({ after: "", limit: 10 })).toEqual([]);
			const { log } = engine;
			for (const room of ["maths", "a", "zoo-2", "lobby", "a_1", "a-1"]) await log.open(room, { create: true });
			await log.open("never-made", { create: false });
			await log.open("maths", { create: true });
			const pages = [await engine.directory.rooms({ after: "", limit: 4 })];
			pages.push(await engine.directory.rooms({ after: pages[0]?.at(-1) ?? "", limit: 4 }));
			expect(pages).toEqual([
				["a", "a-1", "a_1", "lobby"],
				["maths", "zoo-2"],
			]);
			expect(await engine.directory.rooms({ after: "b", limit: 1 })).toEqual(["lobby"]);
			expect(await engine.directory.rooms({ after: "zoo-2", limit: 4 })).toEqual([]);
			expect(await engine.directory.rooms({ after: "", limit: 0 })).toEqual([]);
		});

		test("a closed directory answers nothing", async () => {
			await engine.close();
			await expect(engine.directory.rooms({ after: "", limit: 1 })).rejects.toThrow(LogUnavailable);
		});
	});
}
