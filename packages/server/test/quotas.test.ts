import { expect, test } from "bun:test";
import { quotasContract } from "../src/engine/contract/quotas.contract.ts";
import { LocalQuotas } from "../src/room/quotas.ts";

quotasContract("of one node", () => new LocalQuotas());

test("names that are held back by nothing are forgotten", () => {
	const quotas = new LocalQuotas();
	for (let name = 0; name < 30_000; name++) quotas.take(`${name}`, { burst: 1, perMs: 100 }, name);
	expect(quotas.size).toBeLessThanOrEqual(10_001);
});
