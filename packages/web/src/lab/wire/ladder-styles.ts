import { css } from "lit";

/** The ladder: client's life line on the left, the server's on the right, time downward. */
export const ladderStyles = css`
	.actors { display: flex; justify-content: space-between; padding: 12px 16px 0 56px; }
	.actor { position: relative; z-index: 1; padding: 4px 14px; border-radius: var(--hubbub-radius-round); color: var(--hubbub-on-accent); font-weight: 600; }
	.actor.client { background: var(--client); }
	.actor.server { background: var(--server); }
	.scroll { max-height: min(74vh, 660px); overflow: auto; overscroll-behavior: contain; }
	.ladder { position: relative; margin: 0; padding: 8px 0 20px; list-style: none; min-height: 240px; }
	.ladder::before, .ladder::after { content: ""; position: absolute; inset-block: 0; width: 2px; border-radius: 1px; }
	.ladder::before { inset-inline-start: 72px; background: linear-gradient(var(--client), color-mix(in oklab, var(--client), transparent 60%)); }
	.ladder::after { inset-inline-end: 32px; background: linear-gradient(var(--server), color-mix(in oklab, var(--server), transparent 60%)); }
	.rung { position: relative; padding: 6px 33px 6px 73px; }
	.rung > time { position: absolute; inset-block-start: 8px; inset-inline-start: 0; width: 62px; text-align: end; font: 11px/16px var(--mono); color: var(--hubbub-quiet); font-variant-numeric: tabular-nums; }
	.rung.new { animation: arrive 200ms ease-out; }
	@keyframes arrive { from { opacity: 0; translate: 0 -6px; } }
	.from-client { --who: var(--client); }
	.from-server { --who: var(--server); }
	summary, .line { display: flex; align-items: baseline; gap: 8px; padding-inline: 12px; }
	summary { cursor: pointer; list-style: none; flex-wrap: wrap; border-radius: var(--hubbub-radius-small); }
	summary::-webkit-details-marker { display: none; }
	summary .hint { color: var(--hubbub-quiet); font-size: 12px; white-space: nowrap; }
	summary .hint::before { content: "▸ "; }
	details[open] > summary .hint::before { content: "▾ "; }
	summary:hover .hint { color: var(--hubbub-ink); }
	.name { padding: 1px 7px; border-radius: 4px; background: color-mix(in oklab, var(--who), transparent 84%); color: var(--who); font: 700 12px/18px var(--mono); white-space: nowrap; }
	.words { min-width: 0; flex: 1 1 90px; overflow-wrap: anywhere; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
	.words.mono { font: 12px/18px var(--mono); }
	.size { font: 12px/18px var(--mono); color: var(--hubbub-quiet); white-space: nowrap; font-variant-numeric: tabular-nums; }
	.size b { color: var(--hubbub-ink); font-weight: 600; }
	.arrow { position: relative; height: 12px; margin: 1px 0 5px; }
	.arrow::before { content: ""; position: absolute; inset: 5px 0 auto; height: 2px; background: var(--who); }
	.arrow::after { content: ""; position: absolute; inset-block: 0; width: 12px; background: var(--who); }
	.from-client .arrow::before { inset-inline-end: 8px; }
	.from-client .arrow::after { inset-inline-end: 0; clip-path: polygon(0 0, 100% 50%, 0 100%, 25% 50%); }
	.from-server .arrow::before { inset-inline-start: 8px; }
	.from-server .arrow::after { inset-inline-start: 0; clip-path: polygon(100% 0, 0 50%, 100% 100%, 75% 50%); }
	.under { display: grid; gap: 5px; padding-inline: 12px; }
	.scale { display: block; width: 100%; height: 8px; border-radius: 4px; background: var(--hubbub-hover); }
	.scale .head-part { fill: var(--host); }
	.scale .payload-part { fill: color-mix(in oklab, var(--hubbub-quiet), transparent 45%); }
	.hex { display: flex; flex-wrap: wrap; gap: 2px; margin: 0; font: 12px/16px var(--mono); }
	.hex span { padding: 1px 3px; border-radius: 3px; background: color-mix(in oklab, var(--field), transparent 82%); color: color-mix(in oklab, var(--field), var(--hubbub-ink) 25%); }
	.hex .more { background: none; color: var(--hubbub-quiet); }
	.flags { --field: var(--host); }
	.length { --field: var(--gold); }
	.extended { --field: var(--violet); }
	.mask { --field: var(--blue); }
	.payload { --field: var(--hubbub-quiet); }
	.key { display: flex; flex-wrap: wrap; gap: 4px 14px; margin: 0; padding: 8px 16px; list-style: none; border-top: 1px solid var(--hubbub-line); font-size: 12px; line-height: 16px; color: var(--hubbub-quiet); }
	.key li { display: flex; align-items: center; gap: 6px; }
	.key i { width: 12px; height: 12px; border-radius: 3px; background: color-mix(in oklab, var(--field), transparent 20%); }
	.deeper { display: grid; gap: 10px; margin: 8px 12px 4px; padding: 12px; border-radius: var(--hubbub-radius-small); background: var(--hubbub-raised); border: 1px solid var(--hubbub-line); font-size: 12px; line-height: 18px; }
	.deeper h4 { margin: 0; font-size: 12px; line-height: 16px; }
	.deeper p { margin: 0; color: var(--hubbub-quiet); }
	.bits { display: grid; grid-template-columns: auto auto 1fr; gap: 4px 10px; margin: 0; padding: 0; list-style: none; align-items: baseline; }
	.bits li { display: contents; }
	.bits .cells { display: flex; gap: 2px; font: 600 12px/18px var(--mono); }
	.bits .cells b { width: 15px; text-align: center; border-radius: 3px; background: color-mix(in oklab, var(--field), transparent 78%); }
	.bits strong { font: 600 12px/18px var(--mono); }
	.unmask { display: grid; gap: 2px; font: 12px/18px var(--mono); overflow-x: auto; }
	.unmask div { display: flex; gap: 2px; align-items: baseline; }
	.unmask div > span { flex: none; width: 76px; color: var(--hubbub-quiet); font-family: var(--hubbub-font); }
	.unmask b { flex: none; width: 24px; text-align: center; border-radius: 3px; font-weight: 500; background: color-mix(in oklab, var(--field), transparent 84%); }
	.unmask .plain { --field: var(--hubbub-good); }
	.headers { display: grid; gap: 0; margin: 4px 12px; padding: 8px 12px; border-radius: var(--hubbub-radius-small); background: var(--hubbub-raised); border: 1px solid var(--hubbub-line); font: 12px/18px var(--mono); overflow-wrap: anywhere; }
	.headers .telling { color: var(--hubbub-accent-ink); font-weight: 600; }
	.state-mark { display: inline-flex; align-items: center; gap: 8px; margin-inline-start: -6px; font: 600 11px/16px var(--mono); color: var(--hubbub-quiet); }
	.state-mark::before { content: ""; width: 10px; height: 10px; border-radius: 50%; background: var(--state); box-shadow: 0 0 0 3px var(--hubbub-panel); }
	.proof { margin: 2px 12px; padding: 12px; border-radius: var(--hubbub-radius-small); border: 1px dashed color-mix(in oklab, var(--hubbub-accent), transparent 40%); background: var(--hubbub-accent-soft); }
	.proof h4 { margin: 0 0 6px; font-size: 13px; }
	.proof dl { display: grid; grid-template-columns: auto 1fr; gap: 3px 14px; margin: 0; font-size: 12px; line-height: 18px; }
	.proof dt { color: var(--hubbub-quiet); }
	.proof dd { margin: 0; font-family: var(--mono); overflow-wrap: anywhere; }
	.proof dd b { color: var(--hubbub-accent-ink); }
	.proof p { margin: 8px 0 0; font-size: 12px; line-height: 18px; color: var(--hubbub-quiet); }
	.proof .verdict { display: flex; gap: 6px; align-items: center; color: var(--hubbub-good); font-weight: 600; font-size: 13px; }
	.proof .verdict.no { color: var(--hubbub-danger); }
	.state-mark + .end { padding-inline: 12px; font-size: 12px; color: var(--hubbub-danger); }
	.mistake { padding-inline: 12px; color: var(--hubbub-danger); }
	.ladder-empty { padding: 40px 24px 40px 12px; margin: 0; color: var(--hubbub-quiet); text-align: center; text-wrap: balance; }
	.forgotten { padding: 0 0 4px 84px; font-size: 12px; color: var(--hubbub-quiet); }
	@media (max-width: 600px) {
		.actors { padding-inline-start: 16px; }
		.ladder::before { inset-inline-start: 18px; }
		.ladder::after { inset-inline-end: 18px; }
		.rung { padding: 6px 19px; }
		.rung > time { position: static; display: block; width: auto; text-align: start; padding-inline-start: 12px; }
		.proof dl { grid-template-columns: 1fr; gap: 0; }
		.proof dd { margin-bottom: 4px; }
		.bits { grid-template-columns: auto 1fr; }
		.bits .reading { grid-column: 1 / -1; color: var(--hubbub-quiet); }
		.forgotten { padding-inline-start: 30px; }
	}
	@media (prefers-reduced-motion: reduce) { .rung.new { animation: none; } }
`;
