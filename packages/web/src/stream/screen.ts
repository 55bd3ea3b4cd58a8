import type { StreamProblem } from "./player-state.ts";

/** What a screen tells of the address it was given last. */
export type ScreenNews =
	/** The picture moves, for the first time or again. */
	| { readonly type: "moving" }
	/** The picture stands, because nothing is there to show. */
	| { readonly type: "standing" }
	/** More of the stream has come in. */
	| { readonly type: "fed" }
	/** Stopped by the viewer, by the system's own controls, or because the page went out of sight. */
	| { readonly type: "paused" }
	/** The browser wants a tap first. */
	| { readonly type: "blocked" }
	/** The stream is over, and said so. */
	| { readonly type: "ended" }
	/** Nothing more comes in. What is there already may still be moving. */
	| { readonly type: "broke"; readonly problem: StreamProblem };

/** Where a stream is shown: the page's `<video>`, or a stand-in in tests. */
export interface Screen {
	muted: boolean;
	/** Where a recording stands, in seconds; 0 for a live stream or none. */
	readonly position: number;
	/** Shows an address from `fromSeconds` on, instead of what was shown before. `tell` is not called after `open` or `close` is called again. */
	open(address: string, fromSeconds: number, tell: (news: ScreenNews) => void): void;
	/** Goes on loading after `broke`, while the picture still moves. */
	goOn(): void;
	/** Shows nothing. */
	close(): void;
	play(): void;
	pause(): void;
}
