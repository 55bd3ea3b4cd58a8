import type { MessageEvent } from "@hubbub/protocol/kinds/message.ts";
import { type Connection, type ConnectOptions, connect } from "../src/connect.ts";
import type { Room, RoomEvents, RoomOptions } from "../src/room.ts";

/** Somebody in a room of a real server, who remembers all they were told. */
export interface Person {
	readonly connection: Connection;
	readonly room: Room;
	/** Every message, in the order it was told. */
	readonly messages: MessageEvent[];
	/** Resolves once `holds` is true, now or after something was told. */
	until(holds: () => boolean): Promise<void>;
}

const types = [
	"events",
	"joined",
	"settings",
	"ambient",
	"delete",
	"pin",
	"repeats",
	"reset",
	"rejected",
	"left",
] as const satisfies (keyof RoomEvents)[];

export function enter(url: string, id: string, options: ConnectOptions = {}, wish: RoomOptions = {}): Person {
	const connection = connect(url, { storage: null, ...options });
	const room = connection.room(id, wish);
	const messages: MessageEvent[] = [];
	const waiting = new Set<() => void>();
	// After every listener has been told, the test's own too.
	const look = () =>
		queueMicrotask(() => {
			for (const wake of [...waiting]) wake();
		});
	room.on("message", (message) => {
		messages.push(message);
		look();
	});
	for (const type of types) room.on(type, look);
	connection.on("state", look);
	connection.on("error", look);
	return {
		...{ connection, room, messages },
		until(holds) {
			return new Promise((resolve) => {
				const wake = () => {
					if (!holds()) return;
					waiting.delete(wake);
					resolve();
				};
				waiting.add(wake);
				wake();
			});
		},
	};
}

/** In the room, for the first time or again. */
export async function inside(person: Person): Promise<Person> {
	await person.until(() => person.room.phase === "joined");
	return person;
}
