import type { User } from "@hubbub/protocol/fields.ts";
import { type MessageRow, type Notice, type Row, timesSaid } from "@hubbub/room-model/rows.ts";
import { css, html, nothing, type TemplateResult } from "lit";
import type { Deed } from "../kinds/kind-part.ts";
import { icon } from "../theme/icons.ts";
import type { Words } from "../words/en.ts";
import { linkPieces } from "./links.ts";
import { badge, hueClass } from "./person.ts";

/** What a row needs to know beside itself. */
export interface RowSurroundings {
	readonly words: Words;
	readonly language: string;
	readonly find: (id: string) => MessageRow | null;
	/** Whether the reader may take this message back. */
	readonly mayRemove: (row: MessageRow) => boolean;
	readonly mayReply: boolean;
	/** What else the reader may do with a message. */
	readonly deeds: readonly Deed[];
	/** Keys of long texts the reader has opened. */
	readonly opened: ReadonlySet<string>;
	/** Whether a row shows its time and what can be done with it. */
	readonly hasTools: (row: MessageRow) => boolean;
}

/** Texts wider than this, in half-width columns, or with more lines, are folded: about six lines of the list. */
const foldColumnsMax = 300;
const foldLinesMax = 6;

/** What is in one row's list item. Buttons carry `data-do`; the list listens for them once, for all rows. */
export function rowTemplate(row: Row, around: RowSurroundings): TemplateResult {
	return row.kind === "message" ? messageTemplate(row, around) : html`<span>${noticeWords(row.notice, around.words)}</span>`;
}

function messageTemplate(row: MessageRow, around: RowSurroundings): TemplateResult {
	const { words } = around;
	const folds = isLong(row.text);
	const opened = around.opened.has(row.key);
	return html`
		${row.replyTo ? quote(row.replyTo, around) : nothing}
		<div class="line ${folds && !opened ? "folded" : ""}">${badge(row.from, words)}<bdi class="name ${hueClass(row.from)}">${row.from.name}</bdi>${row.stance === "mine" ? html`<span class="you">${words.you}</span>` : nothing}<span class="colon">${": "}</span><span class="text" dir="auto">${text(row.text)}</span>${timesSaid(row) > 1 ? times(row, words) : nothing}</div>
		${folds ? html`<button class="fold" data-do="fold" aria-expanded=${opened}>${opened ? words.foldUp : words.readOn}</button>` : nothing}
		${row.fate === "sampled" || row.fate === "held" ? html`<div class="fate">${words[row.fate]}</div>` : nothing}
		${row.fate === "sending" ? html`<span class="unseen">${words.sending}</span>` : around.hasTools(row) ? tools(row, around) : nothing}
	`;
}

function text(value: string): (TemplateResult | string)[] {
	return linkPieces(value).map((piece) =>
		piece.kind === "text"
			? piece.text
			: html`<a href=${piece.href} target="_blank" rel="noopener noreferrer nofollow ugc">${piece.text}</a>`,
	);
}

function times(row: MessageRow, words: Words): TemplateResult {
	const count = timesSaid(row);
	const names = [row.from, ...row.repeats.map((repeat) => repeat.from)].slice(0, 12).map((user: User) => user.name);
	return html`<span class="times" title=${names.join(" · ")}><span aria-hidden="true">${words.times(count)}</span><span class="unseen">${words.timesSaid(count)}</span></span>`;
}

function quote(id: string, around: RowSurroundings): TemplateResult {
	const { words } = around;
	const answered = around.find(id);
	if (!answered) return html`<div class="quote gone">${words.replyGone}</div>`;
	return html`<button class="quote" data-do="jump" data-target=${answered.key} title=${words.jumpToReply}><bdi class=${hueClass(answered.from)}>${answered.from.name}</bdi> <bdi>${answered.text}</bdi></button>`;
}

function tools(row: MessageRow, around: RowSurroundings): TemplateResult {
	const { words, language } = around;
	const at = new Date(row.at);
	const clock = at.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
	return html`<div class="tools">
		<time datetime=${at.toISOString()} title=${at.toLocaleString(language)}>${clock}</time>
		${around.mayReply ? html`<button class="tool" data-do="reply" title=${words.reply} aria-label=${words.reply}>${icon("reply")}</button>` : nothing}
		<button class="tool" data-do="copy" title=${words.copy} aria-label=${words.copy}>${icon("copy")}</button>
		${row.id === null ? nothing : around.deeds.map((deed) => html`<button class="tool" title=${deed.label} aria-label=${deed.label} @click=${() => deed.do(row)}>${deed.icon}</button>`)}
		${around.mayRemove(row) ? html`<button class="tool danger" data-do="remove" title=${words.remove} aria-label=${words.remove}>${icon("trash")}</button>` : nothing}
	</div>`;
}

/** A notice in words. */
export function noticeWords(notice: Notice, words: Words): string {
	switch (notice.type) {
		case "missed":
			return words.missed(notice.count);
		case "omitted":
			return words.omitted(notice.count);
		case "gap":
			return words.gap;
		case "started-over":
			return words.startedOver;
		case "settings": {
			const { title, slowModeSeconds, write, streamUrl } = notice.settings;
			const said: string[] = [];
			if (title) said.push(words.titleIsNow(title));
			if (slowModeSeconds !== undefined) said.push(slowModeSeconds > 0 ? words.slowModeOn(slowModeSeconds) : words.slowModeOff);
			if (write !== undefined) said.push(words.writeAccess[write]);
			if (streamUrl !== undefined) said.push(words.streamChanged);
			return said.length > 0 ? said.join(" · ") : words.settings;
		}
		default:
			return notice satisfies never;
	}
}

/** Whether a text is longer than six lines of the list, counting East Asian letters as two columns. */
export function isLong(value: string): boolean {
	let columns = 0;
	let lines = 1;
	for (const letter of value) {
		if (letter === "\n") {
			lines++;
			columns = Math.ceil(columns / 50) * 50;
		} else columns += (letter.codePointAt(0) as number) > 0x10ff ? 2 : 1;
		if (columns > foldColumnsMax || lines > foldLinesMax) return true;
	}
	return false;
}

export const rowStyles = css`
	.message { position: relative; padding: 4px 16px; overflow-wrap: anywhere; }
	.message:is(:hover, :focus-within) .line { overflow: clip; overflow-clip-margin: 4px; }
	.message .line.folded { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 6; overflow: hidden; }
	.name { font-weight: 600; unicode-bidi: isolate; }
	.colon { color: var(--hubbub-quiet); }
	.text { white-space: pre-wrap; unicode-bidi: isolate; }
	.text a { color: inherit; text-decoration: underline; text-decoration-color: var(--hubbub-accent); text-underline-offset: 3px; }
	.message.sending .line { opacity: 0.5; }
	.you { margin-inline-start: 4px; padding: 0 5px; border-radius: 4px; background: var(--hubbub-accent-soft); color: var(--hubbub-accent-ink); font-size: 11px; line-height: 16px; font-weight: 600; }
	.message.to-me { background: var(--hubbub-accent-soft); box-shadow: inset 3px 0 var(--hubbub-accent); }
	.message:hover, .message:focus-within, .message:focus { background: var(--hubbub-hover); }
	.message.to-me:hover, .message.to-me:focus-within { background: var(--hubbub-accent-soft); }
	.message:focus-visible { outline-offset: -2px; }
	.message[data-found] { animation: found 1.6s ease-out; }
	@keyframes found { from { background: var(--hubbub-accent-soft); } }
	.times { display: inline-block; margin-inline-start: 6px; padding: 0 6px; border-radius: var(--hubbub-radius-round); background: var(--hubbub-accent-soft); color: var(--hubbub-accent-ink); font-size: 12px; line-height: 16px; font-weight: 700; font-variant-numeric: tabular-nums; vertical-align: 1px; }
	.fold { color: var(--hubbub-accent-ink); font-size: 12px; line-height: 24px; font-weight: 600; padding: 0; }
	.fate { color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; }
	.quote { display: block; max-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; padding-inline-start: 8px; border-inline-start: 2px solid var(--hubbub-line); color: var(--hubbub-quiet); font-size: 12px; line-height: 24px; text-align: start; }
	.quote bdi:first-child { font-weight: 600; }
	button.quote:hover { color: var(--hubbub-ink); }
	.quote.gone { font-style: italic; }
	.tools { position: absolute; inset-block-start: -14px; inset-inline-end: 12px; z-index: 1; display: flex; align-items: center; padding: 0 2px 0 8px; background: var(--hubbub-raised); border: 1px solid var(--hubbub-line); border-radius: var(--hubbub-radius-small); box-shadow: var(--hubbub-shadow); }
	.tools time { color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; font-variant-numeric: tabular-nums; padding-inline-end: 4px; }
	.tools .tool { min-width: 30px; height: 28px; }
	.tools .tool.danger:hover { color: var(--hubbub-danger); }
	.tools .icon { width: 17px; height: 17px; }
	/* Tools stand out of their row, which therefore clips its text alone. */
	.message:hover, .message:focus-within { z-index: 1; contain: layout style; }
	@media (pointer: coarse) { .tools { inset-block-start: -30px; } .tools .tool { min-width: 44px; height: 44px; } .fold, button.quote { min-width: 44px; line-height: 44px; } }
	.notice { padding: 8px 16px; text-align: center; color: var(--hubbub-quiet); font-size: 12px; line-height: 16px; overflow-wrap: anywhere; }
	.notice.missed { display: flex; align-items: center; gap: 12px; color: var(--hubbub-accent-ink); font-weight: 600; }
	.notice.missed::before, .notice.missed::after { content: ""; flex: 1; height: 1px; background: currentColor; opacity: 0.4; }
	.notice.gap span, .notice.started-over span { display: inline-block; padding: 4px 12px; border-radius: var(--hubbub-radius-round); background: var(--hubbub-hover); }
	@media (prefers-reduced-motion: reduce) { .message[data-found] { animation-name: found-still; } }
	@keyframes found-still { from, to { outline: 2px solid var(--hubbub-focus); outline-offset: -2px; } }
`;
