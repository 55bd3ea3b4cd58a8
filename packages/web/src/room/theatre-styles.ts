import { css } from "lit";

/** What stands over the picture in the room's own shadow root. Comes with the stage. */
export const theatreStyles = css`
	hubbub-stage:has(> .over) { --stage-top: calc(44px + env(safe-area-inset-top)); }
	.head.over { min-height: 44px; padding: calc(2px + env(safe-area-inset-top)) calc(8px + max(env(safe-area-inset-right), var(--stage-inset, 0px))) 24px calc(12px + env(safe-area-inset-left)); color: oklch(0.96 0.01 80); background: linear-gradient(to bottom, oklch(0.08 0.01 45 / 0.86) 66%, transparent); --hubbub-quiet: oklch(0.96 0.01 80); --hubbub-accent-ink: oklch(0.96 0.01 80); }
	.head.over h1 { font-size: 14px; line-height: 20px; }
	[data-layout="side"][data-talk="shown"] hubbub-stage { --stage-inset: var(--drawer); }
	@media (orientation: portrait) {
		[data-layout="side"][data-talk="shown"] main { inset-block-end: 56%; }
		[data-layout="side"][data-talk="shown"] hubbub-stage { --stage-inset: 0px; }
		[data-layout="side"] aside { inset-block-start: 44%; width: 100%; }
	}
	/* Where the drawer leaves nothing of the stage, nothing under it can be reached; the title is still read out. */
	@media (orientation: landscape) and (max-width: 559px) {
		[data-layout="side"][data-talk="shown"] hubbub-stage { visibility: hidden; }
		.head.over { visibility: visible; }
		[data-layout="side"] aside { background: oklch(0.16 0.015 45); backdrop-filter: none; }
	}
	/* The discussion is named to who does not see it: its buttons say enough to who does. */
	@media (max-width: 399px) { [data-layout="side"] .talk-head h2 { clip-path: inset(50%); } }
	@media (pointer: coarse) { .under > a { display: grid; align-items: center; min-width: 44px; min-height: 44px; } }
	.danmaku-panel { color-scheme: dark; }
	.trouble { position: absolute; z-index: 3; inset-block-start: 8px; inset-inline-end: 8px; border-radius: var(--hubbub-radius-round); background: oklch(0.16 0.015 45 / 0.8); }
`;
