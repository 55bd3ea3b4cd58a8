import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cache, root } from "../machine/install.ts";
import { run } from "../machine/program.ts";

/**
 * What a long part has measured so far, so that a run that was ended goes on where it stopped. It counts for the same code and the same options alone;
 * anything else begins anew.
 */
export class Unfinished<Measured> {
	readonly #file: string;
	readonly #options: string;
	#measured: Record<string, Measured> | null = null;

	constructor(part: string, options: Readonly<Record<string, number>>, folder = cache) {
		this.#file = join(folder, "unfinished", `${part}.json`);
		this.#options = JSON.stringify(options);
	}

	/** Measures, unless that was done before. */
	async once(key: string, measure: () => Promise<Measured>): Promise<Measured> {
		const measured = await this.#load();
		const known = measured[key];
		if (known !== undefined) return known;
		const result = await measure();
		measured[key] = result;
		mkdirSync(dirname(this.#file), { recursive: true });
		writeFileSync(this.#file, JSON.stringify({ of: await this.#subject(), measured }));
		return result;
	}

	/** All is measured: the next run begins anew. */
	done(): void {
		rmSync(this.#file, { force: true });
		this.#measured = null;
	}

	async #load(): Promise<Record<string, Measured>> {
		if (this.#measured) return this.#measured;
		this.#measured = {};
		if (!existsSync(this.#file)) return this.#measured;
		const { of, measured } = JSON.parse(readFileSync(this.#file, "utf8")) as { of: string; measured: Record<string, Measured> };
		if (of === (await this.#subject())) this.#measured = measured;
		return this.#measured;
	}

	async #subject(): Promise<string> {
		const code = await run(["git", "rev-parse", "HEAD:packages/server/src"], root).catch(() => "unknown");
		return `${code.trim()} ${this.#options}`;
	}
}
