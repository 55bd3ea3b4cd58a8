import { describe, expect, test } from "bun:test";
import { depthOf, suspectBase, withoutBase } from "./base-path.ts";

describe("[PATH-1] a path as it was asked for", () => {
	test.each([
		["/chat", "/chat", "/"],
		["/chat/", "/chat", "/"],
		["/chat/rooms/maths", "/chat", "/rooms/maths"],
		["/live/chat/ws", "/live/chat", "/ws"],
		["/rooms/rooms/maths", "/rooms", "/rooms/maths"],
		// What comes past the proxy, or through one that takes the path off.
		["/healthz", "/chat", "/healthz"],
		["/rooms/chat", "/chat", "/rooms/chat"],
		["/chats/rooms/maths", "/chat", "/chats/rooms/maths"],
		["/", "/chat", "/"],
		["/rooms/maths", "", "/rooms/maths"],
		["/", "", "/"],
	])("%s below %p is %s of ours", (path, base, own) => {
		expect(withoutBase(path, base)).toBe(own);
	});

	test.each([
		["/", 0],
		["/setup", 0],
		["/rooms/maths", 1],
		["/rooms/maths/", 2],
	])("%s lies %d folders below the root", (path, depth) => {
		expect(depthOf(path)).toBe(depth);
	});
});

test.each([
	["/chat/rooms/maths", "/chat"],
	["/chat/rooms/maths/", "/chat"],
	["/live/chat/assets/room-page-x.js", "/live/chat"],
	["/chat/sdk.js", "/chat"],
	["/chat/ws", "/chat"],
	["/chat/frames", "/chat"],
	["/chat/api/v1/rooms/maths", "/chat"],
	["/chat/rooms/maths/events", "/chat"],
	["/chat/", "/chat"],
	["/wp-login.php", null],
	["/assets/gone.js", null],
	["/rooms/maths", null],
	["/", null],
])("[PATH-1] at %s nothing but %p before it is suspected", (path, base) => {
	expect(suspectBase(path)?.base ?? null).toBe(base);
});
