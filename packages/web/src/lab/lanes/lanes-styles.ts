import { css } from "lit";

/** The four lanes, one under the other on one axis of time. */
export const lanesStyles = css`
	:host { display: block; }
	.talk { display: flex; flex-wrap: wrap; align-items: center; gap: 10px 14px; padding: 12px; }
	.panel { border: 1px solid var(--hubbub-line); border-radius: var(--hubbub-radius); background: var(--hubbub-panel); }
	.say { display: flex; flex: 1 1 380px; gap: 8px; min-width: 0; }
	.say .field { flex: 1; min-width: 0; width: auto; border-radius: var(--hubbub-radius-round); padding-inline: 16px; }
	.say .button { padding: 0 16px; white-space: nowrap; }
	.crowd { display: flex; align-items: center; gap: 10px; }
	.crowd input { width: 130px; accent-color: var(--hubbub-accent); }
	.crowd output { min-width: 76px; color: var(--hubbub-quiet); font-variant-numeric: tabular-nums; }
	.talk .said { margin: 0; color: var(--hubbub-quiet); font-variant-numeric: tabular-nums; }
	.refused { flex-basis: 100%; margin: 0; padding-inline: 4px; color: var(--hubbub-danger); font-weight: 600; }
	.lanes { margin-top: 16px; overflow: hidden; }
	.lane { display: grid; grid-template-columns: 188px minmax(0, 1fr) 396px; align-items: center; gap: 0 16px; padding: 10px 16px; border-bottom: 1px solid var(--hubbub-line); }
	.who { min-width: 0; }
	.who h3 { display: flex; align-items: center; gap: 8px; margin: 0; font-size: 15px; line-height: 22px; }
	.who h3::before { content: ""; flex: none; width: 9px; height: 9px; border-radius: 50%; background: var(--state); }
	.is-open, .is-asking, .is-resting { --state: var(--hubbub-good); }
	.is-cut { --state: var(--hubbub-quiet); }
	.is-failed { --state: var(--hubbub-danger); }
	.who p { margin: 0; font-size: 12px; line-height: 16px; color: var(--hubbub-quiet); }
	.who .doing { display: flex; align-items: center; gap: 8px; margin-top: 6px; }
	.who .failed { color: var(--hubbub-danger); font-weight: 600; overflow-wrap: anywhere; }
	.toggle { min-height: 28px; padding: 0 12px; border-radius: var(--hubbub-radius-round); background: var(--hubbub-hover); font-size: 12px; font-weight: 600; white-space: nowrap; }
	.toggle:hover { color: var(--hubbub-accent-ink); }
	.is-cut .toggle { background: var(--hubbub-accent); color: var(--hubbub-on-accent); }
	.latest { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px; line-height: 16px; color: var(--hubbub-ink); }
	.run { position: relative; min-width: 0; border-radius: var(--hubbub-radius-small) 0 0 var(--hubbub-radius-small); background: var(--strip); border-inline-end: 2px solid var(--hubbub-accent); }
	.time .run { background: none; border-color: transparent; }
	.strip, .axis { display: block; width: 100%; overflow: hidden; }
	.strip .said { stroke: var(--hubbub-wait); stroke-width: 1; opacity: 0.55; }
	.strip .bar { fill: color-mix(in oklab, var(--hubbub-quiet), transparent 58%); }
	.strip .bar.news { fill: var(--hubbub-member); }
	.strip .bar.open { fill: color-mix(in oklab, var(--hubbub-member), transparent 62%); }
	.strip .bar.open.news { fill: color-mix(in oklab, var(--hubbub-member), transparent 45%); }
	.strip .bar.failed { fill: var(--hubbub-danger); }
	.strip .start { fill: var(--hubbub-member); }
	.strip .dot { fill: var(--hubbub-accent); stroke: var(--strip); stroke-width: 1; }
	.strip .dot.made-up { fill: var(--strip); stroke: var(--hubbub-accent); stroke-width: 2; }
	.strip .many { fill: var(--hubbub-on-accent); font: 700 10px/1 var(--hubbub-font); text-anchor: middle; }
	.strip .many.made-up { fill: var(--hubbub-accent); }
	.strip .gap { fill: none; stroke: var(--hubbub-danger); stroke-width: 1; stroke-dasharray: 3 4; opacity: 0.8; }
	.counts { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 6px 8px; margin: 0; }
	.counts div { min-width: 0; }
	.counts dt { font-size: 11px; line-height: 14px; color: var(--hubbub-quiet); white-space: nowrap; }
	.counts dd { margin: 0; font-size: 15px; line-height: 20px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
	.counts .bad dd { color: var(--hubbub-danger); }
	.counts .fine dd { color: var(--hubbub-good); }
	.notes { position: absolute; inset: auto auto 0 6px; margin: 0; padding: 0 5px; border-radius: 4px; background: var(--strip); font-size: 11px; line-height: 15px; color: var(--hubbub-accent-ink); }
	.notes:empty { display: none; }
	.time { padding-block: 0 2px; border-bottom: 0; }
	.axis text { fill: var(--hubbub-quiet); font-size: 11px; text-anchor: middle; }
	.axis text.now { text-anchor: end; fill: var(--hubbub-accent); font-weight: 600; }
	.legend { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 0; padding: 8px 16px 12px; list-style: none; font-size: 12px; line-height: 16px; color: var(--hubbub-quiet); border-top: 1px solid var(--hubbub-line); }
	.legend li { display: flex; align-items: center; gap: 6px; }
	.legend svg { width: 26px; height: 16px; flex: none; }
	.estimate { margin: 10px 4px 0; font-size: 12px; line-height: 18px; color: var(--hubbub-quiet); max-width: 110ch; }
	.starting { padding: 32px; text-align: center; color: var(--hubbub-quiet); }
	.starting .button { margin-top: 12px; }
	.starting p { margin: 0; }
	@media (max-width: 1080px) {
		.lane { grid-template-columns: minmax(0, 1fr) auto; }
		.who { display: contents; }
		.who h3 { grid-column: 1; grid-row: 1; }
		.who > p { grid-column: 1 / -1; grid-row: 2; }
		.who .doing { grid-column: 2; grid-row: 1; margin: 0; flex-direction: row-reverse; max-width: 210px; }
		.run { grid-column: 1 / -1; margin: 8px 0; }
		.counts { grid-column: 1 / -1; }
		.time .run { margin: 0; }
	}
	@media (max-width: 600px) {
		.say { flex-basis: 100%; flex-wrap: wrap; }
		.say .field { flex: 1 1 100%; }
		.say .button { flex: 1; }
		.crowd { flex: 1 1 100%; }
		.crowd span { white-space: nowrap; }
		.crowd input { flex: 1; min-width: 60px; }
	}
	@media (pointer: coarse) { .toggle { min-height: 44px; padding-inline: 18px; font-size: 14px; } .crowd input { min-height: 44px; } }
`;
