/** What there is to tell an operator at start. */
export interface Started {
	/** The address to open, for example `http://localhost:8080`. */
	readonly url: string;
	/** Where data is kept, for people. */
	readonly keptIn: string;
	/** The one-time set-up token; null once the server is set up. */
	readonly setUpToken: string | null;
}

/** The token stands in the fragment, which browsers send to nobody. */
export function addressOfSetUp(url: string, setUpToken: string): string {
	return `${url}/setup#${setUpToken}`;
}

export function banner({ url, keptIn, setUpToken }: Started): string {
	const lines = [
		"",
		"  Hubbub is on. 直播间讨论区已就绪。",
		"",
		`  Room      ${url}/`,
		`  Any room  ${url}/rooms/your-room`,
		`  Operator  ${url}/setup`,
		`  Kept in   ${keptIn}`,
	];
	if (setUpToken !== null)
		lines.push(
			"",
			"  First time here? Make yourself the operator, and a room with its stream (works once):",
			`  ${addressOfSetUp(url, setUpToken)}`,
		);
	lines.push("", "  Ctrl-C stops it. --help explains every setting.", "");
	return lines.join("\n");
}
