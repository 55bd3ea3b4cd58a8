import { css } from "lit";

/** Buttons, fields and words for assistive technology only: the look every part of the pages shares. */
export const controls = css`
	*, *::before, *::after { box-sizing: border-box; }
	[hidden] { display: none !important; }
	button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; touch-action: manipulation; }
	button:disabled { cursor: not-allowed; }
	:focus { outline: none; }
	:focus-visible { outline: 2px solid var(--hubbub-focus); outline-offset: 2px; }
	.icon { display: block; flex: none; }
	.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
	.tool { display: inline-grid; place-items: center; min-width: 36px; height: 36px; border-radius: var(--hubbub-radius-small); color: var(--hubbub-quiet); transition: background var(--hubbub-quick), color var(--hubbub-quick); }
	.tool:hover { background: var(--hubbub-hover); color: var(--hubbub-ink); }
	.tool[aria-pressed="true"], .tool[aria-expanded="true"] { color: var(--hubbub-accent); }
	.button { display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 40px; padding: 0 18px; border-radius: var(--hubbub-radius-round); background: var(--hubbub-accent); color: var(--hubbub-on-accent); font-weight: 600; text-decoration: none; transition: filter var(--hubbub-quick); }
	.button:hover { filter: brightness(1.07); }
	.button.quiet { background: var(--hubbub-hover); color: var(--hubbub-ink); }
	.field { width: 100%; min-height: 40px; padding: 8px 12px; border: 1px solid var(--hubbub-line); border-radius: var(--hubbub-radius-small); background: var(--hubbub-raised); color: var(--hubbub-ink); font: inherit; }
	.field:focus { border-color: var(--hubbub-focus); outline: 2px solid var(--hubbub-focus); outline-offset: -1px; }
	.card { background: var(--hubbub-raised); color: var(--hubbub-ink); border: 1px solid var(--hubbub-line); border-radius: var(--hubbub-radius); box-shadow: var(--hubbub-shadow); }
	@media (pointer: coarse) {
		.tool { min-width: 44px; height: 44px; }
		.button, .field { min-height: 44px; }
		.field { font-size: 16px; }
	}
	@media (forced-colors: active) {
		button, .button, .card { border: 1px solid ButtonBorder; }
		[aria-disabled="true"], button:disabled { color: GrayText; border-color: GrayText; }
		[aria-pressed="true"], [aria-expanded="true"], input:checked + span { forced-color-adjust: none; background: Highlight !important; color: HighlightText !important; border-color: Highlight; }
		[aria-pressed="true"]:focus-visible, [aria-expanded="true"]:focus-visible { outline: 2px solid HighlightText !important; outline-offset: -4px !important; }
	}
`;
