import { html, type SVGTemplateResult, svg, type TemplateResult } from "lit";

/** Every icon: 24×24, one colour (`currentColor`), strokes of 1.75 unless filled. Decorative; the control around it carries the words. */
const shapes = {
	heart: svg`<path d="M12 20.3 4.6 13A5 5 0 0 1 11.7 6l.3.3.3-.3a5 5 0 0 1 7.1 7.1Z"/>`,
	send: svg`<path d="M5 12h13M12.5 5.5 19 12l-6.5 6.5"/>`,
	reply: svg`<path d="M9 7 4 12l5 5M4.5 12H14a6 6 0 0 1 6 6v1"/>`,
	copy: svg`<rect x="8.5" y="8.5" width="11" height="11" rx="2.5"/><path d="M15.5 8.5v-2a2 2 0 0 0-2-2h-7a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h2"/>`,
	trash: svg`<path d="M4.5 7h15M9.5 7V4.8h5V7M6.5 7l.8 12.2h9.4L17.5 7M10.3 11v4.5M13.7 11v4.5"/>`,
	down: svg`<path d="m6 9.5 6 6 6-6"/>`,
	close: svg`<path d="m6.5 6.5 11 11m0-11-11 11"/>`,
	eye: svg`<path d="M2.8 12S6 5.8 12 5.8 21.2 12 21.2 12 18 18.2 12 18.2 2.8 12 2.8 12Z"/><circle cx="12" cy="12" r="2.8"/>`,
	menu: svg`<path d="M5 7h14M5 12h14M5 17h14"/>`,
	sliders: svg`<path d="M4 8h9m5 0h2M4 16h2m5 0h9"/><circle cx="15.5" cy="8" r="2.3"/><circle cx="8.5" cy="16" r="2.3"/>`,
	danmaku: svg`<rect x="3.5" y="5" width="17" height="14" rx="3.5"/><path d="M7 10h6m3.5 0h.5M9.5 14H17M7 14h.2"/>`,
	danmakuOff: svg`<path d="M8 5h9a3.5 3.5 0 0 1 3.5 3.5v7M18 18.6a3.5 3.5 0 0 1-1 .4H7A3.5 3.5 0 0 1 3.5 15.5v-7c0-1.2.6-2.2 1.5-2.9M4 3.5l16.5 17"/>`,
	palette: svg`<path d="M12 3.8a8.2 8.2 0 1 0 0 16.4c1.5 0 2-.9 1.7-2-.4-1.5.3-2.6 1.9-2.6h1.7c1.8 0 2.9-1.3 2.9-3.4 0-4.7-3.7-8.4-8.2-8.4Z"/><circle cx="8" cy="11" r=".9"/><circle cx="11" cy="7.8" r=".9"/><circle cx="15.3" cy="8.8" r=".9"/>`,
	volume: svg`<path d="M4 9.7v4.6h3.2L12 18.5v-13L7.2 9.7ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.3a8 8 0 0 1 0 11.4"/>`,
	muted: svg`<path d="M4 9.7v4.6h3.2L12 18.5v-13L7.2 9.7ZM16 9.8l4.5 4.5m0-4.5L16 14.3"/>`,
	play: svg`<path d="M8 5.5v13l10.5-6.5Z"/>`,
	pause: svg`<path d="M8.5 6v12m7-12v12"/>`,
	expand: svg`<path d="M9 4.5H4.5V9m10.5-4.5h4.5V9M9 19.5H4.5V15m10.5 4.5h4.5V15"/>`,
	shrink: svg`<path d="M4.5 9H9V4.5m6 0V9h4.5M4.5 15H9v4.5m6 0V15h4.5"/>`,
	theatre: svg`<rect x="2.5" y="6.5" width="19" height="11" rx="2"/>`,
	talk: svg`<path d="M5.5 5h13A2.5 2.5 0 0 1 21 7.5v7a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 3.5V17h-2A2.5 2.5 0 0 1 3 14.5v-7A2.5 2.5 0 0 1 5.5 5Z"/>`,
	pencil: svg`<path d="m14.5 6 3.5 3.5M5 19l.8-4L15.5 5.3a1.7 1.7 0 0 1 2.4 0l.8.8a1.7 1.7 0 0 1 0 2.4L9 18.2Z"/>`,
	check: svg`<path d="m5.5 12.5 4.3 4.3 8.7-9.3"/>`,
	lock: svg`<rect x="5.5" y="10.5" width="13" height="9" rx="2.5"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof shapes;

/** An icon of 20 CSS pixels unless the style around it says otherwise. */
export function icon(name: IconName): TemplateResult {
	return drawIcon(shapes[name]);
}

/** The same for a shape of a panel's own. */
export function drawIcon(shape: SVGTemplateResult): TemplateResult {
	return html`<svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shape}</svg>`;
}
