import type { ReactiveController, ReactiveControllerHost } from "lit";
import { loadPanel, type Panel } from "./panel.ts";

/** Which panel stands open over the room, and the button that opened it where that stands elsewhere. */
export class Panels implements ReactiveController {
	readonly #host: ReactiveControllerHost;
	readonly #failed: () => void;
	#shown: Panel = "none";
	#opener: HTMLElement | null = null;

	/** `failed`: a panel could not be fetched. */
	constructor(host: ReactiveControllerHost, failed: () => void) {
		this.#host = host;
		this.#failed = failed;
		host.addController(this);
	}

	get shown(): Panel {
		return this.#shown;
	}

	get opener(): HTMLElement | null {
		return this.#opener;
	}

	/** Opens a panel, fetching it first, or shuts it if it is open. */
	async toggle(panel: Exclude<Panel, "none">, opener: HTMLElement | null = null): Promise<void> {
		if (this.#shown === panel) return this.close();
		try {
			await loadPanel(panel);
		} catch {
			return this.#failed();
		}
		this.#shown = panel;
		this.#opener = opener;
		this.#host.requestUpdate();
	}

	readonly close = (): void => {
		this.#shown = "none";
		this.#host.requestUpdate();
	};

	hostDisconnected(): void {
		this.#shown = "none";
	}
}
