import { expect, test } from "bun:test";
import { fakeStorage } from "../../test/fake-environment.ts";
import { keptMs, recall, remember } from "./transport-selector.ts";

const key = "hubbub.transport.host";

test("what worked is kept for a day, and the best way is not kept at all", () => {
	const storage = fakeStorage();
	remember({ storage, key }, "long-poll", 1_000);
	expect(recall({ storage, key }, 1_000)).toBe("long-poll");
	expect(recall({ storage, key }, 999 + keptMs)).toBe("long-poll");
	expect(recall({ storage, key }, 1_000 + keptMs)).toBeNull();
	remember({ storage, key }, "websocket", 2_000);
	expect(storage.items.size).toBe(0);
});

test("a clock that was wrong keeps nothing for longer than a day", () => {
	const storage = fakeStorage();
	remember({ storage, key }, "long-poll", 10 * keptMs);
	expect(recall({ storage, key }, 1_000)).toBeNull();
});

test("what cannot be used, read or written is as if nothing stood there", () => {
	for (const value of ["", "null", "[]", "{", '{"transport":"pigeon","until":9e15}', '{"transport":["long-poll"],"until":5}', "long-poll"])
		expect(recall({ storage: fakeStorage({ [key]: value }), key }, 0)).toBeNull();
	const refuse = () => {
		throw new DOMException("Forbidden.", "SecurityError");
	};
	const storage = { getItem: refuse, setItem: refuse, removeItem: refuse };
	expect(recall({ storage, key }, 0)).toBeNull();
	remember({ storage, key }, "long-poll", 0);
	expect(recall({ storage: null, key }, 0)).toBeNull();
});
