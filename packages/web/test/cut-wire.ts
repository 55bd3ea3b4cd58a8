import type { Socket } from "bun";

/** What one end of the wire keeps. */
interface Side {
	other: Socket<Side> | null;
	/** What goes to the other end and was not taken yet: it is not there, or busy. */
	readonly waiting: Uint8Array[];
	/** Nothing more comes from here. */
	isOver: boolean;
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
	/** A socket takes as much as there is room for: the rest is written when it has drained. */
	const passOn = ({ other, waiting, isOver }: Side) => {
		if (!other) return;
		for (let bytes = waiting[0]; bytes; bytes = waiting[0]) {
			const taken = Math.max(0, other.write(bytes));
			if (taken < bytes.length) {
				waiting[0] = bytes.subarray(taken);
				return;
			}
			waiting.shift();
		}
		if (isOver) other.end();
	};
	const pass = (from: Socket<Side>, bytes: Uint8Array) => {
		from.data.waiting.push(Uint8Array.from(bytes));
		passOn(from.data);
	};
	const drain = ({ data }: Socket<Side>) => {
		if (data.other) passOn(data.other.data);
	};
	const close = (socket: Socket<Side>) => {
		sides.delete(socket);
		socket.data.isOver = true;
		passOn(socket.data);
	};
	const listener = Bun.listen<Side>({
		hostname: "127.0.0.1",
		port: 0,
		socket: {
			open(near) {
				near.data = { other: null, waiting: [], isOver: false };
				if (state === "cut") return near.terminate();
				sides.add(near);
				void Bun.connect<Side>({
					hostname: target.hostname,
					port: Number(target.port),
					data: { other: near, waiting: [], isOver: false },
					socket: {
						open(far) {
							// The wire was cut, or the page went, while this end was being opened.
							if (near.data.isOver) return far.terminate();
							sides.add(far);
							near.data.other = far;
							passOn(near.data);
						},
						data: pass,
						drain,
						close,
						error: (far) => close(far),
					},
				}).catch(() => near.terminate());
			},
			data: pass,
			drain,
			close,
			error: (near) => close(near),
		},
	});
	return {
		url: `http://127.0.0.1:${listener.port}`,
		cut() {
			state = "cut";
			for (const socket of sides) {
				socket.data.isOver = true;
				socket.terminate();
			}
			sides.clear();
		},
		mend() {
			state = "whole";
		},
		stop: () => listener.stop(true),
	};
}
