import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { controls } from "../theme/controls.ts";
import { icon } from "../theme/icons.ts";
import type { Check, Checklist } from "./api.ts";
import { coded } from "./coded.ts";
import type { Passage } from "./passage.ts";
import { sectionStyles } from "./setup-styles.ts";
import type { SetupWords } from "./words/setup-en.ts";

/** What is open on this server, as the server sees it and as it was found from here. Fires `look` where it is to be looked at again. */
export class ChecksSection extends LitElement {
	static override readonly properties = { words: { attribute: false }, checklist: { attribute: false }, passage: { attribute: false } };
	static override readonly styles = [
		controls,
		sectionStyles,
		css`
			ul { display: grid; gap: 2px; margin: 0 0 16px; padding: 0; list-style: none; }
			li { display: grid; grid-template-columns: 28px minmax(0, 1fr); padding: 8px 0; border-top: 1px solid var(--hubbub-line); }
			li .sign { display: grid; place-items: center; width: 20px; height: 20px; border-radius: 50%; font-weight: 700; font-size: 13px; line-height: 20px; }
			.open .sign { background: var(--hubbub-wait); color: var(--hubbub-panel); }
			.settled .sign { color: var(--hubbub-good); }
			li strong { display: block; }
			li span.says { color: var(--hubbub-quiet); text-wrap: pretty; }
			.open span.says { color: var(--hubbub-ink); }
			dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 12px; margin: 6px 0 0; }
			dt { font-weight: 600; }
			dd { margin: 0; }
			dd pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 2; font: 13px/20px ui-monospace, "SF Mono", Consolas, monospace; user-select: all; }
			@media (max-width: 560px) { dl { grid-template-columns: minmax(0, 1fr); } }
		`,
	];
	declare words: SetupWords;
	declare checklist: Checklist;
	declare passage: Passage;

	override render(): TemplateResult {
		const { words, checklist } = this;
		// What is found here and now goes over what the server has seen of others.
		const checks = checklist.checks.map((check) => ({ ...check, state: this.passage.found[check.id] ?? check.state }));
		const open = checks.filter(({ state }) => state === "open");
		const settled = checks.filter(({ state }) => state === "settled");
		return html`<section aria-labelledby="checks"><h2 id="checks"><span class="step">5</span>${words.checks}</h2>
			<p>${coded(checklist.reach === "network" ? words.reachNetwork : words.reachLocal)}</p>
			${open.length === 0 ? html`<p class="good">${words.allSettled}</p>` : nothing}
			<ul>${[...open, ...settled].map((check) => this.#check(check))}</ul>
			<button class="button quiet" @click=${() => this.dispatchEvent(new Event("look"))}>${words.lookAgain}</button>
		</section>`;
	}

	#check({ id, state, lines = [] }: Check): TemplateResult | typeof nothing {
		const { words } = this;
		// A newer server may look at more than this page has words for.
		const about = Object.hasOwn(words.checkWords, id) ? words.checkWords[id] : null;
		if (!about) return nothing;
		const isOpen = state === "open";
		return html`<li class=${state} data-check=${id}><span class="sign" role="img" aria-label=${isOpen ? words.isOpen : words.isSettled}>${isOpen ? "!" : icon("check")}</span><div><strong>${about.title}</strong><span class="says">${coded(isOpen ? about.open : about.settled)}</span>${isOpen && lines.length > 0 ? this.#lines(lines) : nothing}</div></li>`;
	}

	/** Of the proxy that is known to be there, or of each. */
	#lines(lines: NonNullable<Check["lines"]>): TemplateResult {
		const own = lines.filter(({ proxy }) => proxy === this.passage.proxy);
		const shown = own.length > 0 ? own : lines;
		return html`<dl translate="no">${shown.map(({ proxy, line }) => html`<dt>${proxy}</dt><dd><pre>${line}</pre></dd>`)}</dl>`;
	}
}

customElements.define("hubbub-setup-checks", ChecksSection);
