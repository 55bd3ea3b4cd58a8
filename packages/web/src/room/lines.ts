import type { MessageEvent, Style } from "@hubbub/protocol/event.ts";
import type { Line } from "../danmaku/flights.ts";

/** Danmaku of one batch: live messages of others, as their writers styled them. The reader's own fly when they are said. */
export function linesOf(messages: readonly MessageEvent[], me: string | null): Line[] {
	return messages
		.filter((message) => message.from.id !== me && !message.deleted)
		.map((message) => lineOf(message.id, message.text, message.style, false));
}

/** One text as a line to fly. */
export function lineOf(id: string, text: string, style: Partial<Style> | null | undefined, mine: boolean): Line {
	const mode = style?.mode === 5 ? "top" : style?.mode === 4 ? "bottom" : "scroll";
	return { id, text, mode, color: style?.color ?? 0xffffff, mine };
}
