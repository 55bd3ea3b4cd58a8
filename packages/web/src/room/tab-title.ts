import type { ReactiveController, ReactiveControllerHost } from "lit";

/** The title of the tab: the page's own, and before it how many messages came while the tab was in the background. */
export class TabTitle implements ReactiveController {
	readonly #host: ReactiveControllerHost;
	readonly #title: () => string | null;
	#unseen = 0;

	/** `title` is asked after each drawing; null leaves the tab's title as it is. */
	constructor(host: ReactiveControllerHost, title: () => string | null) {
		this.#host = host;
		this.#title = title;
		host.addController(this);
	}

	/** `count` messages of others came. */
	came(count: number): void {
		if (document.hidden) this.#unseen += count;
	}

	hostConnected(): void {
		document.addEventListener("visibilitychange", this.#onVisibility);
	}

	hostDisconnected(): void {
		document.removeEventListener("visibilitychange", this.#onVisibility);
	}

	hostUpdated(): void {
		const title = this.#title();
		const unseen = this.#unseen > 99 ? "99+" : this.#unseen;
		if (title !== null) document.title = this.#unseen > 0 ? `(${unseen}) ${title}` : title;
	}

	readonly #onVisibility = (): void => {
		if (!document.hidden) this.#unseen = 0;
		this.#host.requestUpdate();
	};
}
