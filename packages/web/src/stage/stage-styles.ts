import { css } from "lit";

/** The stage is always dark, whatever the page's theme: every token inside follows `color-scheme`. */
export const stageStyles = css`
	:host { position: relative; display: block; overflow: hidden; background: oklch(0.12 0.01 45); color: var(--hubbub-ink); color-scheme: dark; isolation: isolate; }
	.danmaku { position: absolute; inset: 0; overflow: hidden; pointer-events: none; contain: strict; font-family: var(--hubbub-font); font-weight: 700; z-index: 1; }
	.danmaku.below { inset-block-start: var(--stage-top, 0px); }
	.line { --edge: 0.06em; position: absolute; left: 0; top: 0; white-space: nowrap; will-change: transform; unicode-bidi: isolate; text-shadow: var(--edge) 0 var(--outline), calc(-1 * var(--edge)) 0 var(--outline), 0 var(--edge) var(--outline), 0 calc(-1 * var(--edge)) var(--outline), 0.045em 0.045em var(--outline), -0.045em 0.045em var(--outline), 0.045em -0.045em var(--outline), -0.045em -0.045em var(--outline), 0 0 0.2em var(--outline); }
	.line.dark { --outline: #000; }
	.line.light { --outline: #fff; }
	.line[data-mode="top"], .line[data-mode="bottom"] { inset-inline: 0; width: max-content; max-width: calc(100% - 6em); margin-inline: auto; }
	.words { display: block; overflow: hidden; overflow: clip; overflow-clip-margin: 0.2em; text-overflow: ellipsis; }
	.count { position: absolute; inset-block-start: 0; left: 100%; margin-left: 0.25em; font-size: 0.85em; font-variant-numeric: tabular-nums; }
	.line.mine { padding: 0 0.4em; border-radius: 0.3em; box-shadow: inset 0 0 0 2px currentColor; }
	.line.sending > * { opacity: 0.55; }
	.bar, .top { position: absolute; inset-inline: 0; z-index: 4; transition: opacity var(--hubbub-quick); }
	.bar { inset-block-end: 0; display: flex; flex-wrap: wrap; align-items: center; gap: 2px; padding: 28px calc(8px + max(env(safe-area-inset-right), var(--stage-inset, 0px))) calc(6px + env(safe-area-inset-bottom)) calc(8px + env(safe-area-inset-left)); background: linear-gradient(to top, oklch(0.08 0.01 45 / 0.72), transparent); }
	.top { inset-block-start: 0; }
	:host([calm]) { cursor: none; }
	:host([calm]) .bar, :host([calm]) .top { opacity: 0; }
	.bar .tool, .bar ::slotted(.tool) { color: oklch(0.96 0.01 80); }
	.bar .tool[aria-pressed="true"] { color: var(--hubbub-accent); }
	.space { flex: 1; }
	@media (hover: none) { .bar { padding-block-start: 20px; } :host([calm]) .bar, :host([calm]) .top { pointer-events: none; } }
	@media (forced-colors: active) { .bar { background: Canvas; } .bar .tool, .bar ::slotted(.tool) { color: ButtonText; } }
`;
