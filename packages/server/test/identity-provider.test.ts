import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { connect, until } from "./client.ts";
import { startServer, type TestServer } from "./start-server.ts";
import { ways } from "./ways/house.ts";

type Answer = (response: ServerResponse) => void;

/** An identity provider that answers as a test says. */
let provider: Server;
let answer: Answer;
let asked = 0;
let signed: string;
let keys: Answer;

const inAnHour = () => Math.floor(Date.now() / 1_000) + 3_600;

beforeAll(async () => {
	const pair = await generateKeyPair("RS256");
	const set = JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: "one", alg: "RS256", use: "sig" }] });
	keys = (response) => response.end(set);
	signed = await new SignJWT({ sub: "u-1", name: "Ming", exp: inAnHour(), roles: ["Task.Read", "moderator"] })
		.setProtectedHeader({ alg: "RS256", kid: "one" })
		.sign(pair.privateKey);
	provider = createServer((_request, response) => {
		asked++;
		answer(response);
	});
	await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
	provider.closeAllConnections();
	provider.close();
});

/** A server that is set up for the provider, which answers like this from the start. */
async function serverFor(first: Answer): Promise<TestServer> {
	answer = first;
	asked = 0;
	const { port } = provider.address() as AddressInfo;
	return startServer({ HUBBUB_DATA: "memory", HUBBUB_JWT_SECRET: "", HUBBUB_JWKS_URL: `http://127.0.0.1:${port}/keys` });
}

describe("while the identity provider is out", () => {
	test.each<[string, Answer]>([
		["answers 500", (response) => response.writeHead(500).end("sorry")],
		["hangs up", (response) => response.destroy()],
		["answers a page", (response) => response.end("<!doctype html><title>Maintenance</title>")],
		["does not answer", () => {}],
		["answers a head and no more", (response) => response.writeHead(200, { "content-type": "application/json" }).write("{")],
	])("[AUTH-7] and %s, a valid token is told to come back, by every way, and is let in when it has come back", async (_what, out) => {
		const server = await serverFor(out);
		try {
			const house = { http: server.http, ws: server.ws };
			const refusals = await Promise.all(ways.map((way) => way.enter(house, { room: "lobby", token: signed })));
			for (const [index, refusal] of refusals.entries())
				expect([ways[index]?.name, refusal]).toMatchObject([ways[index]?.name, { ok: false, code: "unavailable" }]);
			const said = await server.request("/rooms/lobby/messages", {
				method: "POST",
				headers: { authorization: `Bearer ${signed}` },
				body: '{"text":"x"}',
			});
			expect([said.status, said.headers.has("retry-after")]).toEqual([503, true]);
			const client = await connect(`${server.ws}/ws`, { token: signed });
			expect(await client.next("bye")).toMatchObject({ code: "unavailable", reconnectAfterMs: expect.any(Number) });
			expect((await client.closed).code).toBe(4105);
			// Guests and the operator need no provider.
			const guest = await connect(`${server.ws}/ws`, {});
			expect((await guest.next("welcome")).user.roles).toEqual(["guest"]);
			await guest.close();
			answer = keys;
			for (const way of ways)
				await until(async () => {
					const entered = await way.enter(house, { room: "lobby", token: signed });
					if (!entered.ok) return false;
					expect(entered.visitor.user).toEqual({ id: "u-1", name: "Ming", roles: ["moderator"] });
					await entered.visitor.leave();
					return true;
				});
			expect(asked).toBeLessThan(10);
		} finally {
			await server.stop();
		}
	});

	test("[AUTH-7] keys in hand go on being used: whoever comes back is let in", async () => {
		const server = await serverFor(keys);
		try {
			const enter = async () => {
				const client = await connect(`${server.ws}/ws`, { token: signed });
				expect((await client.next("welcome")).user.id).toBe("u-1");
				await client.close();
			};
			await enter();
			answer = (response) => response.writeHead(500).end();
			for (let count = 0; count < 20; count++) await enter();
			expect(asked).toBe(1);
		} finally {
			await server.stop();
		}
	});
});
