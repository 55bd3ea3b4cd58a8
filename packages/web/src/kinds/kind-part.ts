import type { Room } from "@hubbub/client";
import type { User } from "@hubbub/protocol/fields.ts";
import type { MessageRow } from "@hubbub/room-model/rows.ts";
import type { TemplateResult } from "lit";
import type { Words } from "../words/en.ts";
import type { Language } from "../words/language.ts";

/** What a part may do to the page. */
export interface PageDesk {
	/** Draws the page again. */
	redraw(): void;
	/** Shows a passing word. */
	show(words: string): void;
	/** Tells a screen reader. */
	announce(words: string): void;
}

/** The page as it is being drawn. */
export interface Around {
	readonly words: Words;
	readonly language: Language;
	readonly visit: {
		readonly room: Room;
		readonly user: User | null;
		/** The server's clock less ours, in milliseconds. */
		readonly clockSkewMs: number;
	};
}

/** What can be done with a message, or with the room: a button or an entry of the menu. */
export interface Deed {
	readonly label: string;
	readonly icon: TemplateResult;
	/** `row` is null where it is done with the room. */
	do(row: MessageRow | null): void;
}

/** What a part shows and offers at the moment; null is nothing. */
export interface Shown {
	/** Above the messages. */
	readonly above: TemplateResult | null;
	/** Over the page, modal. */
	readonly over: TemplateResult | null;
	/** What the reader may do with a message. */
	readonly messageDeeds: readonly Deed[];
	/** What the reader may do with the room, for the menu. */
	readonly roomDeeds: readonly Deed[];
}

/** What the page has of one kind of event, made when `table.ts` says that it is needed. Asked at every drawing; what it offers acts on the page as it was asked about last. */
export type KindPart = (around: Around) => Shown;
