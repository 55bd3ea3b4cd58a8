import { recall, remember } from "../theme/choice.ts";

/** What a key does in the room, where it is not being typed into something. Listed for readers in `panels/shortcuts.ts`. */
export type KeyAction =
	| "write"
	| "down"
	| "up"
	| "reply"
	| "newest"
	| "danmaku"
	| "like"
	| "mute"
	| "talk"
	| "theatre"
	| "fullscreen"
	| "close"
	| "help";

/** What of a keyboard event matters here. */
export interface KeyPress {
	readonly key: string;
	readonly ctrlKey: boolean;
	readonly metaKey: boolean;
	readonly altKey: boolean;
	readonly isComposing: boolean;
	readonly repeat: boolean;
}

const actions: Readonly<Record<string, KeyAction>> = {
	c: "write",
	"/": "write",
	j: "down",
	k: "up",
	r: "reply",
	end: "newest",
	d: "danmaku",
	l: "like",
	m: "mute",
	h: "talk",
	t: "theatre",
	f: "fullscreen",
	escape: "close",
	"?": "help",
};

const choiceKey = "hubbub.keys";
/** Who speaks to their computer, or has a pet on the keyboard, turns letters off (WCAG 2.1.4). */
let areLettersOn = recall(choiceKey) !== "off";

/** Whether keys that are letters or signs do anything. */
export function lettersOn(): boolean {
	return areLettersOn;
}

export function turnLetters(on: boolean): void {
	areLettersOn = on;
	remember(choiceKey, on ? null : "off");
}

/** The action of a key, or null: with a modifier it is the browser's, and a held key repeats only movement. */
export function keyAction(press: KeyPress): KeyAction | null {
	if (!areLettersOn && [...press.key].length === 1) return null;
	if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return null;
	const key = press.key.toLowerCase();
	const action = Object.hasOwn(actions, key) ? (actions[key] as KeyAction) : null;
	return press.repeat && action !== "down" && action !== "up" ? null : action;
}

/** Whether an element takes keys as text or moves by them. */
export function takesKeys(target: EventTarget | undefined): boolean {
	return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
