#include "frame.h"
#include "inflate.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t frame_head(uint8_t *head, int opcode, size_t length) {
	size_t size = 2;
	head[0] = (uint8_t)(0x80 | opcode);
	if (length < 126) head[1] = (uint8_t)(0x80 | length);
	else if (length < 65536) {
		head[1] = 0x80 | 126;
		head[2] = (uint8_t)(length >> 8);
		head[3] = (uint8_t)length;
		size = 4;
	} else {
		head[1] = 0x80 | 127;
		for (int index = 0; index < 8; index++) head[2 + index] = (uint8_t)(length >> (56 - 8 * index));
		size = 10;
	}
	memset(head + size, 0, 4);
	return size + 4;
}

size_t frame_read(const uint8_t *bytes, size_t length, struct frame *frame) {
	if (length < 2) return 0;
	size_t head = 2, payload = bytes[1] & 127;
	if (payload == 126) {
		if (length < 4) return 0;
		payload = (size_t)bytes[2] << 8 | bytes[3];
		head = 4;
	} else if (payload == 127) {
		if (length < 10) return 0;
		payload = 0;
		for (int index = 2; index < 10; index++) payload = payload << 8 | bytes[index];
		head = 10;
	}
	if (length < head + payload) return 0;
	*frame = (struct frame){bytes[0] & 15, (bytes[0] & 0x40) != 0, bytes + head, payload};
	return head + payload;
}

const char *frame_text(const struct frame *frame, size_t *length) {
	if (frame->deflated) return inflate_remembered(frame->payload, frame->length, length);
	if (frame->opcode == BINARY && frame->length > 0 && frame->payload[0] == 1)
		return inflate_remembered(frame->payload + 1, frame->length - 1, length);
	*length = frame->length;
	return (const char *)frame->payload;
}

static const struct blank *blank_at(const char *form, const struct blank *blanks, int count) {
	for (int index = 0; index < count; index++)
		if (strncmp(form, blanks[index].name, strlen(blanks[index].name)) == 0) return &blanks[index];
	return NULL;
}

size_t fill(char *target, size_t capacity, const char *form, const struct blank *blanks, int count) {
	size_t size = 0;
	while (*form) {
		const struct blank *blank = *form == '{' ? blank_at(form, blanks, count) : NULL;
		const char *value = blank ? blank->value : form;
		size_t length = blank ? strlen(value) : 1;
		if (size + length >= capacity) {
			fprintf(stderr, "a frame would be longer than %zu bytes\n", capacity);
			exit(1);
		}
		memcpy(target + size, value, length);
		size += length;
		form += blank ? strlen(blank->name) : 1;
	}
	target[size] = 0;
	return size;
}
