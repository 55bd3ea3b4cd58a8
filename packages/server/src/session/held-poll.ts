import { decodeCursor, type Position } from "@hubbub/protocol/wire/cursor.ts";
import type { Answer } from "../host/answer.ts";
import type { View } from "../host/channel.ts";
import type { Reader } from "../host/reader.ts";
import type { RoomHost } from "../host/room-host.ts";
import type { Actor } from "../room/command.ts";
import type { Clock } from "../runtime/clock.ts";
import { serverLimits } from "../runtime/limits.ts";
import type { SessionTable, Tracked } from "./session-table.ts";

/** One poll that may be held. */
export interface HeldRequest {
	readonly waitMs: number;
	readonly address: string;
	readonly actor: Actor;
	/** Aborts when whoever asked is gone. */
	readonly signal: AbortSignal;
}

/** The polls being held on this node. A held poll is a reader like any other, woken once. */
export class HeldPolls {
	readonly #clock: Clock;
	readonly #table: SessionTable;
	#held = 0;

	constructor(clock: Clock, table: SessionTable) {
		this.#clock = clock;
		this.#table = table;
	}

	get size(): number {
		return this.#held;
	}

	/** Answers at once, as of the last whole second: the same to everyone with this cursor (SPEC POLL-4). Throws `LogUnavailable`. */
	glance(host: RoomHost, view: View, cursor: string | undefined): Promise<Answer> {
		return host.answers(view).asOfSecond(cursor === undefined ? null : decodeCursor(cursor), this.#clock.wallMs());
	}

	/**
	 * Answers as soon as there is something after the cursor, or after `waitMs` with nothing; at once where too many polls are held
	 * already (SPEC POLL-3). `draining` where the server stops meanwhile. Throws `LogUnavailable`. When `signal` aborts, whoever asked
	 * is gone.
	 */
	async hold(host: RoomHost, view: View, cursor: string | undefined, request: HeldRequest): Promise<Answer | "draining"> {
		const after = cursor === undefined ? null : decodeCursor(cursor);
		const answer = await host.answers(view).now(after, this.#clock.wallMs());
		if (answer.isNews || request.waitMs === 0 || request.signal.aborted || this.#held >= serverLimits.pollsHeldMax) return answer;
		if ((await this.#untilNews(host, view, after, request)) === "draining") return "draining";
		return host.answers(view).now(after, this.#clock.wallMs());
	}

	/** A held poll is kept in the table like a session: it counts for its address, and is told when the server stops. */
	#untilNews(
		host: RoomHost,
		view: View,
		after: Position | null,
		{ waitMs, signal, address, actor }: HeldRequest,
	): Promise<"over" | "draining"> {
		this.#held++;
		return new Promise((resolve) => {
			const end = (how: "over" | "draining") => {
				if (!this.#table.remove(tracked)) return;
				this.#held--;
				host.release(reader, view);
				stopTimer();
				signal.removeEventListener("abort", over);
				resolve(how);
			};
			const over = () => end("over");
			const tracked: Tracked = { address, check: () => {}, bye: () => end("draining"), pardon: () => {} };
			const reader: Reader = {
				codec: "json",
				actor,
				evict: over,
				wake() {
					if (host.channel(view).window.through > (after?.offset ?? 0)) over();
				},
			};
			this.#table.add(tracked);
			const stopTimer = this.#clock.after(waitMs, over);
			signal.addEventListener("abort", over);
			host.admit(reader, view);
			// What was flushed between the first look and now woke nobody.
			reader.wake();
		});
	}
}
