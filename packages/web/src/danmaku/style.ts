import type { Style } from "@hubbub/protocol/kinds/message.ts";
import { recall, remember } from "../theme/choice.ts";

/** Colours a message may fly in, in the order of `words.colors`: bright enough to be read over any picture with a dark outline. */
export const danmakuColors = [0xffffff, 0xff5c5c, 0xff9f43, 0xffe066, 0x8ce99a, 0x66e0e0, 0x74b9ff, 0xc29bff, 0xff9ecb] as const;

export const plainStyle: Style = { mode: 1, color: 0xffffff };
const key = "hubbub.danmaku.style";

/** The style last chosen in this browser. */
export function rememberedStyle(): Style {
	const [mode, color] = (recall(key) ?? "").split(",").map(Number);
	return {
		mode: mode === 4 || mode === 5 ? mode : 1,
		color: danmakuColors.find((known) => known === color) ?? plainStyle.color,
	};
}

export function rememberStyle(style: Style): void {
	remember(key, style.mode === plainStyle.mode && style.color === plainStyle.color ? null : `${style.mode},${style.color}`);
}

/** 24-bit RGB as CSS. */
export function cssColor(color: number): string {
	return `#${color.toString(16).padStart(6, "0")}`;
}
