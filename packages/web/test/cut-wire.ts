import type { Socket } from "bun";

/** What a side of the wire keeps: its other end, and what came before that was there. */
interface Side {
	other: Socket<Side> | null;
	early: Uint8Array[];
}

/** A wire to a server on this machine that can be cut. */
export interface Wire {
	/** Address of its near end, `http://127.0.0.1:port`. */
	readonly url: string;
	/** Drops every connection and refuses new ones. */
	cut(): void;
	/** Lets connections through again. */
	mend(): void;
	stop(): void;
}

/** Lays a wire to `address`. */
export function layWire(address: string): Wire {
	const target = new URL(address);
	const sides = new Set<Socket<Side>>();
	let state: "whole" | "cut" = "whole";
	const pass = (from: Socket<Side>, bytes: Uint8Array) => {
		if (from.data.other) from.data.other.write(bytes);
		else from.data.early.push(Uint8Array.from(bytes));
	};
	const close = (socket: Socket<Side>) => {
		sides.delete(socket);
		socket.data.other?.end();
	};
	const listener = Bun.listen<Side>({
		hostname: "127.0.0.1",
		port: 0,
		socket: {
			open(near) {
				near.data = { other: null, early: [] };
				if (state === "cut") return near.terminate();
				sides.add(near);
				void Bun.connect<Side>({
					hostname: target.hostname,
					port: Number(target.port),
					data: { other: near, early: [] },
					socket: {
						open(far) {
							sides.add(far);
							near.data.other = far;
							for (const bytes of near.data.early.splice(0)) far.write(bytes);
						},
						data: pass,
						close,
						error: (far) => close(far),
					},
				}).catch(() => near.terminate());
			},
			data: pass,
			close,
			error: (near) => close(near),
		},
	});
	return {
		url: `http://127.0.0.1:${listener.port}`,
		cut() {
			state = "cut";
			for (const socket of sides) socket.terminate();
			sides.clear();
		},
		mend() {
			state = "whole";
		},
		stop: () => listener.stop(true),
	};
}
