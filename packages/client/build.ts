import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));

/**
 * The SDK as one minified ES module for browsers, without dependencies: what a server hands out as `/sdk.js`.
 * Throws where it does not compile.
 */
export async function bundleSdk(): Promise<string> {
	const built = await Bun.build({ entrypoints: [join(folder, "src/hubbub.ts")], target: "browser", format: "esm", minify: true });
	const [output] = built.outputs;
	if (!output) throw new Error("The SDK did not compile to one file.");
	return output.text();
}

/** Writes `dist/hubbub.js`; answers its size in bytes, as it is and compressed. */
async function main(): Promise<void> {
	const code = await bundleSdk();
	await Bun.write(join(folder, "dist/hubbub.js"), code);
	const bytes = Buffer.byteLength(code);
	const gzipBytes = Bun.gzipSync(Buffer.from(code), { level: 9 }).length;
	console.log(`dist/hubbub.js: ${bytes} bytes, ${gzipBytes} with gzip`);
}

if (import.meta.main) await main();
