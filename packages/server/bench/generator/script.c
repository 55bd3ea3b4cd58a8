#define _GNU_SOURCE
#include "script.h"
#include "frame.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/timerfd.h>
#include <unistd.h>

struct line {
	uint64_t at_us;
	int sender;
	const char *text;
};

struct senders_report said;
static struct line *lines;
static size_t line_count, line_next;
static const char *frame_form;
static int window_size, timer = -1;
static uint64_t started_us;
static uint32_t *numbers;

static char *read_whole(const char *path) {
	FILE *file = fopen(path, "r");
	if (!file || fseek(file, 0, SEEK_END) < 0) {
		perror(path);
		exit(1);
	}
	size_t size = (size_t)ftell(file);
	char *content = malloc(size + 1);
	rewind(file);
	content[fread(content, 1, size, file)] = 0;
	fclose(file);
	return content;
}

void script_open(const char *path, const char *form, int window) {
	char *content = read_whole(path), *rest;
	size_t capacity = 0;
	for (char *line = strtok_r(content, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (line_count == capacity) lines = realloc(lines, (capacity = capacity ? capacity * 2 : 1024) * sizeof *lines);
		char *after;
		lines[line_count].at_us = strtoull(line, &after, 10);
		lines[line_count].sender = (int)strtol(after, &after, 10) % connection_count;
		lines[line_count++].text = *after == ' ' ? after + 1 : after;
	}
	frame_form = form;
	window_size = window;
	numbers = calloc((size_t)connection_count, sizeof *numbers);
}

static void base36(char *target, uint64_t number) {
	char digits[16];
	int count = 0;
	do digits[count++] = "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
	while (number /= 36);
	while (count > 0) *target++ = digits[--count];
	*target = 0;
}

/* Thirteen signs, as an event's id of ours has: eight for the Unix milliseconds, five by chance. */
static void event_id(char *target) {
	static uint64_t state = 88172645463325252ull;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	base36(target, (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
	for (int index = 8; index < 13; index++) {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		target[index] = "0123456789abcdefghijklmnopqrstuvwxyz"[state % 36];
	}
	target[13] = 0;
}

static void say(const struct line *line, int sender) {
	struct connection *connection = &connections[sender];
	char number[16], who[16], when[16], ref[16], key[48], id[16], author[17], text[8192], frame[16384];
	uint32_t next = ++numbers[sender];
	base36(number, next);
	base36(who, (uint64_t)sender);
	base36(when, now_us());
	snprintf(ref, sizeof ref, "%u", next);
	snprintf(key, sizeof key, "%d-%u", sender, next);
	snprintf(text, sizeof text, "~%s:%s:%s~%s", who, number, when, line->text);
	event_id(id);
	snprintf(author, sizeof author, "%010llx", (sender + 1) * 0x9e3779b97full & 0xffffffffffull);
	const struct blank blanks[] = {{"{text}", text}, {"{ref}", ref}, {"{key}", key}, {"{id}", id}, {"{author}", author}};
	connection_send(connection, frame, fill(frame, sizeof frame, frame_form, blanks, 5));
	said.sent++;
}

static void set_timer(uint64_t at_us) {
	struct itimerspec when = {.it_value = {.tv_sec = (time_t)(at_us / 1000000), .tv_nsec = (long)(at_us % 1000000) * 1000}};
	timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL);
}

int script_begin(void) {
	if (timer < 0) timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	started_us = now_us();
	if (window_size == 0) set_timer(started_us + 1);
	else
		for (int sender = 0; sender < connection_count; sender++)
			for (int turn = 0; turn < window_size && line_next < line_count; turn++) say(&lines[line_next++], sender);
	return timer;
}

void script_play(void) {
	uint64_t expirations;
	if (read(timer, &expirations, sizeof expirations) < 0) return;
	uint64_t elapsed = now_us() - started_us;
	for (; line_next < line_count && lines[line_next].at_us <= elapsed; line_next++) say(&lines[line_next], lines[line_next].sender);
	if (line_next < line_count) set_timer(started_us + lines[line_next].at_us);
}

int script_is_over(void) { return line_next == line_count; }

void script_heard(struct connection *connection, const char *text, size_t length, uint64_t now) {
	uint64_t sent_us;
	if (begins(text, length, "{\"type\":\"ack\"")) {
		said.acknowledged++;
		if (marker_time(text, length, &sent_us)) said.ack[bucket_of(now > sent_us ? now - sent_us : 0)]++;
	} else if (begins(text, length, "{\"type\":\"reject\"")) {
		if (said.rejected++ == 0) fprintf(stderr, "rejected: %.*s\n", (int)(length < 300 ? length : 300), text);
	} else return;
	if (window_size > 0 && line_next < line_count) say(&lines[line_next++], connection->index);
}
