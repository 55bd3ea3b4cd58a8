import { css } from "lit";

/** The controls of the wire, and the frame around ladder and page. */
export const wireStyles = css`
	:host { display: block; }
	.controls { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; padding: 12px; }
	.controls .button { min-height: 36px; padding: 0 16px; }
	.group { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; padding: 4px; border-radius: 22px; background: var(--hubbub-hover); min-width: 0; }
	.group.send { flex: 1 1 520px; }
	.controls .field { min-height: 36px; padding: 6px 12px; border-radius: var(--hubbub-radius-round); width: auto; }
	.field.text { flex: 1 1 120px; min-width: 0; }
	.field.code { width: 84px; }
	.field.reason { width: 116px; }
	.controls select.field { appearance: none; padding-inline-end: 30px; background-image: linear-gradient(45deg, transparent 50%, var(--hubbub-quiet) 50%), linear-gradient(-45deg, transparent 50%, var(--hubbub-quiet) 50%); background-position: right 15px center, right 10px center; background-size: 5px 5px; background-repeat: no-repeat; }
	.kinds { display: flex; }
	.kind { min-height: 36px; padding: 0 12px; border-radius: var(--hubbub-radius-round); color: var(--hubbub-quiet); }
	.kind[aria-pressed="true"] { background: var(--hubbub-raised); color: var(--hubbub-ink); font-weight: 600; box-shadow: 0 0 0 1px var(--hubbub-line); }
	.button:disabled { opacity: 0.45; filter: none; }
	.group .button.quiet { background: var(--hubbub-raised); box-shadow: 0 0 0 1px var(--hubbub-line); }
	.both { display: grid; grid-template-columns: minmax(0, 1fr) 340px; gap: 16px; margin-top: 16px; align-items: start; }
	.side { display: grid; gap: 12px; align-content: start; }
	.panel { border: 1px solid var(--hubbub-line); border-radius: var(--hubbub-radius); background: var(--hubbub-panel); overflow: hidden; }
	.panel > header { padding: 12px 16px 10px; border-bottom: 1px solid var(--hubbub-line); }
	.panel h3 { margin: 0; font-size: 14px; line-height: 20px; }
	.panel header p { margin: 0; font-size: 12px; line-height: 16px; color: var(--hubbub-quiet); }
	.states { position: relative; display: grid; grid-template-columns: repeat(4, 1fr); margin: 0; padding: 3px; list-style: none; border-radius: var(--hubbub-radius-small); background: var(--hubbub-hover); font: 600 11px/16px var(--mono); }
	.states li { position: relative; padding: 4px 0; text-align: center; color: var(--hubbub-quiet); transition: color var(--hubbub-quick); }
	.states li[aria-current] { color: var(--hubbub-ink); }
	.states::before { content: ""; position: absolute; inset-block: 3px; inset-inline-start: 3px; width: calc(25% - 1.5px); border-radius: 4px; background: var(--hubbub-raised); box-shadow: 0 0 0 1px var(--hubbub-line), inset 0 -3px 0 var(--state); transition: translate var(--hubbub-quick); }
	.at-0 { --state: var(--hubbub-wait); }
	.at-1 { --state: var(--hubbub-good); }
	.at-2 { --state: var(--hubbub-wait); }
	.at-3 { --state: var(--hubbub-quiet); }
	.states.at-1::before { translate: 100%; }
	.states.at-2::before { translate: 200%; }
	.states.at-3::before { translate: 300%; }
	.state-line { display: grid; gap: 6px; margin-top: 8px; }
	.facts { display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin: 0; padding: 10px 16px; border-bottom: 1px solid var(--hubbub-line); font: 12px/18px var(--mono); }
	.facts dt { color: var(--hubbub-quiet); }
	.facts dd { margin: 0; text-align: end; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
	.facts span { display: block; }
	.facts small { color: var(--hubbub-quiet); font-size: inherit; }
	.entries { margin: 0; padding: 8px 16px 12px; list-style: none; max-height: 460px; overflow: auto; font: 12px/18px var(--mono); }
	.entries li { display: grid; grid-template-columns: 52px 1fr; gap: 8px; padding: 2px 0; overflow-wrap: anywhere; }
	.entries time { color: var(--hubbub-quiet); text-align: end; font-variant-numeric: tabular-nums; }
	.entries .heard-close, .entries .heard-exception { color: var(--hubbub-accent-ink); }
	.entries .heard-nothing { color: var(--hubbub-quiet); font-family: var(--hubbub-font); }
	.entries .heard-open { color: var(--hubbub-good); }
	.none { padding: 12px 16px; margin: 0; color: var(--hubbub-quiet); }
	.lost { margin: 12px 16px 0; color: var(--hubbub-danger); font-weight: 600; }
	@media (max-width: 900px) {
		.both { grid-template-columns: minmax(0, 1fr); }
		.entries { max-height: 260px; }
	}
	@media (max-width: 600px) {
		.controls > .button { flex: 1; }
		.controls > .group { order: 1; flex: 1 1 100%; }
		.field.reason { flex: 1; }
	}
	@media (pointer: coarse) {
		.kind, .controls .button, .controls .field { min-height: 44px; }
		.group { border-radius: 26px; }
	}
`;
