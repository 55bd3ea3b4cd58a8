import { expect, test } from "bun:test";
import * as codec from "@hubbub/protocol/codec.ts";
import type { RoomEvent, User } from "@hubbub/protocol/event.ts";
import fc from "fast-check";
import { eventLine, serverLine } from "./lines.ts";

const text = fc.oneof(
	fc.string({ unit: "grapheme" }),
	fc.constantFrom("* server", "**a", "a: b", "two\nlines", "\r\n", "\u2028", "<script>", ""),
);
const user = fc.record({ id: text, name: text, roles: fc.constant<User["roles"]>([]) });
const base = { offset: fc.nat(), at: fc.nat() };
const event: fc.Arbitrary<RoomEvent> = fc.oneof(
	fc.record({ ...base, kind: fc.constant("message" as const), id: text, from: user, text, deleted: fc.constantFrom(true, undefined) }),
	fc.record({ ...base, kind: fc.constant("delete" as const), target: text, by: user }),
	fc.record({
		...base,
		kind: fc.constant("settings" as const),
		settings: fc.record(
			{ title: text, slowModeSeconds: fc.nat(300), write: fc.constantFrom("everyone" as const, "members" as const, "staff" as const) },
			{ requiredKeys: [] },
		),
		by: user,
	}),
);

test("[TXT-3] a line reads as the server itself would write it", () => {
	fc.assert(
		fc.property(event, (value) => {
			expect(eventLine(value)).toBe(codec.eventLine(value));
		}),
	);
	fc.assert(
		fc.property(text, (words) => {
			expect(serverLine(words)).toBe(codec.serverLine(words));
		}),
	);
});

test("[TXT-4] no person's line looks like the server's, and none is two lines", () => {
	fc.assert(
		fc.property(event, (value) => {
			const line = eventLine(value);
			if (line === null) return;
			if (value.kind === "message") expect(line.startsWith("* ")).toBe(false);
			expect(line).not.toMatch(/[\r\n\u2028\u2029]/);
		}),
	);
});
