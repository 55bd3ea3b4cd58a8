import { describe, expect, test } from "bun:test";
import { FakeWorld, fakeStorage } from "../test/fake-environment.ts";
import { type ConnectOptions, connect } from "./connect.ts";

function start(options: ConnectOptions = {}, world = new FakeWorld()) {
	return {
		world,
		connection: connect("http://host", { storage: null, transport: "websocket", ...options, environment: world.environment }),
	};
}

describe("a guest", () => {
	const key = "hubbub.guest.host";

	test("keeps the token the server hands out and brings it back", () => {
		const storage = fakeStorage();
		const { world } = start({ storage });
		world.socket.welcome({ token: "guest.abc" }).drop();
		expect(storage.items.get(key)).toBe("guest.abc");
		world.advance(250);
		expect(world.socket.open().sent[0]?.token).toBe("guest.abc");
		const later = start({ storage });
		expect(later.world.socket.open().sent[0]?.token).toBe("guest.abc");
	});

	test("without storage stays the same guest as long as the page", () => {
		const { world } = start({ storage: null });
		world.socket.welcome({ token: "guest.abc" }).drop();
		world.advance(250);
		expect(world.socket.open().sent[0]?.token).toBe("guest.abc");
	});

	test("whose old token is refused comes back once without it", () => {
		const storage = fakeStorage({ [key]: "guest.old" });
		const { world, connection } = start({ storage });
		const bye = { type: "bye", code: "unauthorized", message: "Expired." };
		expect(world.socket.open().sent[0]?.token).toBe("guest.old");
		world.socket.frame(bye).drop(4001);
		world.advance(250);
		expect(storage.items.has(key)).toBe(false);
		expect(world.socket.open().sent[0]?.token).toBeUndefined();
		world.socket.frame(bye).drop(4001);
		expect(connection.state.phase).toBe("closed");
	});

	test("is not stopped by a storage that throws", () => {
		const refuse = () => {
			throw new DOMException("Denied.", "SecurityError");
		};
		const { world, connection } = start({ storage: { getItem: refuse, setItem: refuse, removeItem: refuse } });
		world.socket.welcome({ token: "guest.abc" });
		expect(connection.state.phase).toBe("live");
	});

	test("by a function that knows of nobody is the guest who was here, until it knows of somebody", async () => {
		const storage = fakeStorage({ [key]: "guest.old" });
		let token = "";
		const { world, connection } = start({ storage, token: () => token });
		await Bun.sleep(0);
		expect(world.socket.open().sent[0]?.token).toBe("guest.old");
		world.socket.welcome({ token: "guest.renamed" }).drop();
		expect(storage.items.get(key)).toBe("guest.renamed");
		token = "jwt";
		world.advance(250);
		await Bun.sleep(0);
		expect(world.socket.welcome({ token: "guest.never" }).sent[0]?.token).toBe("jwt");
		expect(storage.items.get(key)).toBe("guest.renamed");
		connection.close();
	});

	test("by a function whose old token is refused comes back once without it", async () => {
		const storage = fakeStorage({ [key]: "guest.old" });
		const { world } = start({ storage, token: () => "" });
		await Bun.sleep(0);
		world.socket.open().frame({ type: "bye", code: "unauthorized", message: "Expired." }).drop(4001);
		world.advance(250);
		await Bun.sleep(0);
		expect(storage.items.has(key)).toBe(false);
		expect(world.socket.open().sent[0]?.token).toBeUndefined();
	});

	test("becomes the guest that another page of the site has become meanwhile", () => {
		const storage = fakeStorage();
		const { world } = start({ storage });
		world.socket.drop();
		storage.items.set(key, "guest.other");
		world.advance(250);
		expect(world.socket.open().sent[0]?.token).toBe("guest.other");
	});

	test("with a token of their own neither reads nor writes a guest's", () => {
		const storage = fakeStorage({ [key]: "guest.old" });
		const { world } = start({ storage, token: "jwt" });
		world.socket.welcome({ token: "guest.new" });
		expect(world.socket.sent[0]?.token).toBe("jwt");
		expect(storage.items.get(key)).toBe("guest.old");
	});
});

test("a token function is given another chance after its token expired, and not without end", async () => {
	const { world, connection } = start({ token: () => "jwt" });
	const expire = () => world.socket.frame({ type: "bye", code: "unauthorized", message: "Expired." }).drop(4001);
	await Bun.sleep(0);
	world.socket.welcome();
	expire();
	expect(connection.state.phase).toBe("waiting");
	world.advance(250);
	await Bun.sleep(0);
	world.socket.open();
	expire();
	expect(connection.state).toMatchObject({ phase: "closed", code: "unauthorized" });
});
