import { afterAll, beforeAll, describe } from "bun:test";
import { type JWTPayload, SignJWT } from "jose";
import { adminKey, jwtSecret, startServer, type TestServer } from "../start-server.ts";
import { eventStreamWay, longPollWay, shortPollWay } from "./http-ways.ts";
import type { House, Visitor, Way, Wish } from "./way.ts";
import { websocketWay } from "./websocket-way.ts";

export const ways: readonly Way[] = [websocketWay, eventStreamWay, longPollWay, shortPollWay];

/** What a conformance test works with: a server, one way into it, and a room and an address that no other test uses. */
export interface Ground {
	readonly way: Way;
	readonly room: string;
	readonly house: House;
	/** Comes in, by this way where no other is named. Throws where that is refused. */
	enter(wish?: Partial<Wish>, by?: Way, from?: House): Promise<Visitor>;
	/** Changes the room's settings as the operator, and makes it where it is not there. */
	configure(settings: object): Promise<void>;
	/** Asks the operators' and rooms' HTTP API. */
	request(path: string, init?: RequestInit): Promise<Response>;
	/** The whole archive of the room, by pages. */
	archive(): Promise<{ offset: number; kind: string; text?: string; id?: string }[]>;
}

let grounds = 0;

/** Runs each of `rules` over every way, on both engines, side by side. */
export function onEveryWay(
	variables: Record<string, string>,
	rules: Readonly<Record<string, (ground: Ground) => Promise<void>>>,
	test: (title: string, run: () => Promise<void>) => void,
): void {
	for (const engine of ["memory", "SQLite"] as const)
		describe(`on ${engine}`, () => {
			let server: TestServer;
			beforeAll(async () => {
				const data: Record<string, string> = engine === "memory" ? { HUBBUB_DATA: "memory" } : {};
				server = await startServer({ HUBBUB_TRUSTED_PROXIES: "loopback", ...data, ...variables });
			});
			afterAll(() => server.stop());
			for (const way of ways)
				describe.concurrent(`by ${way.name}`, () => {
					for (const [title, rule] of Object.entries(rules))
						test(title, async () => {
							const visitors: Visitor[] = [];
							await rule(groundOf(server, way, visitors)).finally(() => Promise.all(visitors.map((visitor) => visitor.leave())));
						});
				});
		});
}

function groundOf(server: TestServer, way: Way, visitors: Visitor[]): Ground {
	const number = grounds++;
	const room = `room-${number}`;
	const house = { http: server.http, ws: server.ws, headers: { "x-forwarded-for": `198.18.${number >> 8}.${number & 255}` } };
	return {
		...{ way, room, house },
		async enter(wish = {}, by = way, from = house) {
			const entered = await by.enter(from, { room, ...wish });
			if (!entered.ok) throw new Error(`Turned away: ${entered.code}`);
			visitors.push(entered.visitor);
			return entered.visitor;
		},
		async configure(settings) {
			const init = { method: "PUT", headers: { authorization: `Bearer ${adminKey}` }, body: JSON.stringify(settings) };
			const answer = await server.request(`/api/v1/rooms/${room}`, init);
			if (!answer.ok) throw new Error(await answer.text());
		},
		request: (path, init) => server.request(path, { ...init, headers: { ...house.headers, ...init?.headers } }),
		async archive() {
			const events = [];
			for (let before: string | null = ""; before !== null; ) {
				const answer = await server.request(`/rooms/${room}/messages?limit=200&before=${before}`, { headers: house.headers });
				const page = (await answer.json()) as { events: { offset: number; kind: string }[]; before: string | null };
				events.unshift(...page.events);
				before = page.before;
			}
			return events;
		},
	};
}

/** A sign-in token as an operator's site makes it, good for an hour where the claims say nothing else. */
export function tokenOf(claims: JWTPayload, options: { secret?: string; algorithm?: string } = {}): Promise<string> {
	const { secret = jwtSecret, algorithm = "HS256" } = options;
	const inAnHour = Math.floor(Date.now() / 1_000) + 3_600;
	return new SignJWT({ exp: inAnHour, ...claims }).setProtectedHeader({ alg: algorithm }).sign(new TextEncoder().encode(secret));
}
