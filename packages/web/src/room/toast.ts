import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from "lit";
import { browserClock } from "../clock.ts";

/** How long a passing word ("Copied") is shown. */
const toastMs = 2_000;

/** A word in passing, which goes by itself. The next one takes its place. */
export class Toast implements ReactiveController {
	readonly #host: ReactiveControllerHost;
	#words = "";
	#cancel: (() => void) | null = null;

	constructor(host: ReactiveControllerHost) {
		this.#host = host;
		host.addController(this);
	}

	get template(): TemplateResult | typeof nothing {
		return this.#words === "" ? nothing : html`<div class="toast" role="status">${this.#words}</div>`;
	}

	show(words: string): void {
		this.#words = words;
		this.#cancel?.();
		this.#cancel = browserClock.after(toastMs, () => {
			this.#words = "";
			this.#host.requestUpdate();
		});
		this.#host.requestUpdate();
	}

	hostDisconnected(): void {
		this.#cancel?.();
	}
}
