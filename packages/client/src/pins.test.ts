import { describe, expect, test } from "bun:test";
import type { PinEvent } from "@hubbub/protocol/kinds/pin.ts";
import { FakeWorld } from "../test/fake-environment.ts";
import { connect } from "./connect.ts";

const settings = { title: "Lobby", streamUrl: "", slowModeSeconds: 0, write: "everyone", guests: true, textGraphemesMax: 500 };
const from = { id: "host", name: "Host", roles: ["host" as const] };
const pin = (offset: number, text: string, more: Partial<PinEvent> = {}): PinEvent => ({
	...{ offset, at: 1_000_000, kind: "pin", id: `p${offset}`, from, text },
	...more,
});
const removal = (offset: number, target: string) => ({ offset, at: 0, kind: "delete", target });

/** In the room, where `state.pin` is what is pinned; the server's clock is this one's plus `skewMs`. */
function start({ pinned, events = [], skewMs = 0 }: { pinned?: PinEvent; events?: object[]; skewMs?: number } = {}) {
	const world = new FakeWorld();
	const connection = connect("http://host", { storage: null, transport: "websocket", environment: world.environment });
	const room = connection.room("lobby");
	const told: (string | null)[] = [];
	room.on("pin", (now) => told.push(now?.text ?? null));
	const state = (pin?: PinEvent) => ({ settings, viewers: 1, likes: 0, ...(pin && { pin }) });
	world.socket.welcome({ now: 1_000_000 + skewMs }).joined("lobby", "e1.a", { state: state(pinned), events });
	const batch = (...more: { offset: number }[]) =>
		world.socket.frame({ type: "batch", room: "lobby", cursor: `e1.${more.at(-1)?.offset.toString(36)}`, events: more });
	return { world, connection, room, told, batch, state };
}

describe("what is pinned", () => {
	test("[PIN-2] is known on coming in, and told once", () => {
		const { room, told } = start({ pinned: pin(4, "the rules"), events: [pin(3, "before"), pin(4, "the rules")] });
		expect(room.pinned).toMatchObject({ text: "the rules", from });
		expect(told).toEqual(["the rules"]);
		expect(start().told).toEqual([]);
		expect(start().room.pinned).toBeNull();
	});

	test("[PIN-2] changes with every pin, and is nothing when it is unpinned or its message is taken back", () => {
		const { room, told, batch } = start();
		batch(pin(11, "one"), pin(12, "two", { target: "m1" }));
		expect(room.pinned).toMatchObject({ text: "two", target: "m1" });
		batch(removal(13, "m2"));
		batch(removal(14, "m1"));
		batch(pin(15, "three"));
		batch(pin(16, "", { from: undefined }));
		expect(told).toEqual(["two", null, "three", null]);
		expect(room.pinned).toBeNull();
	});

	test("[PIN-2] after an absence is what the room says now, or what happened since it said so", () => {
		const { world, room, told, state } = start({ pinned: pin(4, "old") });
		world
			.comeBack()
			.welcome()
			.joined("lobby", "e1.d", { recovered: true, state: state(pin(12, "new")), events: [pin(11, "between"), pin(12, "new")] });
		expect(room.pinned).toMatchObject({ text: "new" });
		// A poll's state may be a second older than its events.
		world
			.comeBack()
			.welcome()
			.joined("lobby", "e1.f", { recovered: true, state: state(pin(12, "new")), events: [pin(14, "newest"), pin(15, "")] });
		expect(room.pinned).toBeNull();
		expect(told).toEqual(["old", "new", null]);
	});

	test("[PIN-3] ends by itself when its time is over by the server's clock", () => {
		const { world, room, told } = start({ pinned: pin(4, "soon over", { until: 1_070_000 }), skewMs: 60_000 });
		world.advance(9_999);
		expect(room.pinned).toMatchObject({ text: "soon over" });
		world.advance(1);
		expect(room.pinned).toBeNull();
		expect(told).toEqual(["soon over", null]);
		expect(start({ pinned: pin(4, "over", { until: 999_999 }) }).told).toEqual([]);
	});

	test("[PIN-3] may stand for longer than a timer can wait", () => {
		const days = 86_400_000;
		const { world, room, told } = start({ pinned: pin(4, "a month", { until: 1_000_000 + 30 * days }) });
		for (let day = 0; day < 30; day++) {
			expect(room.pinned).not.toBeNull();
			world.advance(days);
		}
		expect(told).toEqual(["a month", null]);
	});

	test("keeps no timer once the room is left", () => {
		for (const end of ["leave", "close"] as const) {
			const { world, room, connection, told } = start({ pinned: pin(4, "x", { until: 1_010_000 }) });
			if (end === "leave") room.leave();
			else connection.close();
			expect(told).toEqual(["x", null]);
			world.advance(20_000);
			expect(told).toEqual(["x", null]);
			if (end === "close") expect(world.pending).toBe(0);
		}
	});
});

describe("pinning", () => {
	test("[PIN-1] sends a message's id or a line, until when, and a key; null is left out", async () => {
		const { world, room } = start();
		const done = [room.pin({ id: "m1", until: 2_000_000 }), room.pin({ id: null, text: "be kind", until: null }), room.unpin()];
		expect(world.socket.of("pin")).toMatchObject([
			{ room: "lobby", id: "m1", until: 2_000_000 },
			{ room: "lobby", text: "be kind" },
			{ room: "lobby", id: null },
		]);
		expect(world.socket.of("pin")[1]).not.toHaveProperty("id");
		expect(new Set(world.socket.of("pin").map(({ key }) => key)).size).toBe(3);
		for (const { ref } of world.socket.of("pin"))
			world.socket.frame({ type: "ack", ref, room: "lobby", id: "p", cursor: "e1.b", fate: "shown" });
		expect(await Promise.all(done)).toEqual([undefined, undefined, undefined]);
	});

	test("[PIN-1] is asked for again after the connection was lost, under the same key", async () => {
		const { world, room, state } = start();
		const done = room.pin({ text: "be kind" });
		const [first] = world.socket.of("pin");
		world.comeBack().welcome().joined("lobby", "e1.a", { recovered: true, state: state() });
		expect(world.socket.of("pin")).toEqual([first as never]);
		world.socket.frame({ type: "reject", ref: first?.ref, code: "forbidden", message: "No." });
		await expect(done).rejects.toMatchObject({ name: "HubbubError", code: "forbidden" });
	});
});
