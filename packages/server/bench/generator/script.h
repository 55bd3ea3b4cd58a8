/* What the senders say, and when. */
#ifndef SCRIPT_H
#define SCRIPT_H
#include "connection.h"

struct senders_report {
	uint64_t sent, acknowledged, rejected, waiting_bytes;
	uint64_t ack[BUCKETS];
};
extern struct senders_report said;

/*
 * Reads a script: lines of `<microseconds from the start> <sender> <text>`, the text escaped as it stands in JSON, in order of time.
 * `form` is the frame to send, with the blanks `{text}`, `{ref}`, `{key}`, `{id}` (an event's) and `{author}`. `window`: 0 keeps to the times; otherwise each sender has
 * that many messages unanswered at once, and the times count for nothing. Ends the process where the script cannot be read.
 */
void script_open(const char *path, const char *form, int window);
/* Answers a timer's descriptor to be watched. */
int script_begin(void);
/* Sends what is due. */
void script_play(void);
/* A sender was told something: an ack, a reject, or what everybody is told. */
void script_heard(struct connection *connection, const char *text, size_t length, uint64_t now);
int script_is_over(void);
#endif
