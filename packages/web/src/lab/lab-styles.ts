import { css } from "lit";

/** The page around the two experiments. The colours of sides and fields are named here once, for all parts. */
export const labStyles = css`
	:host {
		--mono: ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace;
		--client: var(--hubbub-member);
		--server: var(--hubbub-moderator);
		--host: var(--hubbub-host);
		--gold: var(--hubbub-vip);
		--violet: var(--hubbub-bot);
		--blue: var(--hubbub-member);
		--strip: light-dark(oklch(0.965 0.01 78), oklch(0.175 0.012 46));
		display: block; min-height: 100dvh; background: var(--hubbub-page); color: var(--hubbub-ink); font: 14px/20px var(--hubbub-font);
	}
	.top { display: flex; align-items: center; gap: 10px; max-width: 1344px; margin: 0 auto; padding: 14px 24px; }
	.home { display: flex; align-items: center; gap: 10px; color: inherit; text-decoration: none; font-size: 16px; border-radius: var(--hubbub-radius-small); }
	.home .mark { color: var(--hubbub-accent); }
	.lab { padding: 2px 10px; border-radius: var(--hubbub-radius-round); background: var(--hubbub-accent-soft); color: var(--hubbub-accent-ink); font-weight: 600; }
	nav { display: flex; gap: 8px; margin-inline-start: auto; }
	.choice { min-height: 36px; padding: 0 12px; border: 1px solid var(--hubbub-line); border-radius: var(--hubbub-radius-round); background: var(--hubbub-panel); color: var(--hubbub-ink); font: inherit; }
	main { max-width: 1344px; margin: 0 auto; padding: 0 24px 64px; }
	.intro { padding: 28px 0 8px; }
	h1 { margin: 0; max-width: 24ch; font: 600 clamp(28px, 4.2vw, 46px) / 1.2 var(--hubbub-poster-font); text-wrap: balance; }
	h1:lang(zh) { max-width: none; word-break: keep-all; overflow-wrap: anywhere; }
	.intro p { margin: 12px 0 0; max-width: 80ch; font-size: 16px; line-height: 26px; color: var(--hubbub-quiet); text-wrap: pretty; }
	.part { margin-top: 44px; }
	h2 { margin: 0; font: 600 24px/32px var(--hubbub-poster-font); }
	h2 small { font: 13px/20px var(--hubbub-font); color: var(--hubbub-quiet); }
	.lead { margin: 6px 0 16px; max-width: 88ch; color: var(--hubbub-quiet); text-wrap: pretty; }
	.ways { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 16px; margin: 0 0 16px; padding: 0; list-style: none; counter-reset: way; }
	.ways li { padding: 16px; border: 1px solid var(--hubbub-line); border-radius: var(--hubbub-radius); background: var(--hubbub-panel); counter-increment: way; }
	.ways h3 { display: flex; gap: 8px; align-items: baseline; margin: 0 0 10px; font-size: 16px; line-height: 22px; }
	.ways h3::before { content: counter(way); color: var(--hubbub-accent-ink); font-family: var(--hubbub-poster-font); }
	.ways dl { margin: 0; }
	.ways dt { font-size: 12px; line-height: 16px; color: var(--hubbub-quiet); }
	.ways dd { margin: 2px 0 10px; text-wrap: pretty; }
	.ways dd:last-child { margin-bottom: 0; }
	.read { margin: 24px 0 6px; font-size: 14px; }
	.references { margin: 0; padding-inline-start: 18px; color: var(--hubbub-quiet); font-size: 13px; line-height: 22px; }
	@media (max-width: 1080px) { .ways { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
	@media (max-width: 600px) {
		.top { padding: 10px 16px; }
		main { padding: 0 16px 48px; }
		.intro { padding-top: 16px; }
		.part { margin-top: 32px; }
		.ways { grid-template-columns: minmax(0, 1fr); gap: 12px; }
	}
	@media (pointer: coarse) { .choice { min-height: 44px; } }
`;
