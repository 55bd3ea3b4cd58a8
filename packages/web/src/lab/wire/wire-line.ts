import { type LabCommand, type Observation, readObservation } from "./observation.ts";

/** The page's line to the lab on the server. */
type Phase =
	| { readonly is: "away" }
	/** Commands wait for the line to open. */
	| { readonly is: "dialing"; readonly socket: WebSocket; readonly waiting: LabCommand[] }
	| { readonly is: "up"; readonly socket: WebSocket };

/** Commands that may wait for the line; more are let go, since nobody presses that many buttons meanwhile. */
const waitingMax = 32;

/**
 * Carries commands to the lab's client of bytes on the server, and what it saw back. The line is dialed by the first command, and again
 * by the next one after it was lost; `onLost` says so.
 */
export class WireLine {
	readonly #url: string;
	readonly #onSeen: (seen: Observation) => void;
	readonly #onLost: () => void;
	#phase: Phase = { is: "away" };

	constructor(url: string, on: { seen: (seen: Observation) => void; lost: () => void }) {
		this.#url = url;
		this.#onSeen = on.seen;
		this.#onLost = on.lost;
	}

	send(command: LabCommand): void {
		switch (this.#phase.is) {
			case "up":
				return this.#phase.socket.send(JSON.stringify(command));
			case "dialing":
				if (this.#phase.waiting.length < waitingMax) this.#phase.waiting.push(command);
				return;
			case "away":
				return this.#dial(command);
			default:
				this.#phase satisfies never;
		}
	}

	close(): void {
		const phase = this.#phase;
		this.#phase = { is: "away" };
		if (phase.is !== "away") phase.socket.close();
	}

	#dial(command: LabCommand): void {
		const socket = new WebSocket(this.#url);
		const waiting = [command];
		this.#phase = { is: "dialing", socket, waiting };
		socket.onopen = () => {
			if (this.#phase.is !== "dialing" || this.#phase.socket !== socket) return;
			this.#phase = { is: "up", socket };
			for (const kept of waiting) socket.send(JSON.stringify(kept));
		};
		socket.onmessage = (event: MessageEvent<string>) => {
			const seen = readObservation(event.data);
			if (seen) this.#onSeen(seen);
		};
		socket.onclose = () => {
			if (this.#phase.is === "away" || this.#phase.socket !== socket) return;
			this.#phase = { is: "away" };
			this.#onLost();
		};
	}
}
