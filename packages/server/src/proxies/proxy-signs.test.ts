import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstFrameMs } from "../../../client/src/http/readings.ts";
import { serverLimits } from "../runtime/limits.ts";
import { silentLogger } from "../runtime/log.ts";
import { obstacles, proxyLines } from "./proxy-lines.ts";
import { ProxySigns } from "./proxy-signs.ts";

function makeSigns() {
	let nowMs = 1_000_000;
	const logged: string[] = [];
	const logger = {
		...silentLogger,
		warn: ({ obstacle }: object & { obstacle?: unknown }, words: string) => logged.push(`${obstacle}: ${words}`),
	};
	return {
		signs: new ProxySigns(logger, () => nowMs),
		logged,
		pass(ms: number) {
			nowMs += ms;
		},
	};
}

type House = ReturnType<typeof makeSigns>;

function cut({ signs, pass }: House, ...heldMs: number[]): void {
	for (const ms of heldMs) {
		pass(2_000);
		signs.pollCut(ms);
	}
}

function leave({ signs, pass }: House, ...agesMs: number[]): void {
	for (const ms of agesMs) {
		pass(2_000);
		signs.streamLeft(ms);
	}
}

describe("[OPS-11] a handshake without its Upgrade", () => {
	test("is logged once, with the line of every proxy that takes it off by itself", () => {
		const { signs, logged } = makeSigns();
		for (let count = 0; count < 3; count++) signs.handshakeWithoutUpgrade(new Headers());
		expect(logged).toHaveLength(1);
		expect(logged[0]).toContain("nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;");
		for (const proxy of ["Apache", "Varnish"]) expect(logged[0]).toContain(`| ${proxy}: `);
		expect(signs.obstacles).toEqual(["websocket"]);
	});

	test.each([
		["x-varnish", "Varnish"],
		["x-forwarded-server", "Apache"],
	])("with %s names the line of %s alone", (header, proxy) => {
		const { signs, logged } = makeSigns();
		signs.handshakeWithoutUpgrade(new Headers({ [header]: "1" }));
		expect(logged[0]).toContain(`. ${proxy}: `);
		expect(logged[0]).not.toContain(" | ");
	});

	test("that has not come for a while is forgotten by the checklist, not by the log", () => {
		const { signs, logged, pass } = makeSigns();
		signs.handshakeWithoutUpgrade(new Headers());
		pass(serverLimits.proxySignMs + 1);
		expect(signs.obstacles).toEqual([]);
		signs.handshakeWithoutUpgrade(new Headers());
		expect([signs.obstacles, logged.length]).toEqual([["websocket"], 1]);
	});
});

describe("[OPS-11] polls that are cut", () => {
	test("after the same time again and again give a proxy away, and are logged once", () => {
		const house = makeSigns();
		cut(house, 5_003, 5_001, 5_040);
		expect(house.logged).toEqual([]);
		cut(house, 5_010, 5_020);
		expect(house.logged).toHaveLength(1);
		expect(house.logged[0]).toContain("cut after 5 s");
		expect(house.logged[0]).toContain("HAProxy: timeout client 60s timeout server 60s timeout tunnel 60s");
		expect(house.signs.obstacles).toEqual(["quiet"]);
	});

	test("at other times, as people come and go, say nothing", () => {
		const house = makeSigns();
		cut(house, 5_000, 5_000, 5_000, 7_000, 5_000, 5_000, 5_000, 4_800, 23_000, 1_000);
		expect([house.logged, house.signs.obstacles]).toEqual([[], []]);
	});

	test("all in one moment have one cause, and say nothing", () => {
		const house = makeSigns();
		for (let count = 0; count < 100; count++) house.signs.pollCut(5_000);
		expect(house.signs.obstacles).toEqual([]);
	});
});

describe("[OPS-11] event streams that are left", () => {
	test("at the age at which clients give up one that shows nothing are logged once", () => {
		const house = makeSigns();
		leave(house, firstFrameMs, firstFrameMs + 100);
		expect(house.logged).toEqual([]);
		leave(house, firstFrameMs - 200, firstFrameMs);
		expect(house.logged).toHaveLength(1);
		expect(house.logged[0]).toContain("nginx: proxy_buffering off;");
		expect(house.signs.obstacles).toEqual(["streams"]);
	});

	test("at any other age, or all in one moment, say nothing", () => {
		const house = makeSigns();
		leave(house, firstFrameMs, firstFrameMs, 60_000, firstFrameMs, firstFrameMs, 5_000, firstFrameMs, 200, firstFrameMs);
		for (let count = 0; count < 100; count++) house.signs.streamLeft(firstFrameMs);
		expect(house.signs.obstacles).toEqual([]);
	});
});

test("[OPS-11] every line stands in docs/proxies", () => {
	const page = readFileSync(join(import.meta.dir, "../../../../docs/proxies/README.md"), "utf8").replace(/\s+/g, " ");
	for (const obstacle of obstacles) for (const { line } of proxyLines[obstacle]) expect(page).toContain(line.replace(/\s+/g, " "));
});
