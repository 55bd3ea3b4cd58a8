import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { LogUnavailable } from "../log.ts";
import type { ServerStore } from "../store.ts";
import type { MakeEngine } from "./make-engine.ts";

/** Every promise of `store.ts`, held against one implementation. */
export function serverStoreContract(name: string, make: MakeEngine): void {
	describe(`the server's store ${name}`, () => {
		let made: Awaited<ReturnType<MakeEngine>>;
		let store: ServerStore;
		beforeEach(async () => {
			made = await make();
			store = made.engine.store;
		});
		afterEach(() => made.dispose());

		test("a name nobody used is null", async () => {
			expect(await store.get("secret")).toBeNull();
		});

		test("the first value stays, and is what everyone gets", async () => {
			expect(await store.putIfAbsent("secret", "first")).toBe("first");
			expect(await store.putIfAbsent("secret", "second")).toBe("first");
			expect(await store.get("secret")).toBe("first");
			expect(await store.get("Secret")).toBeNull();
		});

		test("many who put at once agree on one value", async () => {
			const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => store.putIfAbsent("secret", `value ${index}`)));
			expect(new Set(answers).size).toBe(1);
			expect(await store.get("secret")).toBe(answers[0]!);
		});

		test("an empty value is a value", async () => {
			expect(await store.putIfAbsent("flag", "")).toBe("");
			expect(await store.putIfAbsent("flag", "late")).toBe("");
			expect(await store.get("flag")).toBe("");
		});

		test("a value is replaced where that is asked for, and made where there is none", async () => {
			await store.put("called", "first");
			expect(await store.get("called")).toBe("first");
			await store.put("called", "第二");
			expect(await store.get("called")).toBe("第二");
			expect(await store.putIfAbsent("called", "late")).toBe("第二");
		});

		test("a closed store answers nothing", async () => {
			await made.engine.close();
			await expect(store.put("secret", "late")).rejects.toThrow(LogUnavailable);
			await expect(store.get("secret")).rejects.toThrow(LogUnavailable);
			await expect(store.putIfAbsent("secret", "late")).rejects.toThrow(LogUnavailable);
		});
	});
}
