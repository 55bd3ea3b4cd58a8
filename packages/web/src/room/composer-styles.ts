import { css } from "lit";

export const composerStyles = css`
	:host { position: relative; display: block; padding: 8px 12px calc(8px + env(safe-area-inset-bottom)); border-top: 1px solid var(--hubbub-line); background: var(--hubbub-panel); }
	form { display: flex; align-items: flex-end; gap: 6px; }
	textarea { flex: 1; min-width: 0; min-height: 40px; max-height: 98px; padding: 9px 14px; border: 1px solid var(--hubbub-line); border-radius: 20px; background: var(--hubbub-raised); color: var(--hubbub-ink); font: inherit; line-height: 20px; resize: none; overflow-y: auto; scrollbar-width: none; transition: border-color var(--hubbub-quick); }
	textarea::placeholder { color: var(--hubbub-quiet); opacity: 1; white-space: nowrap; }
	textarea:focus { border-color: var(--hubbub-accent); outline: 1px solid var(--hubbub-accent); outline-offset: 0; }
	.style { position: relative; height: 40px; }
	.style .dot { position: absolute; inset-block-start: calc(50% + 3px); inset-inline-start: calc(50% + 3px); width: 9px; height: 9px; border-radius: 50%; box-shadow: 0 0 0 1.5px var(--hubbub-quiet); }
	.send { position: relative; display: grid; place-items: center; flex: none; width: 40px; height: 40px; border-radius: 50%; background: var(--hubbub-accent); color: var(--hubbub-on-accent); font-weight: 700; font-variant-numeric: tabular-nums; transition: background var(--hubbub-quick), color var(--hubbub-quick); }
	.send:disabled { background: var(--hubbub-hover); color: var(--hubbub-quiet); }
	.send.waiting { color: var(--hubbub-accent); }
	.ring { position: absolute; inset: 0; transform: rotate(-90deg); fill: none; stroke: var(--hubbub-accent); stroke-width: 3; stroke-linecap: round; }
	.ring circle { stroke-dasharray: 100; }
	.notes { font-size: 12px; line-height: 16px; }
	.answering { display: flex; align-items: center; gap: 6px; padding-bottom: 6px; color: var(--hubbub-quiet); }
	.answering .icon { width: 16px; height: 16px; }
	.answering > span { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
	.answering .tool { min-width: 28px; height: 28px; }
	.refusal { margin: 0; padding: 0 4px 8px; color: var(--hubbub-danger); font-weight: 600; }
	.refusal .wait { color: var(--hubbub-quiet); font-weight: 400; font-variant-numeric: tabular-nums; }
	.identity { display: flex; align-items: center; gap: 2px; min-height: 24px; padding: 4px 4px 0; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
	.identity > span:first-child { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
	.identity .name { font-weight: 600; }
	.rename { position: relative; display: grid; place-items: center; width: 24px; height: 20px; border-radius: var(--hubbub-radius-small); }
	.rename::after { content: ""; position: absolute; inset: -12px -10px; }
	.rename .icon { width: 14px; height: 14px; }
	.rename:hover { color: var(--hubbub-ink); }
	.count { margin-inline-start: auto; font-variant-numeric: tabular-nums; white-space: nowrap; }
	.count.over { color: var(--hubbub-danger); font-weight: 600; }
	.naming { flex-wrap: wrap; padding-top: 8px; }
	.naming .field { flex: 1 1 140px; }
	.naming p { flex-basis: 100%; margin: 2px 4px; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
	hubbub-danmaku-style { position: absolute; inset-block-end: calc(100% + 8px); inset-inline: 12px; z-index: 3; }
	.closed { display: flex; align-items: center; justify-content: center; flex-wrap: wrap; gap: 10px; min-height: 52px; color: var(--hubbub-quiet); text-align: center; }
	@media (pointer: coarse) {
		textarea { font-size: 16px; min-height: 44px; max-height: 102px; padding-block: 11px; border-radius: 22px; }
		.send { width: 44px; height: 44px; }
		.style { height: 44px; }
	}
`;
