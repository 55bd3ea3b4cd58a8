import { css } from "lit";

/** Dark in every theme, as a picture is. Makes no stacking context, so that the stage can put danmaku between the picture and what can be pressed. */
export const streamStyles = css`
	:host { position: absolute; inset: 0; display: block; color-scheme: dark; color: var(--hubbub-ink); font: 14px/20px var(--hubbub-font); }
	video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; background: var(--stream-dark, oklch(0.11 0.008 45)); }
	video.away { visibility: hidden; }
	.veil { position: absolute; inset: 0; background: oklch(0.12 0.02 40 / 0.72); }
	.call { position: absolute; z-index: 3; inset: 0; display: grid; align-content: center; justify-items: center; gap: 12px; padding: calc(var(--stage-top, 0px) + 8px) 24px 52px; text-align: center; color: oklch(0.96 0.02 80); pointer-events: none; }
	.call > button { pointer-events: auto; }
	.words { display: grid; justify-items: center; gap: 8px; text-shadow: 0 1px 10px oklch(0.12 0.04 40 / 0.9); }
	.words:has(p):not(:has(h2)) { padding: 16px 40px; background: radial-gradient(closest-side, oklch(0.12 0.02 40 / 0.8), oklch(0.12 0.02 40 / 0.55) 60%, transparent); }
	.words p { margin: 0; max-width: 46ch; font-size: 16px; line-height: 24px; text-wrap: balance; }
	.words h2 { margin: 0; font: 600 clamp(20px, 3.4vw, 44px) / 1.22 var(--hubbub-poster-font); text-wrap: balance; }
	.wait { font-variant-numeric: tabular-nums; }
	.late { animation: appear 0.3s 1s both; }
	.unmute { position: absolute; z-index: 3; inset-block-start: calc(12px + var(--stage-top, 0px)); inset-inline-start: calc(12px + env(safe-area-inset-left)); display: flex; align-items: center; gap: 8px; min-width: 40px; min-height: 40px; padding: 0 10px; border-radius: var(--hubbub-radius-round); background: oklch(0.98 0.01 80 / 0.94); color: oklch(0.2 0.02 45); font-weight: 600; box-shadow: var(--hubbub-shadow); }
	.unmute span { padding-inline-end: 6px; }
	.start { display: grid; place-items: center; width: 72px; height: 72px; border-radius: 50%; background: oklch(0.98 0.01 80 / 0.94); color: oklch(0.2 0.02 45); box-shadow: var(--hubbub-shadow); }
	.start .icon { width: 36px; height: 36px; fill: currentColor; }
	.spinner { width: 28px; height: 28px; border-radius: 50%; border: 3px solid oklch(1 0 0 / 0.25); border-block-start-color: var(--hubbub-accent); animation: turn 0.9s linear infinite; }
	@keyframes turn { to { transform: rotate(1turn); } }
	@keyframes appear { from { opacity: 0; } }
	@media (pointer: coarse) { .unmute { min-width: 44px; min-height: 44px; padding: 0 12px; } }
	@media (prefers-reduced-motion: reduce) { .spinner, .late { animation: none; } }
`;
