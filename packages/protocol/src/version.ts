/**
 * The version of the wire contract and the hash of its schemas.
 *
 * History:
 * - 1: hello, join, leave, say, like, ping and the moderators' frames; welcome, joined, batch, ack, reject, gap, bye, pong.
 *   Before its release: a `joined` that recovers holds at most 128 events instead of 500; the others follow in batches, as before.
 *
 * `version.test.ts` computes the hash again and fails when a schema changed without a line here.
 */
export const PROTOCOL_VERSION = 1;
/** SHA-256, in short, of every schema, code and limit of this version. */
export const SCHEMA_HASH = "8f69d67782ba0212";
/** The WebSocket subprotocol for programs (RFC 6455 section 1.9). */
export const SUBPROTOCOL_V1 = "hubbub.v1";
/** The WebSocket subprotocol for people; also what a client that offers none gets. */
export const SUBPROTOCOL_TEXT = "hubbub.text";
