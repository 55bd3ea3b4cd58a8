import { people, remark } from "./conversation.ts";

const likesEvery = 9;
const answerMsMax = 30_000;
/** Remarks a second, likes left room for. */
export const rateMax = 320;
/** On their way at a time, of all: who has been held up catches up in steps. */
const unansweredMax = 40;

/** The people who speak in the room, a connection each. */
export class Speakers {
	readonly #sockets: readonly WebSocket[];
	readonly #room: string;
	readonly #waiting = new Map<number, PromiseWithResolvers<string>>();
	/** How many remarks have been made. */
	#said = 0;
	#lastId: string | undefined;

	private constructor(sockets: readonly WebSocket[], room: string) {
		this.#sockets = sockets;
		this.#room = room;
		for (const socket of sockets) socket.onmessage = ({ data }) => this.#hear(String(data));
	}

	/** Connects everybody. Throws where the server cannot be reached. */
	static async enter(port: number, room: string): Promise<Speakers> {
		const sockets = people.map(() => new WebSocket(`ws://127.0.0.1:${port}/ws`, "hubbub.v1"));
		const opened = sockets.map((socket) => {
			const { promise, resolve, reject } = Promise.withResolvers<void>();
			socket.onopen = () => resolve();
			socket.onerror = () => reject(new Error("a speaker could not connect"));
			return promise;
		});
		await Promise.all(opened);
		const speakers = new Speakers(sockets, room);
		for (const [index, socket] of sockets.entries()) socket.send(JSON.stringify({ type: "hello", name: people[index], rooms: [{ room }] }));
		return speakers;
	}

	/**
	 * Makes so many remarks, one after the other at this rate a second; each tick says what is due. Throws where one is refused: a connection
	 * may send 50 frames a second, so that all of them together come to `rateMax`.
	 */
	async talk(count: number, rate: number): Promise<void> {
		const startedMs = performance.now();
		const answers: Promise<string>[] = [];
		let refused = false;
		while (answers.length < count && !refused) {
			const due = Math.min(count, 1 + Math.floor(((performance.now() - startedMs) / 1_000) * rate));
			while (answers.length < due && this.#waiting.size < unansweredMax) {
				const answer = this.#remark();
				answer.catch(() => {
					refused = true;
				});
				answers.push(answer);
			}
			await Bun.sleep(5);
		}
		await Promise.all(answers);
	}

	/** Says one thing, as the first of the people. */
	async say(text: string): Promise<void> {
		await this.#send(text, 0, false);
	}

	leave(): void {
		for (const socket of this.#sockets) socket.close();
	}

	#remark(): Promise<string> {
		const { text, person, answers } = remark(this.#said);
		if (this.#said % likesEvery === 0)
			this.#sockets[person]?.send(JSON.stringify({ type: "like", room: this.#room, count: 1 + (this.#said % 3) }));
		return this.#send(text, person, answers);
	}

	#send(text: string, person: number, answers: boolean): Promise<string> {
		const ref = ++this.#said;
		const answer = Promise.withResolvers<string>();
		this.#waiting.set(ref, answer);
		const late = setTimeout(() => answer.reject(new Error(`nothing came back for "${text}"`)), answerMsMax);
		const replyTo = answers ? this.#lastId : undefined;
		this.#sockets[person]?.send(JSON.stringify({ type: "say", ref, room: this.#room, key: `remark-${ref}`, text, replyTo }));
		return answer.promise.finally(() => {
			clearTimeout(late);
			this.#waiting.delete(ref);
		});
	}

	#hear(data: string): void {
		const frame = JSON.parse(data) as { type: string; ref?: number; id?: string; code?: string };
		if (frame.type === "reject" && frame.ref === undefined)
			for (const { reject } of this.#waiting.values()) reject(new Error(`the room refused a frame: ${frame.code}`));
		const waiting = frame.ref === undefined ? undefined : this.#waiting.get(frame.ref);
		if (!waiting || frame.ref === undefined) return;
		if (frame.type !== "ack" || frame.id === undefined) return waiting.reject(new Error(`the room refused a remark: ${frame.code}`));
		this.#lastId = frame.id;
		waiting.resolve(frame.id);
	}
}
