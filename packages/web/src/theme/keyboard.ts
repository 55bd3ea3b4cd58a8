/** The element that has the focus, looked for inside components too. */
export function activeElement(): Element | null {
	let active = document.activeElement;
	while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
	return active;
}

/** Whether a key is Escape, and not one that an input method takes for itself. */
export function isEscape(event: KeyboardEvent): boolean {
	return event.key === "Escape" && !isComposing(event);
}

/** Whether an input method has this key. 229 is what browsers report for such a key; Safari says so only there. */
export function isComposing(event: KeyboardEvent): boolean {
	return event.isComposing || event.keyCode === 229;
}
