import type { Downstream } from "@hubbub/protocol/downstream.ts";
import { connect, type Frame, until } from "../client.ts";
import { type Answer, type Command, freshKey, Told, type Visitor, type Way } from "./way.ts";

/** `hubbub.v1` over a WebSocket at `/ws`. */
export const websocketWay: Way = {
	name: "websocket",
	async enter(house, { room, token, name, after, view }) {
		const hello = { token, name, rooms: [{ room, after, view }] };
		const client = await connect(`${house.ws}/ws`, hello, { headers: house.headers ?? {}, tls: house.tls });
		const decided = (frame: Downstream) => frame.type === "joined" || frame.type === "reject" || frame.type === "bye";
		await until(() => client.frames.some(decided));
		const first = client.frames.find(decided) as Frame<"joined" | "reject" | "bye">;
		if (first.type !== "joined") {
			await client.close();
			const waiting = first.type === "reject" ? { retryAfterMs: first.retryAfterMs } : {};
			return { ok: false, code: first.code, words: first.message, ...waiting };
		}
		const welcome = await client.next("welcome");
		const told = new Told();
		let read = 0;
		const readOn = () => {
			while (read < client.frames.length) told.take(client.frames[read++] as Downstream);
			return told;
		};
		let refs = 0;
		const answerTo = (ref: string | number) =>
			Promise.race([client.next("ack", (frame) => frame.ref === ref), client.next("reject", (frame) => frame.ref === ref)]);
		const visitor: Visitor = {
			user: welcome.user,
			token: welcome.token ?? token,
			get told() {
				return readOn();
			},
			async command(command: Command): Promise<Answer> {
				const ref = `command ${refs++}`;
				client.send({ ...command, ref, room });
				const answer = await answerTo(ref);
				if (answer.type === "reject") return { ok: false, code: answer.code, words: answer.message, retryAfterMs: answer.retryAfterMs };
				return { ok: true, id: answer.id, cursor: answer.cursor, fate: answer.fate, event: answer.event };
			},
			say: (text, more) => visitor.command({ type: "say", key: freshKey(), text, ...more }),
			like: async (count) => client.send({ type: "like", room, count }),
			async raw(text) {
				const before = client.frames.length;
				client.socket.send(text);
				const isAnswer = (frame: Downstream) => frame.type === "reject" || frame.type === "pong" || frame.type === "bye";
				await until(() => client.frames.slice(before).some(isAnswer));
				return client.frames.slice(before).find(isAnswer) as Frame<"reject">;
			},
			until: (condition) => until(() => readOn() && condition()),
			leave: () => client.close(),
		};
		return { ok: true, visitor };
	},
};
