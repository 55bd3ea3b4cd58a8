import type { MessageEvent, Style } from "@hubbub/protocol/kinds/message.ts";
import type { Line } from "../danmaku/line.ts";

/** Danmaku of one batch: live messages as their writers styled them, `me` being the reader's id. */
export function linesOf(messages: readonly MessageEvent[], me: string | null): Line[] {
	return messages
		.filter((message) => !message.deleted)
		.map((message) => lineOf(message.id, message.text, message.style, message.from.id === me));
}

/** One text as a line to fly. */
export function lineOf(id: string, text: string, style: Partial<Style> | null | undefined, mine: boolean): Line {
	const mode = style?.mode === 5 ? "top" : style?.mode === 4 ? "bottom" : "scroll";
	return { id, text, mode, color: style?.color ?? 0xffffff, mine };
}
