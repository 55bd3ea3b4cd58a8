import type { ReactiveController, ReactiveControllerHost } from "lit";
import { type KeyAction, keyAction, takesKeys } from "./keys.ts";

/** The keyboard of the page: hears keys wherever nothing else takes them, and has their action carried out. */
export class PageKeys implements ReactiveController {
	readonly #perform: (action: KeyAction) => boolean;

	/** `perform` answers whether the key is used up. */
	constructor(host: ReactiveControllerHost, perform: (action: KeyAction) => boolean) {
		this.#perform = perform;
		host.addController(this);
	}

	hostConnected(): void {
		document.addEventListener("keydown", this.#onKey);
	}

	hostDisconnected(): void {
		document.removeEventListener("keydown", this.#onKey);
	}

	readonly #onKey = (event: KeyboardEvent): void => {
		const action = takesKeys(event.composedPath()[0]) ? null : keyAction(event);
		if (action && this.#perform(action)) event.preventDefault();
	};
}
