import { inflateRawSync } from "node:zlib";
import type { Payload } from "@hubbub/protocol/codec.ts";
import type { Downstream } from "@hubbub/protocol/downstream.ts";
import { systemRandom } from "../src/runtime/random.ts";
import { AddressLimits } from "../src/session/address-limits.ts";
import { createAuthenticator } from "../src/session/authenticate.ts";
import type { Credential } from "../src/session/credential.ts";
import type { KeySet } from "../src/session/key-set.ts";
import type { Link } from "../src/session/link.ts";
import { RoomAdmission } from "../src/session/room-admission.ts";
import { Session, type SessionServices } from "../src/session/session.ts";
import { SessionTable } from "../src/session/session-table.ts";
import type { FakeClock } from "./fake-clock.ts";
import { type LiveRooms, makeRooms } from "./live-room.ts";

export const jwtSecret = "a shared secret of thirty-two characters or more";
export const operatorKey = "the-operators-own-key";

/** A link without a network: takes what it is told to take, and remembers everything. */
export class ScriptedLink implements Link {
	readonly duplex = true;
	readonly address: string;
	writable = true;
	/** After this many writes the link is full until a test says otherwise. */
	room = Number.POSITIVE_INFINITY;
	readonly written: Payload[] = [];
	pings = 0;
	closed: { code: number; reason: string } | null = null;
	terminated = false;

	constructor(address: string) {
		this.address = address;
	}

	write(payload: Payload): void {
		this.written.push(payload);
		if (--this.room <= 0) this.writable = false;
	}

	ping(): void {
		this.pings++;
	}

	close(code: number, reason: string): void {
		this.closed = { code, reason };
	}

	terminate(): void {
		this.terminated = true;
	}
}

export interface House extends LiveRooms {
	readonly table: SessionTable;
	readonly sessionServices: SessionServices;
	connect(options?: { codec?: "json" | "text"; room?: string | null; address?: string; credential?: Credential }): Visitor;
	/** Time passes and the table's wheel turns each second, as in a running server. */
	pass(ms: number): Promise<void>;
}

/** One scripted connection and its session. */
export interface Visitor {
	readonly link: ScriptedLink;
	readonly session: Session;
	/** Sends a frame, or any text or bytes as they are. */
	send(frame: object | string | Uint8Array): void;
	/** Everything received, decoded. */
	frames(): Downstream[];
	frame<Type extends Downstream["type"]>(type: Type): (Downstream & { type: Type })[];
	/** Everything received, on the text subprotocol. */
	lines(): string[];
	/** The link takes frames again. */
	drain(room?: number): void;
}

/** Rooms with sessions in front of them, under one fake clock. */
export function makeHouse(
	options: Parameters<typeof makeRooms>[0] & {
		frameRate?: SessionServices["frameRate"];
		autoCreate?: boolean;
		keySet?: (clock: FakeClock) => KeySet;
	} = {},
): House {
	const live = makeRooms(options);
	const { clock, rooms, services } = live;
	const table = new SessionTable(clock, () => {});
	const addressLimits = new AddressLimits(clock, options.rate ?? null);
	const authenticator = createAuthenticator({
		...{
			addressLimits,
			clock,
			jwtSecret: options.keySet ? null : jwtSecret,
			keySet: options.keySet?.(clock) ?? null,
			jwtIssuer: null,
			jwtAudience: null,
			random: systemRandom,
		},
		isOperatorKey: (key) => key === operatorKey,
		operator: { id: "operator", name: "operator", kind: "operator", roles: ["owner"], rolesByRoom: {}, expiresAtMs: null },
		guestSecret: "the secret of guests, of thirty-two characters or more",
	});
	let checking = 0;
	// Who waits for a provider waits for time to pass.
	clock.isWorkElsewhere = () => checking > 0 && !options.keySet;
	const counted = {
		...authenticator,
		welcome(...presented: Parameters<typeof authenticator.welcome>) {
			checking++;
			return authenticator.welcome(...presented).finally(() => checking--);
		},
	};
	const admission = new RoomAdmission({ rooms, addressLimits, autoCreate: options.autoCreate ?? true });
	const sessionServices = {
		...services,
		rooms,
		table,
		authenticator: counted,
		admission,
		addressLimits,
		frameRate: options.frameRate ?? null,
	};
	return {
		...live,
		...{ table, sessionServices },
		connect({ codec = "json", room = null, address = "203.0.113.1", credential = { kind: "none" } as Credential } = {}) {
			const link = new ScriptedLink(address);
			return visitor(link, new Session(link, sessionServices, { codec, room, credential }));
		},
		async pass(ms) {
			for (let left = ms; left > 0; left -= 1_000) {
				await clock.advance(Math.min(left, 1_000));
				table.tick();
				await clock.settle();
			}
		},
	};
}

function visitor(link: ScriptedLink, session: Session): Visitor {
	const frames = () =>
		link.written.map((payload): Downstream => {
			const text = payload.kind === "text" ? payload.data : new TextDecoder().decode(inflateRawSync(payload.data.subarray(1)));
			return JSON.parse(text);
		});
	return {
		link,
		session,
		frames,
		frame: <Type extends Downstream["type"]>(type: Type) =>
			frames().filter((frame): frame is Downstream & { type: Type } => frame.type === type),
		lines: () => link.written.flatMap((payload) => (payload.kind === "text" ? payload.data.split("\n") : [])),
		send: (frame) => session.receive(typeof frame === "string" || frame instanceof Uint8Array ? frame : JSON.stringify(frame)),
		drain(room = Number.POSITIVE_INFINITY) {
			link.room = room;
			link.writable = true;
			session.onWritable();
		},
	};
}
