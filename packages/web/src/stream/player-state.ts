/** Why a stream does not play, as its viewers and its operator can be told. */
export type StreamProblem =
	/** There is nothing at the address: not yet, not any more, or it is mistyped (404, 410, an empty playlist). */
	| "not-found"
	/** The stream's server wants a sign-in or a token that the address does not carry (401, 403). */
	| "forbidden"
	/** The stream's server answers with a fault of its own (5xx, 429). */
	| "server"
	/** The stream's server answers, but does not let pages of this site read it. */
	| "cors"
	/** The address begins with http:// and the page with https://: browsers mix no such two. */
	| "insecure"
	/** The stream's server cannot be reached, or does not answer. */
	| "network"
	/** The viewer's own network is away. */
	| "offline"
	/** What is at the address is neither a playlist nor a film, a web page for instance. */
	| "not-a-stream"
	/** The browser does not know the codec, or the data is damaged. */
	| "undecodable"
	/** The browser has no way to play such a stream at all. */
	| "unsupported"
	/** It played, and nothing new comes any more: the sender has stopped without saying so. */
	| "stalled"
	/** Something is there that cannot be opened, and the browser does not say why. */
	| "unknown";

/** What is on the screen. Times are of the clock's `monotonic()`. */
export type PlayerState =
	/** No address. */
	| { readonly phase: "idle" }
	/** The picture is on its way, for the first time or because it is held up. */
	| { readonly phase: "loading" }
	| { readonly phase: "playing" }
	/** Paused by the viewer. */
	| { readonly phase: "paused" }
	/** The browser wants a tap before it plays anything. */
	| { readonly phase: "blocked" }
	/** The stream is over. Its address is looked at again and again, since streams come back. */
	| { readonly phase: "ended" }
	/** It cannot be played, and is tried again at `retryAtMs`; null while that is under way, or where trying is of no use (`unsupported`). */
	| { readonly phase: "broken"; readonly problem: StreamProblem; readonly retryAtMs: number | null };
