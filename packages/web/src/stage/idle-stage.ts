import { type CSSResult, css, html, nothing, type SVGTemplateResult, svg, type TemplateResult, unsafeCSS } from "lit";

/** What stands on the empty stage. */
export interface Poster {
	readonly title: string;
	readonly words: string;
	readonly hint: string;
}

/**
 * The stage while nothing plays: an empty theatre seen from the pit. Curtains half open, one warm light on the boards, and the heads of those who
 * came early. Drawn with CSS and SVG alone. The curtain is drawn until the reader is in the room, and where they are not let in.
 */
export function idleStage(curtain: "open" | "drawn", poster: Poster | null): TemplateResult {
	return html`<div class="idle ${curtain}">
		<div class="wall"></div>
		<div class="beam"></div>
		<div class="boards"></div>
		<div class="pool"></div>
		<div class="curtain left"></div>
		<div class="curtain right"></div>
		<svg class="valance" viewBox="0 0 1200 120" preserveAspectRatio="none" aria-hidden="true">${valance()}</svg>
		<svg class="pit" viewBox="0 0 1200 150" preserveAspectRatio="xMidYMax slice" aria-hidden="true">${pit()}</svg>
		${poster ? html`<div class="poster"><h2>${poster.title}</h2><p>${poster.words}</p><p class="hint">${poster.hint}</p></div>` : nothing}
	</div>`;
}

/** Eight swags of cloth over the top edge, with a darker fold between them and a gold hem. */
function valance(): SVGTemplateResult[] {
	const width = 150;
	return Array.from({ length: 8 }, (_, index) => {
		const x = index * width;
		const hem = `M${x} 46C${x + 30} 104 ${x + 120} 104 ${x + width} 46`;
		return svg`<path class="swag" d="M${x} 0H${x + width}V46${`C${x + 120} 104 ${x + 30} 104 ${x} 46`}Z"/><path class="fold" d="M${x + 45} 0C${x + 40} 40 ${x + 55} 70 ${x + 75} 88M${x + 105} 0C${x + 110} 40 ${x + 95} 70 ${x + 75} 88"/><path class="hem" d=${hem}/>`;
	});
}

/** Two rows of heads and shoulders, uneven as people are. */
function pit(): SVGTemplateResult[] {
	const rows = [
		{ className: "far", y: 74, scale: 0.8, xs: [30, 118, 190, 282, 366, 438, 540, 634, 706, 800, 884, 962, 1054, 1136, 1196] },
		{ className: "near", y: 104, scale: 1.15, xs: [-6, 84, 176, 300, 402, 488, 668, 752, 850, 946, 1066, 1160] },
	];
	return rows.flatMap(({ className, y, scale, xs }) =>
		xs.map((x, index) => {
			const rise = ((index * 37) % 5) * 3;
			const size = scale * (0.92 + ((index * 53) % 7) / 40);
			return svg`<g class=${className} transform="translate(${x} ${y - rise}) scale(${size})"><circle r="20"/><path d="M-44 90c0-40 12-62 44-62s44 22 44 62Z"/></g>`;
		}),
	);
}

/** How far a curtain reaches across its own width, at even steps from top to bottom: tied back to a third of it, or hanging straight over half the stage. */
const gathered = [1, 0.995, 0.985, 0.97, 0.945, 0.91, 0.865, 0.81, 0.745, 0.68, 0.63, 0.61, 0.625, 0.645, 0.655, 0.66].map(
	(reach) => reach / 3,
);
const hanging = gathered.map(() => 1);

function hem(side: "left" | "right", reaches: readonly number[]): CSSResult {
	const across = (reach: number) => `${((side === "left" ? reach : 1 - reach) * 100).toFixed(1)}%`;
	const edge = reaches.map((reach, step) => `${across(reach)} ${((step / (reaches.length - 1)) * 100).toFixed(1)}%`);
	return unsafeCSS(`polygon(${[`${across(0)} 0%`, ...edge, `${across(0)} 100%`].join(", ")})`);
}

export const idleStageStyles = css`
	.idle { position: absolute; inset: 0; overflow: hidden; background: oklch(0.17 0.03 40); container-type: size; }
	.wall { position: absolute; inset: 0 0 24%; background: radial-gradient(ellipse 62% 90% at 50% 62%, oklch(0.42 0.085 48), oklch(0.25 0.06 38) 58%, oklch(0.17 0.035 35)); }
	.beam { position: absolute; inset: -6% 0 16%; filter: blur(18px); }
	.beam::before { content: ""; position: absolute; inset: 0; background: linear-gradient(to bottom, oklch(0.95 0.07 85 / 0.34), oklch(0.9 0.08 80 / 0.06) 88%, transparent); clip-path: polygon(46% 0, 54% 0, 72% 100%, 28% 100%); }
	.boards { position: absolute; inset: 76% 0 0; background: linear-gradient(to bottom, oklch(0.36 0.075 48), oklch(0.19 0.04 40) 80%); border-top: 2px solid oklch(0.5 0.09 55 / 0.7); }
	.beam, .pool { margin-right: var(--stage-inset, 0px); }
	.boards::after { content: ""; position: absolute; inset: 0; background: repeating-linear-gradient(90deg, transparent 0 5.8%, oklch(0.14 0.03 40 / 0.5) 5.8% 6%); transform: perspective(300px) rotateX(38deg) scale(1.6); transform-origin: top; }
	.pool { position: absolute; inset: 71% 22% 10%; border-radius: 50%; background: radial-gradient(closest-side, oklch(0.93 0.09 82 / 0.62), oklch(0.8 0.1 70 / 0.2) 60%, transparent); }
	.curtain { position: absolute; inset-block: 0 19%; width: 51%; background: repeating-linear-gradient(90deg, oklch(0.3 0.115 28) 0, oklch(0.47 0.165 31) 2.2cqw, oklch(0.39 0.145 29) 3.4cqw, oklch(0.24 0.09 27) 4.6cqw, oklch(0.3 0.115 28) 5.2cqw); box-shadow: 0 0 40px oklch(0.1 0.03 30 / 0.8); transition: clip-path 700ms cubic-bezier(0.5, 0, 0.2, 1); }
	.curtain::after { content: ""; position: absolute; inset: 0; background: linear-gradient(to bottom, oklch(0.1 0.03 30 / 0.55), transparent 35%, oklch(0.1 0.03 30 / 0.5)); }
	.curtain.left { left: 0; clip-path: ${hem("left", gathered)}; }
	.curtain.right { right: 0; clip-path: ${hem("right", gathered)}; }
	.drawn .curtain { clip-path: ${hem("left", hanging)}; }
	.drawn .curtain.right { clip-path: ${hem("right", hanging)}; }
	.poster { transition: opacity 500ms ease-out 300ms; }
	.drawn .poster { opacity: 0; transition: none; }
	@media (prefers-reduced-motion: reduce) { .curtain, .poster { transition: none; } }
	.valance { position: absolute; inset: 0 0 auto; width: 100%; height: 17%; }
	.valance .swag { fill: oklch(0.4 0.15 30); }
	.valance .fold { fill: none; stroke: oklch(0.29 0.11 28); stroke-width: 7; opacity: 0.7; }
	.valance .hem { fill: none; stroke: oklch(0.74 0.12 78); stroke-width: 5; }
	.pit { position: absolute; inset: auto 0 -1px; width: 100%; height: 26%; }
	.pit .far { fill: oklch(0.15 0.028 38); }
	.pit .near { fill: oklch(0.105 0.02 38); }
	.poster { position: absolute; inset: 46% calc(15% + var(--stage-inset, 0px)) 25% 15%; display: grid; grid-auto-rows: max-content; align-content: center; justify-items: center; gap: 1.4cqh; text-align: center; color: oklch(0.96 0.03 85); }
	.poster h2 { margin: -0.3em 0 0; padding: 0.3em 0.6em 0.08em; font: 600 clamp(18px, min(4.4cqw, 7cqh), 54px) / 1.22 var(--hubbub-poster-font); letter-spacing: 0.01em; text-wrap: balance; overflow-wrap: anywhere; text-shadow: 0 2px 24px oklch(0.12 0.04 40 / 0.85); display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
	.poster p { margin: 0; max-width: 60ch; font-size: clamp(12px, 1.5cqw, 18px); line-height: 1.5; color: oklch(0.9 0.04 80); text-wrap: balance; text-shadow: 0 1px 12px oklch(0.12 0.04 40 / 0.9); }
	.poster .hint { color: oklch(0.78 0.05 75); }
	@container (height < 480px) { .poster .hint { display: none; } .poster { left: 6%; right: calc(6% + var(--stage-inset, 0px)); } .poster h2 { font-size: clamp(18px, min(3.2cqw, 7cqh), 40px); } }
	/* Where there is hardly any stage, its words have all of it between the cloth and the heads. */
	@container (height < 340px) { .poster { top: 20%; } .poster h2 { -webkit-line-clamp: 5; } }
	@container (width < 420px) { .poster { left: 6%; right: calc(6% + var(--stage-inset, 0px)); } .poster h2 { padding-inline: 0; font-size: 16px; -webkit-line-clamp: 5; } }
	@container (height < 190px) { .poster p { display: none; } }
`;
