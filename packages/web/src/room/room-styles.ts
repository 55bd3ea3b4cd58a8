import { css } from "lit";

export const roomStyles = css`
	:host { display: block; height: 100dvh; min-height: 0; color: var(--hubbub-ink); background: var(--hubbub-page); font: 14px/20px var(--hubbub-font); }
	.room { position: relative; display: grid; height: 100%; min-height: 0; overflow: hidden; }
	main { display: flex; flex-direction: column; min-width: 0; min-height: 0; }
	hubbub-stage { flex: none; display: block; background: oklch(0.14 0.02 40); }
	aside { display: flex; flex-direction: column; min-width: 0; min-height: 0; background: var(--hubbub-panel); }
	/* A group of its own for the compositor: else each drawing asks of every row whether one of a hundred flying lines lies under it, ten times the work. */
	aside { will-change: opacity; }
	hubbub-messages { flex: 1; }
	h1, h2 { margin: 0; }
	.skip { position: absolute; z-index: 20; inset-block-start: 8px; inset-inline-start: 8px; }
	.skip:not(:focus) { clip-path: inset(50%); pointer-events: none; }

	.head { display: flex; align-items: center; gap: 4px; min-width: 0; }
	.mark { flex: none; color: var(--hubbub-accent); margin-inline-end: 8px; }
	.titles { flex: 1; min-width: 0; }
	.titles h1 { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
	.watching { display: inline-flex; align-items: center; gap: 4px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; font-variant-numeric: tabular-nums; white-space: nowrap; }
	.watching .icon { width: 16px; height: 16px; }
	.talk-head { flex: none; min-height: 48px; padding: 0 8px 0 16px; border-bottom: 1px solid var(--hubbub-line); }
	.talk-head h1 { font-size: 14px; line-height: 20px; }
	.talk-head h2 { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 14px; line-height: 20px; }
	.anchor { display: inline-block; }

	[data-layout="wide"] { grid-template: 1fr / minmax(0, 1fr) clamp(360px, 27vw, 420px); }
	[data-layout="wide"] main { padding: 16px 16px 0; gap: 4px; }
	[data-layout="wide"] hubbub-stage { flex: 1; min-height: 0; border-radius: var(--hubbub-radius); }
	[data-layout="wide"][data-talk="away"] { grid-template-columns: minmax(0, 1fr); }
	[data-layout="wide"].theatre main { padding: 0; }
	[data-layout="wide"].theatre hubbub-stage { border-radius: 0; }
	[data-layout="wide"] .under { flex: none; min-height: 76px; padding: 0 4px; }
	[data-layout="wide"] .under h1 { font-size: 20px; line-height: 28px; font-weight: 700; }
	[data-layout="wide"] aside { border-inline-start: 1px solid var(--hubbub-line); }

	[data-layout="tall"] { grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); }
	[data-layout="tall"] hubbub-stage { width: 100%; aspect-ratio: 16 / 9; max-height: 42dvh; }
	[data-layout="tall"] .under { min-height: 52px; padding: 0 4px 0 16px; background: var(--hubbub-panel); border-bottom: 1px solid var(--hubbub-line); position: relative; z-index: 3; }
	[data-layout="tall"] .under h1 { font-size: 14px; line-height: 20px; font-weight: 700; }
	[data-layout="tall"] main { position: relative; z-index: 4; padding-top: env(safe-area-inset-top); background: oklch(0.12 0.01 45); }

	[data-layout="side"] main { position: absolute; inset: 0; }
	[data-layout="side"] hubbub-stage { flex: 1; }
	[data-layout="side"] aside { position: absolute; z-index: 5; inset-block: 0; inset-inline-end: 0; width: var(--drawer); padding-inline-end: env(safe-area-inset-right); color-scheme: dark; color: var(--hubbub-ink); background: oklch(0.16 0.015 45 / 0.88); backdrop-filter: blur(14px); --hubbub-panel: transparent; --hubbub-line: oklch(1 0 0 / 0.14); --hubbub-raised: oklch(0.26 0.02 48); }
	[data-layout="side"] .talk-head { min-height: 44px; padding-inline-end: 4px; }
	[data-layout="side"] { --drawer: calc(min(360px, 60vw) + env(safe-area-inset-right)); }
	@media (orientation: landscape) and (max-width: 559px) { [data-layout="side"] { --drawer: 100%; } }
	@media (max-width: 339px) and (min-height: 600px) {
		.head { flex-wrap: wrap; justify-content: flex-end; }
		.titles { flex-basis: 100%; padding-top: 8px; }
		.titles h1 { white-space: normal; }
	}
	aside[hidden] { display: none; }

	.frame-chat { grid-template: 1fr / minmax(0, 1fr) !important; }
	.frame-chat main, .frame-stage main, .frame-both main { padding: 0 !important; }
	.frame-chat aside { flex: 1; }
	.frame-both[data-layout="wide"][data-talk="shown"] { grid-template-columns: minmax(0, 1fr) clamp(300px, 32vw, 420px); }
	.frame-stage[data-layout] { display: block; }
	.frame-stage main { height: 100%; }
	.frame-stage hubbub-stage, .frame-both[data-layout="wide"] hubbub-stage { flex: 1 !important; width: 100%; height: 100%; max-height: none !important; border-radius: 0 !important; aspect-ratio: auto !important; }

	.closed { flex: 1; overflow: auto; display: grid; place-content: safe center; justify-items: center; gap: 8px; padding: 32px 24px; text-align: center; color: var(--hubbub-quiet); }
	.closed svg { width: 88px; height: 66px; margin-bottom: 8px; color: var(--hubbub-accent); }
	.closed strong { color: var(--hubbub-ink); font-size: 18px; line-height: 26px; text-wrap: balance; }
	.closed p { margin: 0; max-width: 34ch; text-wrap: pretty; }
	.actions { display: flex; flex-wrap: wrap; justify-content: center; gap: 8px; }
	.closed .actions { margin-top: 12px; }
	.entering { flex: 1; display: flex; flex-direction: column; justify-content: flex-end; gap: 14px; padding: 20px 16px; overflow: hidden; }
	.entering span { height: 12px; border-radius: 6px; background: var(--hubbub-hover); }
	.entering span:nth-child(3n) { width: 52%; }
	.entering span:nth-child(3n + 1) { width: 84%; }
	.entering span:nth-child(3n + 2) { width: 68%; }
	.outdated { position: absolute; z-index: 11; inset-block-end: 96px; inset-inline: 0; display: flex; flex-wrap: wrap; align-items: center; justify-content: center; gap: 8px 16px; width: max-content; max-width: calc(100% - 24px); margin-inline: auto; padding: 8px 8px 8px 16px; }
	.toast { position: absolute; z-index: 12; inset-block-end: 96px; inset-inline: 0; width: max-content; max-width: calc(100% - 48px); margin-inline: auto; padding: 8px 16px; border-radius: var(--hubbub-radius-round); background: var(--hubbub-ink); color: var(--hubbub-page); font-weight: 600; pointer-events: none; }
	@media (forced-colors: active) { .toast { border: 1px solid CanvasText; } }
`;
