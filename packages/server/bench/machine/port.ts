/** Below the ports that systems give to connections, and to listeners that take any: what is closed for a while is still free then. */
const [portMin, portMax] = [20_000, 32_000];

/** A port that is free now, for programs that cannot choose one by themselves, and for servers that come back to theirs. */
export function freePort(): number {
	for (;;) {
		const port = portMin + Math.floor(Math.random() * (portMax - portMin));
		try {
			Bun.listen({ hostname: "0.0.0.0", port, socket: { data() {} } }).stop(true);
			return port;
		} catch {
			// Somebody listens there: another.
		}
	}
}

/** Resolves when something listens there. Throws after five seconds. */
export async function listening(port: number): Promise<void> {
	for (let attempt = 0; attempt < 100; attempt++) {
		const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } }).catch(() => null);
		if (socket) {
			socket.end();
			return;
		}
		await Bun.sleep(50);
	}
	throw new Error(`nothing listens on port ${port}`);
}
