import { describe, expect, test } from "bun:test";
import type { Clock } from "../../clock.ts";
import { Experiment } from "./experiment.ts";
import type { Driver, LaneLine, LaneName } from "./lane.ts";
import { Speakers } from "./speakers.ts";

/** Time that passes when it is told to. */
class HandClock implements Clock {
	#nowMs = 0;
	readonly #due: { atMs: number; run: () => void }[] = [];
	monotonic = () => this.#nowMs;
	wall = () => this.#nowMs;
	after(ms: number, run: () => void): () => void {
		const entry = { atMs: this.#nowMs + ms, run };
		this.#due.push(entry);
		return () => {
			const at = this.#due.indexOf(entry);
			if (at >= 0) this.#due.splice(at, 1);
		};
	}

	/** Lets `ms` pass, with everything that falls due in it and what that leads to. */
	async pass(ms: number): Promise<void> {
		const untilMs = this.#nowMs + ms;
		for (;;) {
			await settled();
			const next = this.#due.toSorted((one, other) => one.atMs - other.atMs)[0];
			if (!next || next.atMs > untilMs) break;
			this.#due.splice(this.#due.indexOf(next), 1);
			this.#nowMs = next.atMs;
			next.run();
		}
		this.#nowMs = untilMs;
	}
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const json = (status: number, body: object) => Response.json(body, { status });

interface Asked {
	readonly path: string;
	readonly token: string | null;
	readonly body: Record<string, unknown>;
}

/** A server in one function; `answer` decides about each message. */
function serverOf(answer: (asked: Asked) => Response) {
	const asked: Asked[] = [];
	const fetch = async (path: string, init: RequestInit) => {
		if (path.endsWith("/events?wait=0")) return json(200, { type: "batch", room: "lab", cursor: "e.0", events: [] });
		const body = JSON.parse(String(init.body)) as Record<string, unknown>;
		const one = { path, token: new Headers(init.headers).get("authorization"), body };
		asked.push(one);
		return path === "frames" ? json(200, { type: "welcome", token: `token-of-${body.name}` }) : answer(one);
	};
	return { asked, fetch };
}

function speakersOn(server: ReturnType<typeof serverOf>, clock: Clock): Speakers {
	let keys = 0;
	return new Speakers({ room: "lab", names: ["Ada", "Bo"], clock, fetch: server.fetch, newKey: () => `key-${++keys}` });
}

describe("speakers", () => {
	test("take turns, each as a guest of their own, introduced once", async () => {
		const server = serverOf(({ body }) => json(201, { id: `id-of-${body.key}` }));
		const speakers = speakersOn(server, new HandClock());
		for (const text of ["one", "two", "three"]) expect((await speakers.say(text)).ok).toBe(true);
		const said = server.asked.filter(({ path }) => path === "rooms/lab/messages");
		expect(said.map(({ token }) => token)).toEqual(["Bearer token-of-Ada", "Bearer token-of-Bo", "Bearer token-of-Ada"]);
		expect(server.asked.filter(({ path }) => path === "frames")).toHaveLength(2);
	});

	test("wait where the room asks to, and try again by the same key", async () => {
		const clock = new HandClock();
		let refusals = 2;
		const server = serverOf(() => (refusals-- > 0 ? json(429, { code: "rate_limited", retryAfterMs: 700 }) : json(201, { id: "m1" })));
		const saying = speakersOn(server, clock).say("hello");
		await clock.pass(1_400);
		expect(await saying).toEqual({ ok: true, id: "m1", saidMs: 1_400 });
		const keys = server.asked.flatMap(({ body }) => (body.key === undefined ? [] : [body.key]));
		expect(keys).toEqual(["key-1", "key-1", "key-1"]);
	});

	test("tell the code of a refusal that waiting does not mend", async () => {
		const server = serverOf(() => json(403, { code: "read_only" }));
		expect(await speakersOn(server, new HandClock()).say("hello")).toEqual({ ok: false, code: "read_only" });
	});
});

describe("an experiment", () => {
	function begin(server: ReturnType<typeof serverOf>) {
		const clock = new HandClock();
		const lines = new Map<LaneName, LaneLine>();
		const driver =
			(name: LaneName): Driver =>
			async (line) => {
				lines.set(name, line);
			};
		const drivers = {
			websocket: driver("websocket"),
			"event-stream": driver("event-stream"),
			"long-poll": driver("long-poll"),
			"short-poll": driver("short-poll"),
		};
		const experiment = new Experiment({
			...{ room: "lab", clock, random: () => 0.5, fetch: server.fetch, drivers },
			speakers: speakersOn(server, clock),
			phrases: () => ["hello", "again"],
			changed: () => {},
		});
		return { clock, lines, experiment };
	}

	test("lets all lanes go from one cursor", async () => {
		const { lines, experiment } = begin(serverOf(() => json(201, { id: "m" })));
		await experiment.start();
		expect(experiment.state).toEqual({ is: "running" });
		expect([...lines.values()].map((line) => line.after())).toEqual(["e.0", "e.0", "e.0", "e.0"]);
	});

	test("says why a room cannot be entered, and drives nothing", async () => {
		const server = { asked: [], fetch: async () => json(404, { code: "room_not_found" }) };
		const { lines, experiment } = begin(server);
		await experiment.start();
		expect(experiment.state).toEqual({ is: "refused", code: "room_not_found" });
		expect(lines.size).toBe(0);
	});

	test("hears nothing more from a lane that was cut, and lets it go on from its cursor", async () => {
		const { lines, experiment } = begin(serverOf(() => json(201, { id: "m" })));
		await experiment.start();
		const first = lines.get("long-poll") as LaneLine;
		first.tell({ type: "frame", frame: { type: "batch", room: "lab", cursor: "e.3", events: [], omitted: 3 } });
		experiment.toggle("long-poll");
		expect(first.signal.aborted).toBe(true);
		first.tell({ type: "asked", headBytes: 1 });
		experiment.toggle("long-poll");
		const second = lines.get("long-poll") as LaneLine;
		expect(second.after()).toBe("e.3");
		expect(second.signal.aborted).toBe(false);
		expect(experiment.lanes.find(({ name }) => name === "long-poll")?.book.counts.requests).toBe(0);
	});

	test("the crowd talks at its pace until it is sent away, never twice the same", async () => {
		const server = serverOf(({ body }) => json(201, { id: String(body.key) }));
		const { clock, experiment } = begin(server);
		await experiment.start();
		experiment.setRate(4);
		await clock.pass(2_000);
		experiment.setRate(0);
		await clock.pass(2_000);
		const texts = server.asked.flatMap(({ body }) => (body.text === undefined ? [] : [body.text]));
		expect(texts).toHaveLength(8);
		expect(new Set(texts).size).toBe(8);
	});
});
