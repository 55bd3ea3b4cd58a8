import { expect, test } from "bun:test";
import { parseAddress, socketHref } from "./address.ts";

test("any address of a server leads to its socket, its API and the room it names", () => {
	const plain = { socketUrl: "ws://localhost:8080/ws", httpBase: "http://localhost:8080", place: "localhost:8080" };
	expect(parseAddress("ws://localhost:8080")).toEqual({ ...plain, room: "lobby" });
	expect(parseAddress("http://localhost:8080/")).toEqual({ ...plain, room: "lobby" });
	expect(parseAddress("http://localhost:8080/ws")).toEqual({ ...plain, room: null });
	expect(parseAddress("ws://localhost:8080/rooms/go-class?a=b")).toEqual({ ...plain, room: "go-class" });
	expect(parseAddress(new URL("http://localhost:8080/rooms/go-class/"))).toEqual({ ...plain, room: "go-class" });
});

test("a secure address stays secure, and a server may live below a path", () => {
	const below = { socketUrl: "wss://example.com/chat/ws", httpBase: "https://example.com/chat", place: "example.com/chat" };
	expect(parseAddress("https://example.com/chat/")).toEqual({ ...below, room: "lobby" });
	expect(parseAddress("wss://example.com/chat/rooms/a")).toEqual({ ...below, room: "a" });
	expect(parseAddress("wss://example.com/chat/ws")).toEqual({ ...below, room: null });
});

test("what is no server's address is a SyntaxError, as for the browser's WebSocket", () => {
	for (const address of ["", "nonsense", "/relative", "ftp://example.com/", "javascript:alert(1)", "ws://example.com/#a", "ws://"]) {
		for (const read of [parseAddress, socketHref]) {
			try {
				read(address);
				expect.unreachable();
			} catch (error) {
				expect((error as DOMException).name).toBe("SyntaxError");
				expect(error).toBeInstanceOf(DOMException);
			}
		}
	}
});

test("the address is shown as the browser's WebSocket shows it", () => {
	expect(socketHref("http://LOCALHOST:80/a?b")).toBe("ws://localhost/a?b");
	expect(socketHref("https://localhost")).toBe("wss://localhost/");
});
