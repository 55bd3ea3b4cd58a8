import type { Downstream } from "@hubbub/protocol/downstream.ts";
import type { RoomEvent } from "@hubbub/protocol/event.ts";
import { closeCodeOf, closeCodes } from "@hubbub/protocol/wire/close-codes.ts";
import { eventLine, greetingLines, omittedLine, serverLine } from "@hubbub/protocol/wire/lines.ts";
import type { LiveConnection } from "../connection.ts";
import type { HubbubError } from "../error.ts";
import type { LiveRoom } from "../live-room.ts";
import type { Dialect, DialectHost, SocketData } from "./dialect.ts";

/** Own messages left out of the live view that are remembered, in case a resume brings them all the same. */
const ownOffsetsMax = 100;

/** Lines for people: what is sent is said in one room, and each line said there is one message. */
export class TextDialect implements Dialect {
	readonly #host: DialectHost;
	readonly #room: LiveRoom;
	readonly #ownOffsets = new Set<number>();
	#greeted = false;

	constructor(connection: LiveConnection, room: string, host: DialectHost) {
		this.#host = host;
		this.#room = connection.room(room);
		let refusal: HubbubError | null = null;
		this.#room.on("events", ({ events, omitted }) => this.#tell(events, omitted));
		this.#room.on("reset", () => host.deliver(serverLine("Some lines may be missing here.")));
		this.#room.on("gap", () => host.deliver(serverLine("Some lines are missing here.")));
		this.#room.on("rejected", (error) => {
			refusal = error;
		});
		this.#room.on("left", () => this.#turnedAway(refusal));
		connection.on("outdated", () => host.deliver(serverLine("This page is older than the server. Load it again.")));
		connection.on("error", (error) => host.deliver(serverLine(withRetry(error.message, error.retryAfterMs))));
	}

	frame(frame: Downstream): void {
		if (frame.type !== "joined" || this.#greeted) return;
		this.#greeted = true;
		for (const line of greetingLines(frame.state)) this.#host.deliver(line);
	}

	send(data: SocketData): void {
		if (typeof data !== "string") return this.#host.deliver(serverLine("Not sent: Send text here; one send is one message."));
		this.#room
			.say(data)
			.then(
				({ fate, event }) => fate !== "shown" && this.#tellOwn(event),
				({ message, retryAfterMs }: HubbubError) => this.#host.deliver(serverLine(`Not sent: ${withRetry(message, retryAfterMs)}`)),
			)
			.finally(() => this.#host.settled());
	}

	#tell(events: readonly RoomEvent[], omitted: number): void {
		for (const event of events) {
			const line = this.#ownOffsets.delete(event.offset) ? null : eventLine(event);
			if (line !== null) this.#host.deliver(line);
		}
		if (omitted > 0) this.#host.deliver(omittedLine(omitted));
	}

	/** The sender sees their own message also where the room's budget kept it from the others. */
	#tellOwn(event: RoomEvent): void {
		const line = eventLine(event);
		if (line !== null) this.#host.deliver(line);
		if (this.#ownOffsets.size >= ownOffsetsMax) this.#ownOffsets.clear();
		this.#ownOffsets.add(event.offset);
	}

	/** There is one room and no way to ask again, so a refusal ends the socket, with the code that the server itself would use. */
	#turnedAway(refusal: HubbubError | null): void {
		const close = refusal && closeCodeOf(refusal.code);
		this.#host.deliver(serverLine(refusal?.message ?? "The room was left."));
		this.#host.end(close ?? closeCodes.unauthorized, refusal?.code ?? "left");
	}
}

function withRetry(message: string, retryAfterMs: number | null): string {
	return retryAfterMs === null ? message : `${message} Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`;
}
