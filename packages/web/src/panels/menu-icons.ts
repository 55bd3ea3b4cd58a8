import { type SVGTemplateResult, svg } from "lit";

/** Shapes that only the menu shows; see `theme/icons.ts`. */
export const menuIcons = {
	gear: svg`<path d="M4 7h6m4 0h6M4 12h2m4 0h10M4 17h9m4 0h3"/><circle cx="12" cy="7" r="2"/><circle cx="8" cy="12" r="2"/><circle cx="15" cy="17" r="2"/>`,
	server: svg`<rect x="4" y="5" width="16" height="6" rx="2"/><rect x="4" y="13" width="16" height="6" rx="2"/><path d="M7.5 8h.1m-.1 8h.1M12 8h4.5M12 16h4.5"/>`,
	key: svg`<circle cx="8.5" cy="15.5" r="4"/><path d="m11.5 12.5 8-8m-3 3 2.5 2.5m-5.2.2 1.8 1.8"/>`,
	leave: svg`<path d="M10 5H6.5A1.5 1.5 0 0 0 5 6.5v11A1.5 1.5 0 0 0 6.5 19H10m5-10.5L18.5 12 15 15.5M18 12H9.5"/>`,
	globe: svg`<circle cx="12" cy="12" r="8.2"/><path d="M3.8 12h16.4M12 3.8c2.8 2.6 4 5.3 4 8.2s-1.2 5.6-4 8.2c-2.8-2.6-4-5.3-4-8.2s1.2-5.6 4-8.2Z"/>`,
	moon: svg`<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z"/>`,
	keyboard: svg`<rect x="3" y="6.5" width="18" height="11" rx="2.5"/><path d="M7 10.3h.1m3.2 0h.1m3.2 0h.1m3.2 0h.1M8.5 14h7"/>`,
} satisfies Record<string, SVGTemplateResult>;
