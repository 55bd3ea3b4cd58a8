/* Raw DEFLATE (RFC 1951), so that compressed frames can be audited. */
#ifndef INFLATE_H
#define INFLATE_H
#include <stddef.h>
#include <stdint.h>

/*
 * Inflates a whole stream, or one that was cut at a block's end as permessage-deflate does (RFC 7692 section 7.2.1).
 * Answers the length, or -1 where the stream is damaged or `capacity` is too small.
 */
long inflate_raw(const uint8_t *source, size_t source_length, uint8_t *target, size_t capacity);

/*
 * The same, remembering the last frames: viewers of one room get the same bytes. Answers text that stays until the next call,
 * null where it cannot be inflated.
 */
const char *inflate_remembered(const uint8_t *source, size_t source_length, size_t *length);
#endif
