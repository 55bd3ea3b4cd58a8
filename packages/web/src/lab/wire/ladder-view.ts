import { html, nothing, svg, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { LabWords } from "../words/lab-en.ts";
import { type LabLanguage, percent, wholeNumber } from "../words/lab-words.ts";
import { type FieldName, shortLength, splitBits, unmaskStart } from "./fields.ts";
import { type AcceptRung, type FrameRung, type Header, type Ladder, opcodeName, type Rung } from "./ladder.ts";

interface Says {
	readonly words: LabWords;
	readonly language: LabLanguage;
}

/** Payload bytes shown in a row; the deeper view shows all that came. */
const payloadShownMax = 16;
const unmaskedMax = 12;
const fieldNames: readonly FieldName[] = ["flags", "length", "extended", "mask", "payload"];
const tellingHeaders = new Set(["sec-websocket-key", "sec-websocket-accept", "upgrade", "connection"]);

/** The ladder as a list of its rungs, the newest last. */
export function ladderView(ladder: Ladder, says: Says): TemplateResult {
	const { words } = says;
	if (ladder.rungs.length === 0) return html`<div class="ladder"><p class="ladder-empty">${words.wire.empty}</p></div>`;
	return html`
		${ladder.forgotten > 0 ? html`<p class="forgotten">${words.wire.forgotten(ladder.forgotten)}</p>` : nothing}
		<ol class="ladder">${repeat(
			ladder.rungs,
			({ id }) => id,
			(rung) => rungView(rung, says),
		)}</ol>
	`;
}

/** What the colours of the bytes mean. */
export function fieldKey({ words }: Says): TemplateResult {
	return html`<ul class="key">${fieldNames.map((name) => html`<li class=${name}><i></i>${words.wire.fields[name]}</li>`)}</ul>`;
}

function rungView(rung: Rung, says: Says): TemplateResult {
	const from = rung.kind === "frame" || rung.kind === "head" ? `from-${rung.from}` : "";
	return html`<li class="rung new ${rung.kind} ${from}"><time>${rung.atMs.toFixed(1)} ms</time>${body(rung, says)}</li>`;
}

function body(rung: Rung, says: Says): TemplateResult {
	const { words, language } = says;
	switch (rung.kind) {
		case "head":
			return html`<details>
				<summary><span class="name">HTTP</span><span class="words mono">${rung.start}</span><span class="hint">${words.wire.headers(rung.headers.length)}</span><span class="size">${wholeNumber(language, rung.bytes)} B</span></summary>
				<div class="headers" aria-label=${rung.from === "client" ? words.wire.request : words.wire.response}>${rung.headers.map(headerView)}</div>
			</details><div class="arrow"></div>`;
		case "accept":
			return acceptView(rung, says);
		case "frame":
			return frameView(rung, says);
		case "state":
			return html`<span class="state-mark at-${rung.readyState}">${words.wire.states[rung.readyState]}</span>${rung.end === "cut" ? html`<span class="end">${words.wire.dropped}</span>` : nothing}`;
		case "mistake":
			return html`<p class="mistake" role="alert">${words.wire.mistakes[rung.words] ?? rung.words}</p>`;
		default:
			return rung satisfies never;
	}
}

function headerView({ name, value }: Header): TemplateResult {
	return html`<div class=${tellingHeaders.has(name.toLowerCase()) ? "telling" : ""}>${name}: ${value}</div>`;
}

function acceptView(rung: AcceptRung, { words }: Says): TemplateResult {
	const { wire } = words;
	return html`<section class="proof" aria-label=${wire.accept}>
		<h4>${wire.accept}</h4>
		<dl>
			<dt>${wire.acceptKey}</dt><dd>${rung.key}</dd>
			<dt>${wire.acceptGuid}</dt><dd>${rung.guid}</dd>
			<dt>${wire.acceptDigest}</dt><dd>${rung.digest.join(" ")}</dd>
			<dt>${wire.acceptBase64}</dt><dd class="expected"><b>${rung.expected}</b></dd>
			<dt>${wire.acceptAnswered}</dt><dd class="answered"><b>${rung.answered ?? wire.nothing}</b></dd>
		</dl>
		<p class="verdict ${rung.matches ? "yes" : "no"}">${rung.matches ? "✓" : "✗"} ${rung.matches ? wire.acceptMatches : wire.acceptDiffers}</p>
		<p>${wire.acceptWhy}</p>
	</section>`;
}

function frameView(rung: FrameRung, says: Says): TemplateResult {
	const { words, language } = says;
	const { wire } = words;
	const name = opcodeName(rung.opcode);
	const share = percent(language, rung.headerShare);
	const count = (bytes: number) => wholeNumber(language, bytes);
	return html`<details>
		<summary aria-label=${wire.frameOf(rung.from, name)}>
			<span class="name">${name}</span>
			<span class="words">${frameWords(rung, says)}</span>
			<span class="hint">${wire.details}</span>
			<span class="size" title=${wire.share(share)}><b class="header-bytes">${count(rung.headerBytes)}</b> ${wire.header} + <b class="payload-bytes">${count(rung.payloadBytes)}</b> ${wire.payload} · ${share}</span>
		</summary>
		${deeperView(rung, says)}
	</details>
	<div class="arrow"></div>
	<div class="under">${scaleView(rung.headerShare)}${hexView(rung, payloadShownMax, says)}</div>`;
}

function frameWords(rung: FrameRung, { words }: Says): string {
	const { wire } = words;
	if (rung.closeCode !== null) return `${wire.closeWith(rung.closeCode)} · ${rung.text ? `“${rung.text}”` : wire.noReason}`;
	if (rung.text !== null && rung.text !== "") return `“${rung.text}”`;
	return wire.opcodes[opcodeName(rung.opcode)];
}

/** Header and payload to scale, over the whole width. The header is never thinner than a hair, so that it can be found. */
function scaleView(headerShare: number): TemplateResult {
	const head = `${headerShare * 100}%`;
	return html`<svg class="scale" aria-hidden="true">${svg`<rect class="payload-part" x=${head} width="100%" height="100%"/><rect class="head-part" width=${head} height="100%"/><rect class="head-part" width="1.5" height="100%"/>`}</svg>`;
}

function hexView(rung: FrameRung, payloadMax: number, { words, language }: Says): TemplateResult {
	return html`<div class="hex">${rung.fields.map(({ name, hex, more }) => {
		const shown = name === "payload" ? hex.slice(0, payloadMax) : hex;
		const hidden = more + hex.length - shown.length;
		const title = words.wire.fields[name];
		return html`${shown.map((byte) => html`<span class=${name} title=${title}>${byte}</span>`)}${hidden > 0 ? html`<span class="more">${words.wire.more(wholeNumber(language, hidden))}</span>` : nothing}`;
	})}</div>`;
}

function deeperView(rung: FrameRung, says: Says): TemplateResult {
	const { wire } = says.words;
	const unmasked = unmaskStart(rung, unmaskedMax);
	return html`<div class="deeper">
		<h4>${wire.bits}</h4>
		${bitsView(rung, says)}
		${
			unmasked.length > 0
				? html`<h4>${wire.unmask}</h4>
					<div class="unmask">
						<div class="payload"><span>${wire.onWire}</span>${unmasked.map(({ wire: byte }) => html`<b>${byte}</b>`)}</div>
						<div class="mask"><span>⊕ ${wire.key}</span>${unmasked.map(({ key }) => html`<b>${key}</b>`)}</div>
						<div class="plain"><span>= ${wire.plain}</span>${unmasked.map(({ plain }) => html`<b>${plain}</b>`)}</div>
					</div>
					<p>${wire.unmaskWhy}</p>`
				: nothing
		}
		${rung.fields.some(({ name, hex }) => name === "payload" && hex.length > payloadShownMax) ? hexView(rung, Number.POSITIVE_INFINITY, says) : nothing}
	</div>`;
}

function bitsView(rung: FrameRung, { words, language }: Says): TemplateResult {
	const readings = words.wire.bitWords;
	const payload = wholeNumber(language, rung.payloadBytes);
	return html`<ul class="bits">${splitBits(rung.hex)?.map(({ name, bits }) => {
		const reading =
			name === "opcode"
				? readings.opcode(`${opcodeName(rung.opcode)} (0x${rung.opcode.toString(16)})`)
				: name === "length"
					? readings.length(shortLength(rung.hex), payload)
					: readings[name](bits);
		const field = name === "MASK" || name === "length" ? "length" : "flags";
		return html`<li class=${field}><span class="cells ${field}">${Array.from(bits, (bit) => html`<b>${bit}</b>`)}</span><strong>${name}</strong><span class="reading">${reading}</span></li>`;
	})}</ul>`;
}
