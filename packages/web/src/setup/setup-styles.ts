import { css } from "lit";

/** The look that the sections of the set-up page share. */
export const sectionStyles = css`
	:host { display: block; }
	section { padding: 24px; border-radius: var(--hubbub-radius); background: var(--hubbub-panel); border: 1px solid var(--hubbub-line); }
	h2 { display: flex; align-items: center; gap: 10px; margin: 0 0 8px; font-size: 18px; line-height: 26px; }
	.step { display: grid; place-items: center; flex: none; width: 26px; height: 26px; border-radius: 50%; background: var(--hubbub-accent-soft); color: var(--hubbub-ink); font-size: 14px; font-variant-numeric: tabular-nums; }
	code { font: 0.93em/1.4 ui-monospace, "SF Mono", Consolas, monospace; overflow-wrap: anywhere; }
	h3 { margin: 20px 0 4px; font-size: 14px; line-height: 20px; }
	p { margin: 0 0 12px; color: var(--hubbub-quiet); max-width: 72ch; text-wrap: pretty; }
	form { display: grid; gap: 16px; margin: 0; }
	form .setting { max-width: 520px; }
	.row { display: flex; flex-wrap: wrap; align-items: center; gap: 12px; }
	.bad { color: var(--hubbub-danger); font-weight: 600; }
	.good { color: var(--hubbub-good); font-weight: 600; }
	.wait { color: var(--hubbub-quiet); }
	details { border-top: 1px solid var(--hubbub-line); padding-top: 12px; }
	summary { min-height: 32px; display: flex; align-items: center; cursor: pointer; font-weight: 600; }
	summary::before { content: "▸"; width: 20px; flex: none; color: var(--hubbub-quiet); }
	details[open] > summary::before { content: "▾"; }
	details > .inside { display: grid; gap: 16px; padding-top: 12px; }
	@media (max-width: 560px) { section { padding: 20px 16px; } }
	@media (pointer: coarse) { summary { min-height: 44px; } }
`;

export const pageStyles = css`
	:host { display: block; min-height: 100dvh; background: var(--hubbub-page); color: var(--hubbub-ink); font: 14px/20px var(--hubbub-font); }
	.top { display: flex; align-items: center; gap: 12px; width: min(920px, 100%); margin: 0 auto; padding: 16px 24px 0; }
	.top a { display: flex; color: var(--hubbub-accent); border-radius: var(--hubbub-radius-small); }
	.top .mark { width: 36px; height: 36px; }
	.top .space { flex: 1; }
	.top select { min-height: 36px; padding: 0 8px; border: 1px solid var(--hubbub-line); border-radius: var(--hubbub-radius-small); background: var(--hubbub-raised); color: var(--hubbub-ink); font: inherit; }
	main { display: grid; gap: 16px; width: min(920px, 100%); margin: 0 auto; padding: 12px 24px 64px; }
	.intro h1 { margin: 0 0 4px; font-size: 24px; line-height: 32px; }
	.intro p { margin: 0; color: var(--hubbub-quiet); max-width: 72ch; text-wrap: pretty; }
	@media (max-width: 560px) { .top { padding: 12px 16px 0; } main { padding: 8px 12px 48px; } .intro { padding: 0 4px; } }
	@media (pointer: coarse) { .top select { min-height: 44px; font-size: 16px; } }
`;
