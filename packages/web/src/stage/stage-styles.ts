import { css } from "lit";

/** The stage is always dark, whatever the page's theme: every token inside follows `color-scheme`. */
export const stageStyles = css`
	:host { position: relative; display: block; overflow: hidden; background: oklch(0.12 0.01 45); color: var(--hubbub-ink); color-scheme: dark; isolation: isolate; }
	video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; background: oklch(0.08 0.005 45); }
	video.away { visibility: hidden; }
	.danmaku { position: absolute; inset: 0; overflow: hidden; pointer-events: none; contain: strict; font-family: var(--hubbub-font); font-weight: 700; z-index: 1; }
	.line { position: absolute; left: 0; top: 0; white-space: nowrap; will-change: transform; unicode-bidi: isolate; text-shadow: 0 0 3px oklch(0 0 0 / 0.9), 0 1px 2px oklch(0 0 0 / 0.9), 1px 0 1px oklch(0 0 0 / 0.7), -1px 0 1px oklch(0 0 0 / 0.7); }
	.line.deep { text-shadow: 0 0 3px oklch(1 0 0 / 0.9), 0 1px 2px oklch(1 0 0 / 0.8); }
	.line[data-mode="top"], .line[data-mode="bottom"] { inset-inline: 0; width: max-content; max-width: 100%; margin-inline: auto; overflow: hidden; text-overflow: ellipsis; }
	.line.mine { padding: 0 0.4em; border-radius: 0.3em; box-shadow: inset 0 0 0 2px currentColor; }
	.bar { position: absolute; inset: auto 0 0; z-index: 2; display: flex; align-items: center; gap: 2px; padding: 28px calc(8px + var(--stage-inset, 0px)) 6px 8px; background: linear-gradient(to top, oklch(0.08 0.01 45 / 0.72), transparent); opacity: 0; transition: opacity var(--hubbub-quick); }
	.bar .tool, .bar ::slotted(.tool) { color: oklch(0.96 0.01 80); }
	.bar .tool[aria-pressed="true"] { color: var(--hubbub-accent); }
	.space { flex: 1; }
	:host(:hover) .bar, :host(:focus-within) .bar { opacity: 1; }
	@media (hover: none) { .bar { opacity: 1; padding-top: 20px; } }
	.unmute { position: absolute; z-index: 3; inset-block-start: 12px; inset-inline-start: 12px; display: flex; align-items: center; gap: 8px; min-height: 40px; padding: 0 16px 0 12px; border-radius: var(--hubbub-radius-round); background: oklch(0.98 0.01 80 / 0.94); color: oklch(0.2 0.02 45); font-weight: 600; box-shadow: var(--hubbub-shadow); }
	.call { position: absolute; inset: 0; display: grid; place-content: center; justify-items: center; gap: 12px; text-align: center; padding: 24px; background: oklch(0.12 0.02 40 / 0.85); }
	.call.light { background: none; color: oklch(0.95 0.02 80); text-shadow: 0 1px 6px oklch(0 0 0 / 0.9); }
	.call p { margin: 0; font-size: 16px; line-height: 24px; }
	.again { position: absolute; z-index: 2; inset-block-end: 30%; inset-inline: 0; width: max-content; margin-inline: auto; }
	.spinner { width: 28px; height: 28px; border-radius: 50%; border: 3px solid oklch(1 0 0 / 0.25); border-block-start-color: var(--hubbub-accent); animation: turn 0.9s linear infinite; }
	@keyframes turn { to { transform: rotate(1turn); } }
	@media (prefers-reduced-motion: reduce) { .spinner { animation: none; } }
`;
