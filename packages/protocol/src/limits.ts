/**
 * Every bound on what may be said on the wire, in one place. Unit and qualifier stand last in each name.
 * "Graphemes" are user-perceived characters (Unicode UAX #29), "units" are UTF-16 code units.
 */
export const limits = {
	/** One upstream frame, in bytes as sent. A larger one is closed with 4009 (SPEC WS-7). */
	frameBytesMax: 64 * 1024,
	/** Nesting of arrays and objects in an upstream frame. Deeper parses, but cannot be stringified again. */
	nestingDepthMax: 32,
	/** The default length of a message; a room's settings may lower or raise it up to `textGraphemesCeiling`. */
	textGraphemesMax: 500,
	textGraphemesCeiling: 2_000,
	/** Bounds what one grapheme cluster can hide: 500 graphemes never carry more than this. */
	textUnitsMax: 8_000,
	/** Lines of one message. */
	textLinesMax: 10,
	nameGraphemesMax: 24,
	nameUnitsMax: 96,
	/** The sender's idempotency key. */
	keyLengthMax: 64,
	refLengthMax: 64,
	tokenLengthMax: 4_096,
	titleLengthMax: 120,
	urlLengthMax: 2_048,
	/** Rooms one connection may be in at once. */
	roomsPerConnectionMax: 32,
	/** One `like` frame may carry this many. */
	likesPerFrameMax: 100,
	topicLengthMax: 64,
	/** Time a new connection has to say `hello`. */
	helloTimeoutMs: 5_000,
	/** The server pings, and a client should be heard from, this often: under every proxy's 60 s. */
	heartbeatMs: 25_000,
	/** Events handed over with `joined` when the reader has no cursor. */
	historyOnJoin: 50,
	/** Events in one answer to a poll that recovers a reader; what is still missing is in the next. */
	recoveryPageMax: 500,
	/** Events in one `joined` when it recovers a reader; what is still missing follows in batches. */
	recoveryOnJoin: 128,
	/** A reader further behind than this is started over: `recovered: false`. */
	recoveryEventsMax: 10_000,
	/** One page of the archive. */
	historyPageMax: 200,
	slowModeSecondsMax: 300,
	deliveryBudgetMax: 10_000,
	/** Combining marks on one base character, outside the scripts that need more. */
	combiningMarksMax: 3,
} as const;
