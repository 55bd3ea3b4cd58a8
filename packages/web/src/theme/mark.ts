import { html, type TemplateResult } from "lit";

/** The mark: a speech bubble whose tail is a wave. One colour, `currentColor`; the same drawing as `mark.svg`. */
export function mark(): TemplateResult {
	return html`<svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><path fill="currentColor" d="M16 3C8.3 3 2 8.2 2 14.7c0 3.6 2 6.8 5 8.9.3 2-.6 3.6-2.2 4.6-.6.4-.4 1.3.3 1.4 3.6.4 6.4-1 8.2-3.5.9.1 1.8.2 2.7.2 2.3 0 3.3-1.6 5.2-1.6s2.6 1.2 4.4.7c.6-.2.7-.9.3-1.3-.6-.7-.7-1.4-.2-2.1 2.6-2 4.3-4.9 4.3-8.2C30 8.2 23.7 3 16 3Z"/></svg>`;
}
