/**
 * Every bound on what may be said on the wire, in one place. Unit and qualifier stand last in each name.
 * "Graphemes" are user-perceived characters (Unicode UAX #29), "units" are UTF-16 code units.
 *
 * Constants one by one, so that a page pays for those it uses: `import * as limits from "@hubbub/protocol/wire/limits.ts"`.
 */

/** One upstream frame, in bytes as sent. A larger one is closed with 4009 (SPEC WS-7). */
export const frameBytesMax = 64 * 1024;
/** Nesting of arrays and objects in an upstream frame. Deeper parses, but cannot be stringified again. */
export const nestingDepthMax = 32;
/** Values in an upstream frame, those of fields nobody knows too; a hello for 32 rooms has about 120. Thousands of names cost milliseconds to parse. */
export const frameValuesMax = 1_024;
/** The default length of a message; a room's settings may lower or raise it up to `textGraphemesCeiling`. */
export const textGraphemesMax = 500;
export const textGraphemesCeiling = 2_000;
/** Bounds what one grapheme cluster can hide, and what cleaning can cost: as sent and as kept. */
export const textUnitsMax = 8_000;
/** Lines of one message. */
export const textLinesMax = 10;
export const nameGraphemesMax = 24;
export const nameUnitsMax = 96;
/** A name as it is wished for; what comes after is not looked at. */
export const nameUnitsSentMax = 1_024;
/** The sender's idempotency key. */
export const keyLengthMax = 64;
export const refLengthMax = 64;
export const tokenLengthMax = 4_096;
export const titleLengthMax = 120;
export const urlLengthMax = 2_048;
/** Rooms one connection may be in at once. */
export const roomsPerConnectionMax = 32;
/** One `like` frame may carry this many. */
export const likesPerFrameMax = 100;
/** Time a new connection has to say `hello`. */
export const helloTimeoutMs = 5_000;
/** The server pings, and a client should be heard from, this often: under every proxy's 60 s. */
export const heartbeatMs = 25_000;
/** Events handed over with `joined` when the reader has no cursor. */
export const historyOnJoin = 50;
/** Events in one answer to a poll that recovers a reader; what is still missing is in the next. */
export const recoveryPageMax = 500;
/** Events in one `joined` when it recovers a reader; what is still missing follows in batches. */
export const recoveryOnJoin = 128;
/** A reader further behind than this is started over: `recovered: false`. */
export const recoveryEventsMax = 10_000;
/** One page of the archive. */
export const historyPageMax = 200;
export const slowModeSecondsMax = 300;
export const deliveryBudgetMax = 10_000;
/** Combining marks that are added to one letter, of any script. */
export const combiningMarksMax = 3;
/** All marks on one letter, where its script writes vowels, tones or subjoined letters as marks: the tallest Tibetan stack has seven. */
export const scriptMarksMax = 8;
/** The same mark on one letter. */
export const sameMarkMax = 2;
