import { readFileSync } from "node:fs";
import type { AxeResults, NodeResult } from "axe-core";
import type { Page } from "playwright-core";

/** What is asked of every page: WCAG 2.2 to level AA, and what axe calls best practice. */
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const source = readFileSync(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir), "utf8");

/** One thing axe says about one element. */
export interface Remark {
	readonly rule: string;
	/** The element, by the selectors that lead to it, one for each component it stands in. */
	readonly where: string;
	/** What is wrong, or what axe cannot tell by itself. */
	readonly why: string;
}

/** What axe is asked. In forced colours the system chooses them, and what a style sheet says of colours is not what is seen. */
export type Asked = "everything" | "colors" | "all but colors";

const colorRule = "color-contrast";

/** What axe finds wrong with the page as it stands now, and what neither axe nor `measureContrast` can tell. */
export async function audit(page: Page, asked: Asked): Promise<{ readonly violations: Remark[]; readonly incomplete: Remark[] }> {
	if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(source);
	const { violations, incomplete } = await page.evaluate(
		(options) => (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run(options),
		{
			runOnly: asked === "colors" ? { type: "rule", values: [colorRule] } : { type: "tag", values: tags },
			rules: { [colorRule]: { enabled: asked !== "all but colors" } },
			resultTypes: ["violations", "incomplete"],
		},
	);
	const result = { violations: remarksOf(violations), incomplete: [] as Remark[] };
	for (const { id, nodes } of incomplete)
		for (const node of nodes) {
			const remark = { rule: id, where: whereOf(node), why: whyOf(node) };
			const measured = id === colorRule ? await measureContrast(page, node.target.flat()) : null;
			if (measured === null) result.incomplete.push(remark);
			else if (measured < expectedOf(node)) result.violations.push({ ...remark, why: `the contrast is ${measured.toFixed(2)}` });
		}
	return result;
}

/** What WCAG asks of a text of this size. */
function expectedOf({ any }: NodeResult): number {
	return Number.parseFloat(String(any[0]?.data?.expectedContrastRatio ?? "4.5"));
}

/**
 * The contrast of an element's letters with the colours behind it, looked up from component to component. Where something shines through
 * that may be any picture, it is the worst that any can do; null where that is all there is behind the letters. Axe gives up where other
 * elements lie over a place, whether or not they hide it, and where a text is a single letter.
 */
function measureContrast(page: Page, path: readonly string[]): Promise<number | null> {
	return page.evaluate((selectors) => {
		let element: Element | null = null;
		for (const selector of selectors) {
			const root: ParentNode = element?.shadowRoot ?? document;
			element = root.querySelector(selector);
			if (!element) return null;
		}
		if (!element) return null;
		const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
		const read = (color: string): [number, number, number, number] => {
			brush.clearRect(0, 0, 1, 1);
			brush.fillStyle = color;
			brush.fillRect(0, 0, 1, 1);
			const [red = 0, green = 0, blue = 0, alpha = 0] = brush.getImageData(0, 0, 1, 1).data;
			return [red, green, blue, alpha / 255];
		};
		/** What a window shows where nothing is painted. */
		const canvas = () => {
			const probe = document.body.appendChild(document.createElement("i"));
			probe.style.backgroundColor = "Canvas";
			const color = read(getComputedStyle(probe).backgroundColor);
			probe.remove();
			return color;
		};
		const parentOf = (node: Node): Node | null =>
			(node instanceof Element && node.assignedSlot) || node.parentNode || (node instanceof ShadowRoot ? node.host : null);
		const layers: [number, number, number, number][] = [];
		let opacity = 1;
		let isKnown = false;
		for (let at: Node | null = element; at && !isKnown; at = parentOf(at)) {
			if (!(at instanceof Element)) continue;
			const style = getComputedStyle(at);
			opacity *= Number(style.opacity);
			const layer = read(style.backgroundColor);
			if (layer[3] > 0) layers.push(layer);
			isKnown = layer[3] === 1;
			// Whatever is not in the flow may lie over anything.
			if (style.backgroundImage !== "none" || (!isKnown && /absolute|fixed/.test(style.position))) break;
			if (at === document.documentElement && !isKnown) isKnown = layers.push(canvas()) > 0;
		}
		if (!isKnown && layers.length === 0) return null;
		const mix = (front: readonly number[], back: readonly number[], alpha: number) =>
			[0, 1, 2].map((at) => (front[at] as number) * alpha + (back[at] as number) * (1 - alpha));
		layers.reverse();
		const style = getComputedStyle(element);
		const letters = read(element instanceof SVGElement ? style.fill : style.color);
		const luminance = (color: readonly number[]) => {
			const [red = 0, green = 0, blue = 0] = color.map((value) => {
				const share = value / 255;
				return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
			});
			return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
		};
		const over = (last: readonly number[]) => {
			const behind = layers.reduce((back, layer) => mix(layer, back, layer[3]), last);
			const [one, other] = [luminance(mix(letters, behind, letters[3] * opacity)), luminance(behind)];
			return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
		};
		return isKnown ? over([0, 0, 0]) : Math.min(over([0, 0, 0]), over([255, 255, 255]));
	}, path);
}

const argumentsFile = new URL("../../../docs/accessibility.md", import.meta.url);

/** One row of the table in docs/accessibility.md: what axe cannot tell, where, and why it holds. */
interface Argument {
	readonly rule: string;
	readonly where: RegExp;
}

let table: readonly Argument[] | null = null;

/** Whether docs/accessibility.md argues for what axe left open. */
export function argued({ rule, where }: Remark): boolean {
	table ??= readArguments(readFileSync(argumentsFile, "utf8"));
	return table.some((argument) => argument.rule === rule && argument.where.test(where));
}

/** Rows look like `| rule | /pattern of where/ | why |`. */
export function readArguments(markdown: string): readonly Argument[] {
	return [...markdown.matchAll(/^\| `([a-z-]+)` \| `\/(.+)\/` \|/gm)].map(([, rule, pattern]) => ({
		rule: rule as string,
		where: new RegExp((pattern as string).replaceAll("\\|", "|")),
	}));
}

function remarksOf(results: AxeResults["violations"]): Remark[] {
	return results.flatMap(({ id, nodes }) => nodes.map((node) => ({ rule: id, where: whereOf(node), why: whyOf(node) })));
}

function whereOf({ target }: NodeResult): string {
	return target.flat().join(" ");
}

function whyOf({ any, all, none }: NodeResult): string {
	return [...any, ...all, ...none].map(({ message }) => message).join(" ");
}
