import { closeCodes } from "./close-codes.ts";

/**
 * The one closed table of everything that can go wrong, used on every transport (SPEC CODE-1).
 *
 * `http` is the status over HTTP, as RFC 9457 `application/problem+json` with the same `code`. `close` is the WebSocket close
 * code where the matter ends the connection, else null and it travels as a `reject`. The range of `close` tells the client what to do:
 * 4000–4099 is final, 4100–4199 means come back after `reconnectAfterMs` or a jittered delay.
 */
export const codes = {
	// Final: coming back unchanged would end the same way.
	unauthorized: { http: 401, close: closeCodes.unauthorized, message: "The token is missing, expired or not valid." },
	banned: { http: 403, close: closeCodes.banned, message: "You are banned here." },
	room_not_found: { http: 404, close: closeCodes.room_not_found, message: "There is no such room." },
	frame_too_large: { http: 413, close: closeCodes.frame_too_large, message: "The frame is larger than this server takes." },
	bad_frame: { http: 400, close: closeCodes.bad_frame, message: "The frame is not valid." },
	// Come back: nothing is wrong with the client.
	draining: { http: 503, close: closeCodes.draining, message: "The server is restarting." },
	too_slow: { http: 503, close: closeCodes.too_slow, message: "The connection could not keep up and was let go; it can resume." },
	silent: { http: 408, close: closeCodes.silent, message: "Nothing was heard from the connection in time." },
	overloaded: { http: 503, close: closeCodes.overloaded, message: "The server is at its limit. Try again shortly." },
	flooding: { http: 429, close: closeCodes.flooding, message: "The connection sends far more than it may." },
	unavailable: { http: 503, close: closeCodes.unavailable, message: "What the server needs for this does not answer now. Try again." },
	// Rejections: the connection goes on.
	unknown_type: { http: 400, close: null, message: "The server does not know this type of frame." },
	not_joined: { http: 409, close: null, message: "Join the room first." },
	already_joined: { http: 409, close: null, message: "The connection is in this room already." },
	too_many_rooms: { http: 409, close: null, message: "The connection is in too many rooms." },
	guests_not_allowed: { http: 403, close: null, message: "This room does not let guests in. Sign in first." },
	forbidden: { http: 403, close: null, message: "Your role does not allow this." },
	read_only: { http: 403, close: null, message: "Only the hosts may write in this room now." },
	text_empty: { http: 422, close: null, message: "There is nothing to read in the message." },
	text_too_long: { http: 422, close: null, message: "The message is too long." },
	conflict: { http: 409, close: null, message: "This key was used for something else already." },
	rate_limited: { http: 429, close: null, message: "You are writing too fast." },
	slow_mode: { http: 429, close: null, message: "Slow mode is on in this room." },
	message_not_found: { http: 404, close: null, message: "There is no such message." },
	not_found: { http: 404, close: null, message: "There is nothing here." },
	method_not_allowed: { http: 405, close: null, message: "This address does not take that method." },
	unsupported_subprotocol: { http: 400, close: null, message: "Offer hubbub.v1, hubbub.text, or no subprotocol." },
	origin_not_allowed: { http: 403, close: null, message: "Pages of this origin may not connect here." },
	setup_done: { http: 403, close: null, message: "This server has been set up already." },
	too_many_connections: { http: 429, close: null, message: "There are too many connections from this address." },
	internal: { http: 500, close: null, message: "Something went wrong on the server." },
} as const satisfies Record<string, CodeEntry>;

interface CodeEntry {
	readonly http: number;
	readonly close: number | null;
	readonly message: string;
}

export type Code = keyof typeof codes;
