/** Every bound of the server that is not said on the wire (those are `protocol/limits.ts`). Unit and qualifier stand last. */
export const serverLimits = {
	/** Latest events of a live room kept decoded, for joining and resuming without a read from the store. */
	recentEventsMax: 1_000,
	recentUnitsMax: 2 * 1024 * 1024,
	/** Encoded batches of a live room. */
	windowBatchesMax: 2_048,
	windowUnitsMax: 2 * 1024 * 1024,
	/** Latest messages of a room that this node did not show, remembered for the acknowledgement of their senders. */
	unshownMax: 4_096,
	/** Pages of one room's log read from the store at once; more wait their turn. */
	pagesReadMax: 4,
	/** Characters of events in one answer: a `joined`, a page of what was missed, a page of the archive. */
	pageUnitsMax: 96 * 1024,
	/** Those who are far behind are written pages for so long at a time, at most so many, with so long a pause after. */
	catchUpSliceMs: 2,
	catchUpPagesMax: 96,
	catchUpPauseMs: 8,
	/** Events in a page of what they missed, and pages remembered in a room for others behind them. */
	missedPageEvents: 128,
	missedPagesMax: 32,
	/** Characters of a room's pages that were read from the store lately, kept for others who ask for them. */
	pagesUnitsMax: 1024 * 1024,
	/** Rooms live at once on this node; one more is refused as `overloaded`. */
	roomsLiveMax: 20_000,
	/** A room nobody is in is put away after this long. */
	roomIdleMs: 60_000,
	/** Short polls are answered as of the last multiple of this: cursors fall together, and caches serve them. */
	pollStepMs: 1_000,
	/** Answers to polls remembered per view of a room, and the characters they may hold together. */
	answersMax: 256,
	answersUnitsMax: 4 * 1024 * 1024,
	/** Answers to polls are worth compressing from this length. */
	gzipUnitsMin: 1_024,
	/** Batches at least this long are worth deflating. */
	deflateUnitsMin: 256,

	/** Bytes a socket may have waiting in user space before its reader is parked. */
	socketBufferBytesMax: 128 * 1024,
	/** Frames and characters waiting for one session alone (acks, joins); beyond, it is let go with 4101. */
	directFramesMax: 256,
	directUnitsMax: 96 * 1024,
	/** Frames of one connection waiting behind a slow one (a hello being checked, a join being read). */
	inboundFramesMax: 64,
	/** Commands of one connection whose answers are still due. */
	commandsPendingMax: 1_024,
	/** A socket that takes nothing for this long is let go with 4101. */
	stalledMs: 20_000,
	/** Nothing heard, not even a pong, for this many heartbeats: 4102. */
	heartbeatsMissedMax: 2,
	/** Frames a connection may send: this many at once, refilled over this long. Off with the rate limit. */
	frames: { burst: 200, perMs: 4_000 },
	/** Frames thrown away unread before the connection is let go with 4104. */
	framesDroppedMax: 1_000,
	/** Bad frames a connection may send in a row of good ones before it is let go with 4010. */
	badFramesMax: 20,
	/** Rooms and guests an address may cause to be made, and frames of likes its guests may send. */
	roomsMade: { burst: 30, perMs: 60_000 },
	guestsMade: { burst: 200, perMs: 60_000 },
	likeFrames: { burst: 100, perMs: 10_000 },
	/** The guests of one address may write as much as this many people. */
	personsPerAddress: 10,
	/** Time a closing handshake may take before the socket is dropped. */
	closeTimeoutMs: 5_000,
	/** Longest frame the WebSocket listener itself takes, beyond which it closes with 1009 from the header alone. */
	listenerFrameBytesMax: 256 * 1024,
	/** Longest message the lab's echo takes. */
	labFrameBytesMax: 16 * 1024 * 1024,
	/** Body of an HTTP request. */
	bodyBytesMax: 128 * 1024,
	/** A connection on which nothing passes for this long is ended by the listener, but for those that are held. */
	quietSeconds: 30,
	/** Longest time a poll is held. */
	pollWaitMsMax: 25_000,
	/** Polls held at once on this node. */
	pollsHeldMax: 50_000,
	/** Time given to sessions to leave when the server stops. */
	drainMs: 3_000,
	/** Time given to the store to finish what is waiting. */
	closeStoreMs: 10_000,
	/** A client told to come back waits up to this long, so that a restart is no stampede. */
	reconnectSpreadMs: 2_000,
} as const;
