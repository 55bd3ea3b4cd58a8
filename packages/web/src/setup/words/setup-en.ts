import type { StreamProblem } from "../../stream/player-state.ts";
import type { CheckId } from "../api.ts";

/** What is said of one thing that may be open to others. */
export interface CheckWords {
	readonly title: string;
	readonly open: string;
	readonly settled: string;
}

/** English: the table the others are typed by. */
export const en = {
	title: "Your server",
	lead: "You, a room with its stream, the line for your site, and who may do what: one after the other.",
	language: "Language",
	lobby: "The lobby",
	tryAgain: "Try again",
	copy: "Copy",
	copied: "Copied",
	copyByHand: "Marked: press Ctrl+C",
	save: "Save",
	saving: "Saving…",
	saved: "Saved",
	unreachable: "The server does not answer.",
	refusedKey: "The server does not take the key any more. Sign in again.",
	notSaved: (reason: string) => `Not saved. ${reason}`,

	// Who the operator is
	you: "You",
	claimWords:
		"This server belongs to nobody yet. Make yourself its operator: you are given a key that opens everything, so have a safe place ready for it.",
	claim: "Make me the operator",
	claiming: "Making the key…",
	noToken: "This server waits for its operator. Open the whole address that it printed when it started: what stands behind # is the token.",
	badToken:
		"That token is not the one this server printed. It prints another at each start until one has been used: copy the whole address again.",
	claimFailed: "The server did not answer as expected.",
	done: "This server has been set up already.",
	doneWords:
		"Sign in with the operator's key to come back to it. If the key is lost, start the server with HUBBUB_ADMIN_KEY to set another.",
	signInWords: "Sign in with the operator's key.",
	stranger: (name: string) => `That is ${name}'s token. This page takes the operator's key.`,
	keyTitle: "Your key",
	keyWords: "Keep it like a password. It is shown this once, and this tab forgets it when it is closed.",
	keyInPrograms: "In programs it is a header:",
	signedIn: "You are signed in as the operator in this tab, here and in every room.",
	signOut: "Sign out",
	nameLabel: "What you are called in every room",
	nameHint: "Nobody else can wear it.",
	nameRefused: "That is no name that can be read.",

	// A room and its stream
	room: "A room and its stream",
	roomLabel: "Room",
	roomHint: "a–z, 0–9, - and _: it stands in the address.",
	roomIsNew: "There is no such room yet. It is made when you save.",
	roomIsThere: "This room is there already.",
	sample: "Take the sample stream",
	preview: "Preview",
	streamNone: "Without a stream viewers see an empty stage, and talk all the same.",
	streamLooking: "Looking…",
	streamPlays: "It plays.",
	streamEnded: "It played to its end.",
	streamBlocked: "Press play in the preview.",
	notWeb:
		"Browsers play addresses that begin with https:// only. What begins with rtmp://, rtsp:// or srt:// is for sending: take the HLS address (.m3u8) that your streaming server gives out.",
	noAddress: "An address begins with https://, or with / on this server.",
	advice: {
		"not-found": "There is nothing at this address. Is the stream running, and is the address spelled right?",
		forbidden: "The stream's server wants a sign-in. Take an address that viewers can open as it is.",
		server: "The stream's server answers with a fault of its own. Look at its log.",
		cors: "The stream's server does not let pages of this site read it. Have it send the header Access-Control-Allow-Origin.",
		insecure: "This page came over https, the stream does not: browsers refuse that. Give the stream an https address.",
		network: "The stream's server cannot be reached from here. Is the host spelled right, and its port open?",
		offline: "This device has no network.",
		"not-a-stream": "At this address is a web page, not a stream. Take the address of the playlist (.m3u8) or the file itself.",
		undecodable: "The picture or the sound is in a form this browser does not know. H.264 with AAC plays everywhere.",
		unsupported: "This browser cannot play HLS. Try another browser; your viewers' may well play it.",
		stalled: "It began, and nothing new comes. Is the sender still sending?",
		unknown:
			"Something is there, and the browser does not say why it cannot open it. A header Access-Control-Allow-Origin would let it say.",
	} satisfies Record<StreamProblem, string> as Record<StreamProblem, string>,
	more: "All settings of this room",
	makeRoom: "Make the room",
	roomSaved: "Saved. It holds for everybody at once.",
	openRoom: "Open the room",

	// The line to embed
	embed: "In your page",
	embedWords: "Copy this to where the discussion is to stand. It needs no setting on this server.",
	embedWhat: "What it shows",
	embedKinds: { chat: "Discussion", stage: "Picture with danmaku", both: "Both" },
	sdkTitle: "Or build your own page on the SDK",
	sdkWords: "The page's site has to be named in HUBBUB_ALLOWED_ORIGINS, unless it is this server's own.",
	localAddress:
		"This is the address by which you came, and only this machine knows it. Come by the server's public address to get the line for your site.",
	embedMore: "How your site signs its visitors in, by the frame or the SDK, stands in docs/embedding.md.",

	// Who moderates
	people: "Who moderates",
	peopleWords:
		"You own every room. Anybody else moderates by a token (JSON Web Token) that your site signs for them: its roles say in which rooms.",
	peopleRoles: "A moderator or a host changes the room's settings, takes back anyone's message, and writes at any pace.",
	takesNothing: "This server takes no tokens yet. Give it a secret and start it again:",
	takesSecret: "This server takes tokens signed with its secret. This makes one for a moderator of the room above, good for a day:",
	takesKeySet: "This server takes tokens signed with the keys at HUBBUB_JWKS_URL. A moderator's says of the room above:",
	peopleWhere: "Whoever has it signs in by the room's menu, or your page hands it over.",

	// What is open
	checks: "What is open",
	reachLocal:
		"Only this machine reaches the server so far. See to what is marked before you open it to others: with HUBBUB_HOST=0.0.0.0, or by a proxy on this machine.",
	reachNetwork: "Others reach this server. What is marked is open to them.",
	isOpen: "Open",
	isSettled: "Settled",
	allSettled: "Nothing is open that should not be.",
	lookAgain: "Look again",
	checkWords: {
		https: {
			title: "Encryption",
			open: "Pages, keys and tokens travel unencrypted. Give HUBBUB_TLS_CERT and HUBBUB_TLS_KEY, or put a proxy with https in front.",
			settled: "Pages come over https.",
		},
		proxy: {
			title: "Viewers' addresses",
			open: "A proxy stands in front that is not trusted, so all viewers have its address and share its limits. Set HUBBUB_TRUSTED_PROXIES.",
			settled: "Each viewer is counted by an address of their own.",
		},
		origins: {
			title: "Other sites",
			open: "Pages of any site may connect. Name yours in HUBBUB_ALLOWED_ORIGINS in place of *.",
			settled: "Only pages of this server, and of sites you named, may connect.",
		},
		"sign-in": {
			title: "Sign-in",
			open: "Nobody but you can sign in, so nobody else can moderate.",
			settled: "People sign in by tokens of your site.",
		},
		guests: {
			title: "Guests",
			open: "Anybody may come into this room without signing in.",
			settled: "Only people who are signed in come into this room.",
		},
		rooms: {
			title: "New rooms",
			open: "Anybody makes a room by opening its address. HUBBUB_AUTO_CREATE_ROOMS=off leaves that to you.",
			settled: "You alone make rooms.",
		},
		"rate-limit": {
			title: "Pace",
			open: "Everybody may write as fast as they can. Leave HUBBUB_RATE_LIMIT out to hold them to five messages in five seconds.",
			settled: "Nobody writes faster than they may.",
		},
		lab: {
			title: "The lab",
			open: "The lab is open to everybody, with an echo that costs memory. HUBBUB_LAB=off shuts it.",
			settled: "The lab is shut.",
		},
		data: {
			title: "What is kept",
			open: "Everything is forgotten when the server stops. HUBBUB_DATA names a folder to keep it in.",
			settled: "Every message is kept on disk.",
		},
		websocket: {
			title: "WebSockets",
			open: "A proxy takes Upgrade off WebSockets' handshakes, so viewers go by slower ways. In its configuration:",
			settled: "WebSockets come through.",
		},
		streams: {
			title: "Event streams",
			open: "A proxy holds event streams back until they are over, so viewers without a WebSocket have to poll. In its configuration:",
			settled: "Event streams come through as they are sent.",
		},
		quiet: {
			title: "Quiet connections",
			open: "A proxy cuts what is quiet for less than 25 seconds, so viewers connect again and again. In its configuration:",
			settled: "Connections may be quiet.",
		},
	} satisfies Record<CheckId, CheckWords> as Record<CheckId, CheckWords>,
};

export type SetupWords = typeof en;
