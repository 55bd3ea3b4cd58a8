import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { announceEveryMs } from "@hubbub/room-model/announcer.ts";
import { operatorKey, sayAsOperator, shareHouse, testMs, until, type Viewer } from "./browser.ts";

setDefaultTimeout(testMs);

const { house, enter: comeIn } = shareHouse();

interface Told {
	readonly words: string;
	/** The page's own clock. */
	readonly atMs: number;
}

/** Enters, and keeps on record what is added to the live region from then on. */
async function enter(room: string): Promise<{ viewer: Viewer; told: () => Promise<Told[]> }> {
	const viewer = await comeIn(room);
	await viewer.page.locator("hubbub-room").evaluate((page) => {
		const told: Told[] = [];
		Object.assign(window, { told });
		const region = page.shadowRoot?.querySelector('[role="log"]') as HTMLElement;
		new MutationObserver((records) => {
			for (const { addedNodes } of records)
				for (const added of addedNodes) told.push({ words: added.textContent ?? "", atMs: performance.now() });
		}).observe(region, { childList: true, subtree: true, characterData: true });
	});
	return { viewer, told: () => viewer.page.evaluate(() => (window as unknown as { told: Told[] }).told) };
}

/** What assistive technology is given of the page, in order. */
async function accessibilityTree(viewer: Viewer) {
	const cdp = await viewer.context.newCDPSession(viewer.page);
	const { nodes } = await cdp.send("Accessibility.getFullAXTree");
	await cdp.detach();
	const byId = new Map(nodes.map((node) => [node.nodeId, node]));
	const textOf = (id: string): string => {
		const node = byId.get(id);
		if (!node) return "";
		if (node.role?.value === "StaticText") return String(node.name?.value ?? "");
		return (node.childIds ?? []).map(textOf).join("");
	};
	const of = (role: string) => nodes.filter((node) => !node.ignored && node.role?.value === role);
	const property = (node: (typeof nodes)[number], name: string) => node.properties?.find((other) => other.name === name)?.value.value;
	return { nodes, of, property, textOf };
}

async function sayAsGuest(room: string, text: string): Promise<void> {
	const response = await fetch(`${house.url}/api/v1/rooms/${room}/messages`, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify({ key: crypto.randomUUID(), text }),
	});
	expect(response.status).toBe(201);
}

describe("a screen reader", () => {
	test("is told each message of a quiet room once, in order, also when its words were said before, and one's own", async () => {
		await sayAsOperator(house, "quiet", "said before anybody came");
		const { viewer, told } = await enter("quiet");
		await sayAsGuest("quiet", "hello");
		await until(async () => (await told()).length === 1);
		await sayAsGuest("quiet", "hello");
		await until(async () => (await told()).length === 2);
		await viewer.say("hello");
		await until(async () => (await told()).length === 3);
		const name = (await viewer.page.locator(".message .name").nth(1).textContent()) as string;
		expect((await told()).map(({ words }) => words)).toEqual([`${name}: hello`, `${name}: hello`, "You: hello"]);

		const { of, property, textOf } = await accessibilityTree(viewer);
		const [log, ...more] = of("log");
		if (!log) throw new Error("There is no log.");
		expect(more).toEqual([]);
		expect([property(log, "live"), property(log, "relevant"), property(log, "atomic")]).toEqual(["polite", "additions", false]);
		expect((log.childIds ?? []).map(textOf)).toEqual([`${name}: hello`, `${name}: hello`, "You: hello"]);
		// The discussion itself stands there to be read, and announces nothing.
		const list = of("list").find((node) => textOf(node.nodeId).includes("said before anybody came"));
		if (!list) throw new Error("There is no list.");
		expect([undefined, "off"]).toContain(property(list, "live"));
		expect(of("group").map((node) => node.name?.value)).toContain("Discussion");
	});

	test("is told at most one thing in five seconds while a crowd talks, and every message is in it; a host is quoted", async () => {
		const { told } = await enter("busy");
		for (let at = 1; at <= 60; at++)
			await (at === 30 ? sayAsOperator(house, "busy", "welcome, all of you") : sayAsGuest("busy", `line ${at}`));
		const counted = async () =>
			(await told()).reduce(
				(sum, { words }) =>
					sum + (/^(\d+) new message/.exec(words) ? Number.parseInt(words, 10) : (words.match(/line \d+|welcome/g)?.length ?? 0)),
				0,
			);
		await until(async () => (await counted()) === 60);
		const announcements = await told();
		expect(announcements.map(({ words }) => words).join()).toContain("operator (Owner): welcome, all of you");
		for (const [index, { atMs }] of announcements.entries())
			if (index > 0) expect(atMs - (announcements[index - 1] as Told).atMs).toBeGreaterThan(announceEveryMs - 100);
	});

	test("is told nothing of older messages, of what is drawn anew, nor of what was taken back", async () => {
		for (let at = 1; at <= 120; at++) await sayAsOperator(house, "past", `line ${at}`);
		const { viewer, told } = await enter("past");
		await viewer.page.locator("hubbub-messages .scroller").hover();
		while ((await viewer.page.locator("hubbub-messages [data-key]").count()) < 120) await viewer.page.mouse.wheel(0, -2_000);
		await viewer.page.locator("hubbub-messages .newest").click();
		await viewer.page.getByRole("button", { name: "Menu" }).click();
		await viewer.page.locator("hubbub-menu select").selectOption("ja");
		await until(async () => (await viewer.page.locator("html").getAttribute("lang")) === "ja");
		const taken = await fetch(`${house.url}/api/v1/rooms/past/messages`, {
			method: "POST",
			headers: { "content-type": "application/json", authorization: `Bearer ${operatorKey}` },
			body: JSON.stringify({ key: "news", text: "news" }),
		});
		const { id } = (await taken.json()) as { id: string };
		await until(async () => (await told()).length === 1);
		await fetch(`${house.url}/api/v1/rooms/past/messages/${id}`, { method: "DELETE", headers: { authorization: `Bearer ${operatorKey}` } });
		await until(async () => (await viewer.texts()).at(-1) !== "news");
		expect((await told()).map(({ words }) => words)).toEqual(["operator（オーナー）：news"]);
	});
});
