import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import type { Bar, Dot, LaneBook } from "./book.ts";

/** How fast time moves, in CSS pixels a millisecond: a poll a second is well apart. */
export const pixelsPerMs = 0.026;
/** Height of a strip in CSS pixels. */
export const stripHeight = 64;
const barY = 40;
const dotY = 18;
const dotPixels = 9;
const numberPixels = 14;
/** An open request is drawn until far beyond the right edge, which cuts it off at now. */
const farMs = 3_600_000;
const shownMs = 90_000;

/**
 * One lane over time, as groups that move left with the clock: nothing is drawn anew while nothing happens. `originMs` is the time
 * at x = 0; the caller moves `.moving` so that now is at the right edge.
 */
export function stripView(book: LaneBook, saidMs: readonly number[], originMs: number, nowMs: number, label: string): TemplateResult {
	const since = nowMs - shownMs;
	const x = (ms: number) => (ms - originMs) * pixelsPerMs;
	const bars = book.bars.filter(({ endMs }) => endMs === null || endMs > since);
	return html`<svg class="strip" role="img" aria-label=${label} height=${stripHeight}>${svg`
		<g class="moving">
			${saidMs.filter((ms) => ms > since).map((ms) => svg`<line class="said" x1=${x(ms)} x2=${x(ms)} y1="0" y2=${stripHeight}/>`)}
			${bars.map((bar) => barView(bar, x))}
			${clusters(book.dots.filter(({ atMs }) => atMs > since))
				.toSorted((one, other) => one.count - other.count)
				.map((cluster) => clusterView(cluster, x))}
			${cutsOf(book, nowMs).map(([from, to]) => svg`<rect class="gap" x=${x(from)} y=${barY - 9} width=${(to - from) * pixelsPerMs} height="18"/>`)}
		</g>`}</svg>`;
}

/** Marks every five seconds under all strips. */
export function axisView(widthPx: number, words: { now: string; ago: (seconds: number) => string }): TemplateResult {
	const seconds = Array.from({ length: Math.floor(widthPx / pixelsPerMs / 5_000) }, (_, index) => (index + 1) * 5);
	return html`<svg class="axis" aria-hidden="true" height="22">${
		widthPx > 0
			? svg`<text class="now" x=${widthPx} y="15">${words.now}</text>${seconds.map((ago) => svg`<text x=${widthPx - ago * 1_000 * pixelsPerMs} y="15">${ago % 10 === 0 || widthPx > 500 ? words.ago(ago) : nothing}</text>`)}`
			: nothing
	}</svg>`;
}

/** Messages seen so near to each other that their dots would lie on one another. */
export interface Cluster {
	readonly atMs: number;
	readonly count: number;
	readonly isMadeUp: boolean;
}

/**
 * Gathers dots within nine pixels of the first, or fourteen where they are a number already and take more room; those made up for stay
 * apart from the others.
 */
export function clusters(dots: readonly Dot[]): Cluster[] {
	const found: { atMs: number; count: number; isMadeUp: boolean }[] = [];
	for (const { atMs, isMadeUp } of dots) {
		const last = found.at(-1);
		if (last && last.isMadeUp === isMadeUp && (atMs - last.atMs) * pixelsPerMs < (last.count > 1 ? numberPixels : dotPixels)) last.count++;
		else found.push({ atMs, count: 1, isMadeUp });
	}
	return found;
}

function clusterView({ atMs, count, isMadeUp }: Cluster, x: (ms: number) => number): SVGTemplateResult {
	const kind = isMadeUp ? " made-up" : "";
	const dot = svg`<circle class="dot${kind}" cx=${x(atMs)} cy=${dotY} r=${count === 1 ? 4 : 8}/>`;
	return count === 1 ? dot : svg`${dot}<text class="many${kind}" x=${x(atMs)} y=${dotY + 3.5}>${count}</text>`;
}

function barView(bar: Bar, x: (ms: number) => number): SVGTemplateResult {
	const end = bar.endMs ?? bar.startMs + farMs;
	// A poll that took two milliseconds is a twentieth of a pixel: it is drawn as a mark of three.
	// Neighbours are kept apart by a hair.
	const width = Math.max(3, x(end) - x(bar.startMs) - 1.5);
	const shape = svg`<rect class="bar ${bar.end}${bar.hasNews ? " news" : ""}" x=${x(bar.startMs)} y=${barY - 6} width=${width} height="12" rx="2.5"/>`;
	if (width < 8) return shape;
	return svg`${shape}<rect class="start" x=${x(bar.startMs)} y=${barY - 10} width="2" height="20" rx="1"/>${bar.endMs === null ? nothing : svg`<rect class="start" x=${x(bar.startMs) + width - 2} y=${barY - 10} width="2" height="20" rx="1"/>`}`;
}

/** Stretches in which the lane was cut: from a cut to the next request. */
function cutsOf(book: LaneBook, nowMs: number): (readonly [number, number])[] {
	const stretches = book.cuts.map(({ fromMs, toMs }) => [fromMs, toMs ?? nowMs + farMs] as const);
	return stretches.filter(([, to]) => to > nowMs - shownMs);
}
