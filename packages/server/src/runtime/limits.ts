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
	/** How often a command is decided anew, because what it was decided by had been changed elsewhere, before its sender hears so. */
	movedTriesMax: 5,
	/** How often texts that were taken back long enough ago are wiped. */
	removedWipeMs: 600_000,
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
	/** A room nobody is in is put away after this long, and how often they are looked for: within a minute. */
	roomIdleMs: 45_000,
	roomSweepMs: 10_000,
	/** Short polls are answered as of the last multiple of this: cursors fall together, and caches serve them. */
	pollStepMs: 1_000,
	/** Answers to polls remembered per view of a room, and the characters they may hold together. */
	answersMax: 256,
	answersUnitsMax: 4 * 1024 * 1024,
	/** Answers to polls are worth compressing from this length. */
	gzipUnitsMin: 1_024,
	/** Batches at least this long are worth deflating. */
	deflateUnitsMin: 256,

	/** Bytes that an event stream or the lab's echo may have waiting in user space before it is written nothing more. */
	socketBufferBytesMax: 128 * 1024,
	/** Bytes that the listener holds for one socket: more than the largest frame, so that the last word always fits behind it. A parked reader is written nothing else. */
	listenerBufferBytesMax: 8 * 1024 * 1024,
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
	/** Bad frames a connection may send before it is let go with 4010: a program's mistake is told of many times, and forgotten in time. */
	badFrames: { burst: 20, perMs: 600_000 },
	/** Rooms and guests an address may cause to be made, and frames of likes its guests may send. */
	roomsMade: { burst: 30, perMs: 60_000 },
	guestsMade: { burst: 200, perMs: 60_000 },
	likeFrames: { burst: 100, perMs: 10_000 },
	/** The guests of one address may write as much as this many people. */
	personsPerAddress: 10,
	/** Time an identity provider has to answer with its keys, and the longest answer: below a hello's time, so that whoever waits hears why. */
	keysAnswerMs: 3_000,
	keysUnitsMax: 512 * 1024,
	/** Keys this old are renewed while they are used; those this old before they are used, where the provider answers. */
	keysFreshMs: 5 * 60_000,
	keysStaleMs: 60 * 60_000,
	/** Pauses between questions to a provider that does not answer. */
	keysRetryMinMs: 1_000,
	keysPauseMaxMs: 60_000,
	/** Questions to the provider on behalf of tokens that name a key not in hand, which anybody can make up. */
	keyQuestions: { burst: 5, perMs: 60_000 },
	/** A key that the provider did not know is not asked about again for this long; so many are remembered. */
	keyUnknownMs: 30_000,
	keysUnknownMax: 256,
	/** Time after which to ask again what the store, or a queue that is full, could not do just now; said with the refusal. */
	retrySoonMs: 1_000,
	/** Sessions are looked at this often, so what is due within it counts as due. */
	wheelSlotMs: 1_000,
	/** One connection too many is told to come back after this long. */
	crowdedRetryMs: 10_000,
	/** Open files kept back from connections: for the disk, the key set, and those who are told that there is no place. */
	descriptorsReserved: 64,
	/** With so many left they are counted, and tried once a second. */
	descriptorsPlenty: 1_024,
	/** Of the open files that there may be, those that connections which are held leave to everything else. */
	descriptorsNotHeld: 128,
	/** New connections are taken as before once they have been taken for so long. */
	admissionCalmMs: 60_000,
	/** Time a closing handshake may take before the socket is dropped. */
	closeTimeoutMs: 5_000,
	/** Longest frame the WebSocket listener itself takes, beyond which it closes with 1009 from the header alone. */
	listenerFrameBytesMax: 256 * 1024,
	/** What a page may have the lab's client do: each command takes one token, and one more for each 8 KiB it sends. */
	labCommands: { burst: 20, perMs: 2_000 },
	labBytesPerToken: 8 * 1024,
	/** Commands of the lab that may be refused for being too many; beyond, the page is let go. */
	labRefusals: { burst: 100, perMs: 60_000 },
	/** Bytes the lab's echo sends back on one socket: 1 MiB at once, 4 MiB a second. One that sends more is let go. */
	labEcho: { burst: 1024 * 1024, perMs: 250 },
	/** Messages longer than this are echoed uncompressed: deflating 256 KiB takes 5 ms, in which nobody else is served. */
	labDeflateBytesMax: 16 * 1024,
	/** On the echo's own port, for conformance suites: the longest message, and sockets at once. */
	labFrameBytesMax: 16 * 1024 * 1024,
	labSocketsMax: 8,
	/** Of an origin that is refused, so much is named in the refusal. */
	originUnitsShown: 256,
	/** Builds whose pages' files are kept in the data folder, the present one among them, and the bytes that all of them may take. */
	buildsKeptMax: 3,
	keptFilesBytesMax: 20 * 1024 * 1024,
	/** Room that keeping them must leave on the disk: it belongs to the messages. */
	keptFilesFreeBytesMin: 200 * 1024 * 1024,
	/** What gave a proxy away counts for so long: viewers look for a better way at least every 15 minutes. */
	proxySignMs: 20 * 60_000,
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
	/** Characters of log lines that nobody has taken yet; further lines are dropped, and counted. */
	logUnitsWaitingMax: 256 * 1024,
	/** Time given to whoever collects the log to take the last lines. */
	closeLogMs: 1_000,
	/** Time given to systemd's tool to tell that the service is about to end. */
	tellManagerMs: 1_000,
	/** A client told to come back waits up to this long, so that a restart is no stampede. */
	reconnectSpreadMs: 2_000,
	/** A browser tries an event stream again and again after what it was told last: told less, it would not let a server start. */
	streamRetryMsMin: 1_000,
} as const;
