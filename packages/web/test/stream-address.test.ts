import { describe, expect, test } from "bun:test";
import { diagnose, type Network } from "../src/stream/diagnosis.ts";
import { lookFrom } from "../src/stream/lookout.ts";
import { readPlaylist } from "../src/stream/playlist.ts";

describe("a playlist", () => {
	const live = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:2.0,\na.ts\n#EXTINF:2.0,\nb.ts\n";

	test("says whether it goes on, and its mark changes with what is added, not with what leaves", () => {
		const mark = (text: string) => {
			const playlist = readPlaylist(text);
			return playlist?.kind === "segments" ? playlist : null;
		};
		expect(mark(live)?.isLive).toBe(true);
		expect(mark(`${live}#EXT-X-ENDLIST\n`)?.isLive).toBe(false);
		expect(mark("\ufeff#EXTM3U\r\n#EXTINF:4,\r\na.ts\r\n#EXT-X-ENDLIST \r\n")?.isLive).toBe(false);
		const shorter = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:8\n#EXTINF:2.0,\nb.ts?token=2\n";
		expect(mark(shorter)?.mark).toBe(mark(live)?.mark as string);
		expect(mark(`${live}#EXTINF:2.0,\nc.ts\n`)?.mark).not.toBe(mark(live)?.mark);
	});

	test("of variants names the first, and what is no playlist is none", () => {
		expect(readPlaylist("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow/a.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nb.m3u8")).toEqual({
			kind: "variants",
			first: "low/a.m3u8",
		});
		for (const text of ["", "<html>", "#EXTM3U\n", "#EXTM3U\n#EXT-X-ENDLIST\n", "EXTM3U\n#EXTINF:1,\na.ts"])
			expect(readPlaylist(text)).toBeNull();
	});
});

/** A network of the test's own: what each address answers, or `null` where the browser may not read it, or nothing at all. */
function networkOf(
	answers: Record<string, Response | null>,
	isOnline = true,
	page = "https://chat.example/rooms/a",
): Network & { asked: string[] } {
	const asked: string[] = [];
	return {
		asked,
		isOnline: () => isOnline,
		page,
		fetch: (address, { mode = "cors" }) => {
			asked.push(`${mode} ${address}`);
			const answer = answers[address];
			if (answer === undefined || (answer === null && mode !== "no-cors")) return Promise.reject(new TypeError("Failed to fetch"));
			return Promise.resolve(answer ?? Response.error());
		},
	};
}

describe("looking at an address", () => {
	const live = "#EXTM3U\n#EXTINF:2,\na.ts\n";

	test("follows a list of variants from where it lies to the segments", async () => {
		const network = networkOf({
			"https://a.example/x/live.m3u8": new Response("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow/v.m3u8\n"),
			"https://a.example/x/low/v.m3u8": new Response(live),
		});
		expect(await lookFrom(network, () => Promise.resolve(null))("https://a.example/x/live.m3u8")).toMatchObject({ kind: "live" });
	});

	test("a playlist that leads round in a circle, an error page, and nothing at all are nothing", async () => {
		const circle = () => new Response("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nc.m3u8\n");
		const network = networkOf({ "https://a.example/gone.m3u8": new Response(live, { status: 404 }) });
		const look = lookFrom(
			{ ...network, fetch: (address, init) => (address.endsWith("c.m3u8") ? Promise.resolve(circle()) : network.fetch(address, init)) },
			() => Promise.resolve(null),
		);
		for (const path of ["c", "gone", "nowhere"]) expect(await look(`https://a.example/${path}.m3u8`)).toEqual({ kind: "nothing" });
	});

	test("what a page may not read, a video element measures: live has no end", async () => {
		const network = networkOf({ "https://a.example/live.m3u8": null });
		expect(await lookFrom(network, () => Promise.resolve(Number.POSITIVE_INFINITY))("https://a.example/live.m3u8")).toMatchObject({
			kind: "live",
		});
		expect(await lookFrom(network, () => Promise.resolve(61))("https://a.example/live.m3u8")).toEqual({ kind: "recording", mark: "61" });
	});

	test("a file that was replaced is another one; one of which the server tells nothing is measured", async () => {
		const head = (modified: string) => new Response("film", { headers: { "last-modified": modified } });
		const at = async (answer: Response) =>
			lookFrom(networkOf({ "https://a.example/a.mp4": answer }), () => Promise.resolve(9))("https://a.example/a.mp4");
		expect(await at(head("Mon, 02 Nov 2026 10:00:00 GMT"))).not.toEqual(await at(head("Mon, 02 Nov 2026 11:00:00 GMT")));
		expect(await at(new Response("film"))).toEqual({ kind: "recording", mark: "9" });
	});
});

describe("why an address cannot be played", () => {
	const otherwise = { readable: "undecodable", opaque: "cors" } as const;
	const why = (answers: Record<string, Response | null>, isOnline = true) =>
		diagnose("https://a.example/live.m3u8", networkOf(answers, isOnline), otherwise);
	const status = (code: number, type = "") => ({
		"https://a.example/live.m3u8": new Response("", { status: code, headers: { "content-type": type } }),
	});

	test("is told from what its server answers", async () => {
		expect(await why(status(404))).toBe("not-found");
		expect(await why(status(410))).toBe("not-found");
		expect(await why(status(401))).toBe("forbidden");
		expect(await why(status(403))).toBe("forbidden");
		expect(await why(status(503))).toBe("server");
		expect(await why(status(200, "text/html; charset=utf-8"))).toBe("not-a-stream");
		expect(await why(status(200, "video/mp4"))).toBe("undecodable");
	});

	test("tells a server that lets no page read it from one that is not there, and from the viewer's own network being away", async () => {
		expect(await why({ "https://a.example/live.m3u8": null })).toBe("cors");
		expect(await why({})).toBe("network");
		expect(await why({}, false)).toBe("offline");
	});

	test("knows an address that an encrypted page may not ask, without asking", async () => {
		const network = networkOf({});
		expect(await diagnose("http://a.example/live.m3u8", network, otherwise)).toBe("insecure");
		expect(network.asked).toEqual([]);
		expect(await diagnose("http://127.0.0.1:9/live.m3u8", network, otherwise)).toBe("network");
		expect(await diagnose("/live.m3u8", networkOf({ "/live.m3u8": new Response("", { status: 404 }) }), otherwise)).toBe("not-found");
	});
});
