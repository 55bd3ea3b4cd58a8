import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** One module of the built SDK. */
export interface SdkFile {
	/** Name of the file. All of them stand in one folder, since they import each other by name. */
	readonly path: string;
	readonly text: string;
	/** Whether the name changes with the content. */
	readonly immutable: boolean;
}

/**
 * The SDK as minified ES modules for browsers, without dependencies: first `{name}.js`, the one a page imports, then
 * `{name}-http-{hash}.js`, which that one loads when the network lets no WebSocket through, and for pages of history. Throws where it does not
 * compile.
 */
export async function bundleSdk(name: string): Promise<readonly SdkFile[]> {
	const http = await bundle("src/http/http.ts", []);
	const path = `${name}-http-${Bun.hash(http).toString(36)}.js`;
	// Named by hand: the bundler's own splitting would add a loader of 400 bytes.
	const lazily: Bun.BunPlugin = {
		name: "the module over HTTP is a file of its own",
		setup(builder) {
			builder.onResolve({ filter: /\/http\.ts$/ }, ({ kind }) =>
				kind === "dynamic-import" ? { path: `./${path}`, external: true } : undefined,
			);
		},
	};
	const main = await bundle("src/hubbub.ts", [lazily]);
	return [
		{ path: `${name}.js`, text: main, immutable: false },
		{ path, text: http, immutable: true },
	];
}

async function bundle(entry: string, plugins: Bun.BunPlugin[]): Promise<string> {
	const built = await Bun.build({ entrypoints: [join(folder, entry)], target: "browser", format: "esm", minify: true, plugins });
	const [output] = built.outputs;
	if (!output || built.outputs.length > 1) throw new Error(`${entry} did not compile to one file.`);
	return output.text();
}

/** Writes the modules into `dist/`; says the size of each in bytes, as it is and compressed. */
async function main(): Promise<void> {
	for (const { path, text } of await bundleSdk("hubbub")) {
		await Bun.write(join(folder, "dist", path), text);
		const bytes = Buffer.from(text);
		const gzipBytes = Bun.gzipSync(bytes, { level: 9 }).length;
		console.log(`dist/${path}: ${bytes.length} bytes, ${gzipBytes} with gzip, ${brotliCompressSync(bytes).length} with brotli`);
	}
}

if (import.meta.main) await main();
