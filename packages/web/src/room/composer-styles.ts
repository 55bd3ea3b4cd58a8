import { css } from "lit";

export const composerStyles = css`
	:host { position: relative; display: block; overflow: auto; padding: 8px 12px calc(8px + env(safe-area-inset-bottom)); border-top: 1px solid var(--hubbub-line); background: var(--hubbub-panel); }
	.writing, .naming { display: flex; align-items: flex-end; gap: 6px; }
	/* One to four lines high, as a copy of the text beneath asks for. Measured by script, the box would be low for a moment, and the list above be pushed to and fro. */
	.box { flex: 1; display: grid; min-width: 0; }
	.box::after { content: attr(data-text) " "; visibility: hidden; white-space: pre-wrap; overflow-wrap: break-word; overflow: hidden; }
	textarea, .box::after { grid-area: 1 / 1; min-width: 0; min-height: 40px; max-height: 100px; padding: 9px 14px; border: 1px solid var(--hubbub-line); font: inherit; line-height: 20px; }
	textarea { margin: 0; border-radius: 20px; background: var(--hubbub-raised); color: var(--hubbub-ink); resize: none; overflow-y: auto; scrollbar-width: none; transition: border-color var(--hubbub-quick); }
	textarea::placeholder { color: var(--hubbub-quiet); opacity: 1; white-space: nowrap; }
	textarea:focus { border-color: var(--hubbub-focus); outline: 2px solid var(--hubbub-focus); outline-offset: -1px; }
	.style { position: relative; height: 40px; }
	.style .dot { position: absolute; inset-block-start: calc(50% + 3px); inset-inline-start: calc(50% + 3px); width: 9px; height: 9px; border-radius: 50%; box-shadow: 0 0 0 1.5px var(--hubbub-quiet); }
	.send { position: relative; display: grid; place-items: center; flex: none; width: 40px; height: 40px; border-radius: 50%; background: var(--hubbub-accent); color: var(--hubbub-on-accent); font-weight: 700; font-variant-numeric: tabular-nums; transition: background var(--hubbub-quick), color var(--hubbub-quick); }
	.send[aria-disabled="true"] { cursor: not-allowed; background: var(--hubbub-hover); color: var(--hubbub-quiet); }
	.send.waiting { color: var(--hubbub-accent-ink); }
	.ring { position: absolute; inset: 0; transform: rotate(-90deg); fill: none; stroke: var(--hubbub-accent); stroke-width: 3; stroke-linecap: round; }
	.ring circle { stroke-dasharray: 100; }
	.notes { display: flex; align-items: center; flex-wrap: wrap; gap: 4px 12px; font-size: 12px; line-height: 16px; }
	.notes > [role="status"] { flex: 1 1 200px; }
	.notes.alone { justify-content: center; min-height: 52px; font-size: 14px; line-height: 20px; }
	.notes.alone > [role="status"] { flex: 0 1 auto; text-align: center; text-wrap: balance; }
	.note { margin: 0; padding: 0 4px 8px; }
	.alone .note { padding: 4px; }
	.note.plain { color: var(--hubbub-quiet); }
	.note.wait { color: var(--hubbub-wait); font-weight: 600; }
	.note.bad { color: var(--hubbub-danger); font-weight: 600; }
	.alone .note.bad { color: var(--hubbub-quiet); font-weight: 400; }
	.note .seconds { color: var(--hubbub-quiet); font-weight: 400; font-variant-numeric: tabular-nums; white-space: nowrap; }
	::slotted(*) { padding-bottom: 8px; }
	.answering { font-size: 12px; line-height: 16px; display: flex; align-items: center; gap: 6px; padding-bottom: 6px; color: var(--hubbub-quiet); }
	.answering .icon { width: 16px; height: 16px; }
	.answering > span { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
	.answering .tool { min-width: 28px; height: 28px; }
	.identity { display: flex; align-items: center; gap: 2px; min-height: 24px; padding: 4px 4px 0; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
	.identity > span:first-child { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
	.identity .name { font-weight: 600; }
	.rename { display: grid; place-items: center; width: 24px; height: 24px; border-radius: var(--hubbub-radius-small); }
	.rename .icon { width: 14px; height: 14px; }
	.rename:hover { color: var(--hubbub-ink); }
	.count { margin-inline-start: auto; font-variant-numeric: tabular-nums; white-space: nowrap; }
	.naming { flex-wrap: wrap; padding-top: 8px; }
	.naming .field { flex: 1 1 140px; }
	.naming p { flex-basis: 100%; margin: 2px 4px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
	@media (pointer: coarse) {
		textarea, .box::after { font-size: 16px; min-height: 44px; max-height: 104px; padding-block: 11px; }
		textarea { border-radius: 22px; }
		.send { width: 44px; height: 44px; }
		.style { height: 44px; }
		.identity { min-height: 44px; padding-top: 0; margin-bottom: -8px; }
		.rename, .answering .tool { width: 44px; height: 44px; }
	}
`;
