import { expect, test } from "bun:test";
import { bundleSdk } from "./build.ts";

/** What a page pays for the SDK, compressed. */
const gzipBytesMax = 10 * 1_024;

test("the SDK is one module without imports, of at most 10 KiB with gzip, and works as built", async () => {
	const code = await bundleSdk();
	expect(Bun.gzipSync(Buffer.from(code), { level: 9 }).length).toBeLessThanOrEqual(gzipBytesMax);
	expect(new Bun.Transpiler({ loader: "js" }).scan(code).imports).toEqual([]);
	const sdk = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
	expect(Object.keys(sdk).sort()).toEqual(["HubbubError", "HubbubSocket", "connect"]);
	expect(() => sdk.connect("nonsense")).toThrow(DOMException);
});
