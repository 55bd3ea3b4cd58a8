/** Where progress goes: standard error, or a stand-in. */
export interface Terminal {
	readonly isTTY?: boolean;
	readonly columns?: number;
	write(text: string): unknown;
}

/** How often a bar is drawn again, and how often plain lines are written where nobody watches. Milliseconds. */
const drawMsMin = 200;
const plainMsMin = 5_000;
const barWidth = 24;

/** Progress of something long: a bar on a terminal, a line now and then in a file. */
export class Progress {
	readonly #terminal: Terminal;
	readonly #now: () => number;
	#shownAt = Number.NEGATIVE_INFINITY;
	#drawn = false;

	constructor(terminal: Terminal, now: () => number) {
		this.#terminal = terminal;
		this.#now = now;
	}

	/** Shows how far it is, `fraction` from 0 to 1 or null where nobody knows, and what to say beside it. Too soon after the last it does nothing. */
	show(fraction: number | null, words: () => string): void {
		const now = this.#now();
		if (now - this.#shownAt < (this.#terminal.isTTY ? drawMsMin : plainMsMin)) return;
		this.#shownAt = now;
		const share = fraction === null ? null : Math.min(1, Math.max(0, fraction));
		const percent = share === null ? "" : `${String(Math.floor(share * 100)).padStart(3)} %  `;
		if (!this.#terminal.isTTY) {
			this.#terminal.write(`${percent}${words()}\n`);
			return;
		}
		const filled = Math.round((share ?? 0) * barWidth);
		const bar = share === null ? "" : `${"█".repeat(filled)}${"░".repeat(barWidth - filled)} `;
		this.#terminal.write(`\r\x1b[2K${`${bar}${percent}${words()}`.slice(0, Math.max(20, (this.#terminal.columns ?? 80) - 1))}`);
		this.#drawn = true;
	}

	/** Writes a line of its own, above the bar where there is one. Control characters in it are made harmless. */
	note(words: string): void {
		this.end();
		this.#terminal.write(`${harmless(words)}\n`);
	}

	/** Takes the bar away. */
	end(): void {
		if (this.#drawn) this.#terminal.write("\r\x1b[2K");
		this.#drawn = false;
	}
}

/** What a server or a file says may hold escape sequences that would take over the terminal. */
export function harmless(words: string): string {
	return words.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

/** 1234.5 as 1,234 ms and 12.34 as 12.3 ms; a dash where there is nothing to tell. */
export function milliseconds(value: number | null): string {
	if (value === null) return "–";
	return `${value >= 100 ? count(Math.round(value)) : value.toFixed(value >= 10 ? 1 : 2)} ms`;
}

/** 48521 as 48,521. */
export function count(value: number): string {
	return Math.round(value).toLocaleString("en-US");
}

/** 3725 seconds as 1:02:05, and 65 as 1:05. */
export function clockTime(seconds: number): string {
	const whole = Math.floor(seconds);
	const two = (value: number) => String(value).padStart(2, "0");
	const minutes = Math.floor(whole / 60) % 60;
	return whole >= 3_600 ? `${Math.floor(whole / 3_600)}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
