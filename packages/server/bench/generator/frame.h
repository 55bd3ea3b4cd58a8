/* WebSocket frames (RFC 6455 section 5.2): heads, scanning, and forms with blanks to fill. */
#ifndef FRAME_H
#define FRAME_H
#include <stddef.h>
#include <stdint.h>

enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10, FRAME_HEAD_MAX = 14 };

struct frame {
	int opcode;
	/* Whether permessage-deflate compressed it (RFC 7692). */
	int deflated;
	const uint8_t *payload;
	size_t length;
};

/* Writes the head of a client's whole frame, masked with zeros, which leave the payload as it is. Answers its length. */
size_t frame_head(uint8_t *head, int opcode, size_t length);
/* Reads one unmasked frame; answers the bytes it took, 0 where it is not whole. Fragments are not expected: no engine here sends any. */
size_t frame_read(const uint8_t *bytes, size_t length, struct frame *frame);
/* The text in a frame: plain, permessage-deflate, or hubbub's `0x01` and raw DEFLATE. Null where it cannot be inflated. */
const char *frame_text(const struct frame *frame, size_t *length);

struct blank {
	const char *name, *value;
};
/* Writes `form` with its blanks filled in; answers the length, and ends the process where it is more than `capacity`. */
size_t fill(char *target, size_t capacity, const char *form, const struct blank *blanks, int count);
#endif
