import type { Logger } from "../runtime/log.ts";

/** Different origins that are logged; more are a crowd of somebody else's pages. */
const originsLoggedMax = 8;

/** Refusals that an operator can mend by a setting, each once: a log that repeats them hides what else there is. */
export class RefusalLog {
	readonly #logger: Logger;
	readonly #origins = new Set<string>();
	#isNameLogged = false;
	#isPathLogged = false;

	constructor(logger: Logger) {
		this.#logger = logger;
	}

	/** A request was sent to a name that is not taken. */
	name(host: string): void {
		if (this.#isNameLogged) return;
		this.#isNameLogged = true;
		const settings = `HUBBUB_TRUSTED_PROXIES=loopback, or HUBBUB_ALLOWED_ORIGINS with the name's origin`;
		this.#logger.warn(
			{ host },
			`requests to this name are refused, since only this machine is listened to; behind a proxy, set ${settings}`,
		);
	}

	/** There is nothing at an address that looks as if a proxy had left a path before it. */
	path(path: string, advice: string): void {
		if (this.#isPathLogged) return;
		this.#isPathLogged = true;
		this.#logger.warn({ path }, `there is nothing at this address. ${advice}`);
	}

	/** A page may not connect. `words` says why, and which setting is concerned. */
	origin(origin: string, words: string): void {
		if (this.#origins.has(origin) || this.#origins.size >= originsLoggedMax) return;
		this.#origins.add(origin);
		this.#logger.warn({ origin }, words);
	}
}
