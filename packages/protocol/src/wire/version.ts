/**
 * The version of the wire contract and the hash of its schemas.
 *
 * History:
 * - 1: hello, join, leave, say, like, ping and the moderators' frames; welcome, joined, batch, ack, reject, gap, bye, pong.
 *   Before its release: a `joined` that recovers holds at most 128 events instead of 500; the others follow in batches, as before.
 *   A frame holds at most 1,024 values; of a name that is wished for, 1,024 units are looked at, as before, and now by a limit's name.
 *   `unavailable` may end a connection, with 4105: to come back. `conflict` is new: a key that was used for another message.
 *   `settings` holds no names that there are not.
 *   Marks on one letter: 8 in scripts that need more, the same one at most twice.
 *   A `settings` event says `all` settings that the room was given, besides those it changed. `delete` and `settings` events do not say `by` whom.
 *   `pin` is new: a frame, an event, and a field of a room's state.
 *   `welcome` says `version` and `features`; servers that do not say them speak 1, and have none.
 *
 * `version.test.ts` computes the hash again and fails when a schema changed without a line here.
 */
export const PROTOCOL_VERSION = 1;
/** SHA-256, in short, of every schema, code and limit of this version. */
export const SCHEMA_HASH = "e3102ff585973c47";
/** The WebSocket subprotocol for programs (RFC 6455 section 1.9). */
export const SUBPROTOCOL_V1 = "hubbub.v1";
/** The WebSocket subprotocol for people; also what a client that offers none gets. */
export const SUBPROTOCOL_TEXT = "hubbub.text";
