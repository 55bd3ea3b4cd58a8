import { css } from "lit";

export const listStyles = css`
	:host { position: relative; display: block; min-height: 0; overflow: hidden; }
	.scroller { display: flex; flex-direction: column; height: 100%; overflow-y: auto; overflow-x: hidden; overflow-anchor: none; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--hubbub-line) transparent; }
	.scroller:focus-visible { outline-offset: -2px; }
	.sheet { position: relative; flex: none; padding: 16px 0 8px; }
	.sheet.bare { flex: 1; display: grid; }
	ol { margin: 0; padding: 0; list-style: none; }
	/* Clips, too, what is piled up on letters. A clip inside of the row would have the browser paint a hundred rows anew whenever the list moves. */
	li { contain: content; }
	.edge { display: flex; align-items: center; justify-content: center; gap: 8px; min-height: 36px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; text-align: center; }
	.edge button { color: var(--hubbub-accent-ink); font-weight: 600; padding: 8px; }
	.newest { position: absolute; inset-block-end: 12px; inset-inline: 0; width: max-content; max-width: calc(100% - 32px); margin-inline: auto; display: flex; align-items: center; gap: 6px; min-height: 36px; padding: 0 14px 0 10px; border-radius: var(--hubbub-radius-round); background: var(--hubbub-accent); color: var(--hubbub-on-accent); font-weight: 600; box-shadow: var(--hubbub-shadow); font-variant-numeric: tabular-nums; z-index: 2; }
	.newest.plain { background: var(--hubbub-raised); color: var(--hubbub-ink); border: 1px solid var(--hubbub-line); }
	.empty { display: grid; justify-items: center; align-content: center; gap: 4px; flex: 1; padding: 32px 24px; text-align: center; color: var(--hubbub-quiet); }
	.empty svg { width: 96px; height: 72px; margin-bottom: 8px; color: var(--hubbub-accent); }
	.empty strong { color: var(--hubbub-ink); font-size: 16px; line-height: 24px; }
	.paused { position: absolute; inset-block-start: 8px; inset-inline: 0; width: max-content; margin-inline: auto; padding: 2px 12px; border-radius: var(--hubbub-radius-round); background: var(--hubbub-raised); border: 1px solid var(--hubbub-line); color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; pointer-events: none; }
	@media (pointer: coarse) { .newest, .edge button { min-height: 44px; } }
`;
