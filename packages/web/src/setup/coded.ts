import { html, type TemplateResult } from "lit";

/** What in a sentence is to be typed or looked up letter by letter: settings with their values, headers, files. */
const literal = /(HUBBUB_[A-Z_]+(?:=[\w.*:/-]*\w)?|Access-Control-Allow-Origin|docs\/[\w/-]+\.md)/;

/** A sentence with such parts set apart as code. */
export function coded(sentence: string): TemplateResult {
	return html`${sentence.split(literal).map((part, index) => (index % 2 === 1 ? html`<code translate="no">${part}</code>` : part))}`;
}
