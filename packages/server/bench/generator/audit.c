#define _GNU_SOURCE
#include "audit.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

struct tally tally;
int senders = 1;

uint64_t now_us(void) {
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Bucket b < 32 is b microseconds; above, octave o holds 32 equal steps from 2^o on. */
int bucket_of(uint64_t us) {
	if (us < BUCKETS_PER_OCTAVE) return (int)us;
	int octave = 63 - __builtin_clzll(us);
	int bucket = (octave - 4) * BUCKETS_PER_OCTAVE + (int)((us >> (octave - 5)) & 31);
	return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

void print_histogram(const char *name, const uint64_t *histogram) {
	printf("\"%s\":[", name);
	int first = 1;
	for (int bucket = 0; bucket < BUCKETS; bucket++) {
		if (!histogram[bucket]) continue;
		printf("%s[%d,%llu]", first ? "" : ",", bucket, (unsigned long long)histogram[bucket]);
		first = 0;
	}
	printf("]");
}

void audit_reset(struct audit *audit, int from_start) {
	for (int sender = 0; sender < senders; sender++) audit->places[sender] = (struct place){0, (uint32_t)from_start, 0};
	audit->accounted = 0;
	audit->order = 0;
	audit->cursor[0] = 0;
	audit->restarted = !from_start;
}

int begins(const char *text, size_t length, const char *start) {
	size_t wanted = strlen(start);
	return length >= wanted && memcmp(text, start, wanted) == 0;
}

static int digit(char sign) {
	if (sign >= '0' && sign <= '9') return sign - '0';
	if (sign >= 'a' && sign <= 'z') return sign - 'a' + 10;
	return -1;
}

/* Reads a base 36 number that ends with `end`; null where there is none. */
static const char *read_number(const char *at, const char *limit, char end, uint64_t *number) {
	const char *start = at;
	*number = 0;
	for (; at < limit && digit(*at) >= 0 && at - start < 12; at++) *number = *number * 36 + (uint64_t)digit(*at);
	return at > start && at < limit && *at == end ? at + 1 : NULL;
}

static const char *next_marker(const char *at, const char *limit, uint64_t *sender, uint64_t *number, uint64_t *sent_us) {
	while (at < limit && (at = memchr(at, '~', (size_t)(limit - at))) != NULL) {
		const char *rest = ++at;
		if ((rest = read_number(rest, limit, ':', sender)) != NULL && (rest = read_number(rest, limit, ':', number)) != NULL &&
			(rest = read_number(rest, limit, '~', sent_us)) != NULL)
			return rest;
	}
	return NULL;
}

int marker_time(const char *text, size_t length, uint64_t *sent_us) {
	uint64_t sender, number;
	return next_marker(text, text + length, &sender, &number, sent_us) != NULL;
}

static void deliver(struct audit *audit, uint64_t sender, uint64_t number, uint64_t sent_us, uint64_t now, int timed) {
	if (sender >= (uint64_t)senders) {
		tally.garbled++;
		return;
	}
	struct place *place = &audit->places[sender];
	if (!place->known) *place = (struct place){(uint32_t)number - 1, 1, 0};
	if (number > place->last) {
		uint64_t step = number - place->last;
		tally.missing += step - 1;
		place->seen = step < 64 ? place->seen << step | 1 : 1;
		place->last = (uint32_t)number;
	} else {
		uint64_t back = place->last - number;
		if (back >= 64 || (place->seen >> back & 1)) {
			tally.doubled++;
			return;
		}
		place->seen |= 1ull << back;
		tally.disordered++;
		tally.missing--;
	}
	tally.deliveries++;
	audit->accounted++;
	audit->order = (audit->order ^ (sender << 40 ^ number)) * 0x9e3779b97f4a7c15ull;
	if (timed) tally.latency[bucket_of(now > sent_us ? now - sent_us : 0)]++;
}

/* The value of the first `"name":` in the text, null where there is none. */
static const char *field(const char *text, size_t length, const char *name) {
	const char *found = memmem(text, length, name, strlen(name));
	return found ? found + strlen(name) : NULL;
}

/* Keeps the cursor of a `batch` or `joined`: it stands near the front. */
static void keep_cursor(struct audit *audit, const char *text, size_t length) {
	const char *value = field(text, length < 300 ? length : 300, "\"cursor\":\"");
	if (!value) return;
	size_t size = 0;
	while (value + size < text + length && value[size] != '"' && size < sizeof audit->cursor - 1) size++;
	memcpy(audit->cursor, value, size);
	audit->cursor[size] = 0;
}

static uint64_t cursor_offset(const char *text, size_t length, const char *name) {
	const char *value = field(text, length, name);
	const char *dot = value ? memchr(value, '.', (size_t)(text + length - value)) : NULL;
	uint64_t offset = 0;
	if (dot) read_number(dot + 1, text + length, '"', &offset);
	return offset;
}

static void read_gap(struct audit *audit, const char *text, size_t length) {
	uint64_t from = cursor_offset(text, length, "\"from\":\""), to = cursor_offset(text, length, "\"to\":\"");
	if (to <= from) return;
	tally.gaps += to - from;
	audit->accounted += to - from;
	keep_cursor(audit, text, 0);
}

/* `omitted` stands behind the events, so it is looked for from the end. */
static void read_omitted(struct audit *audit, const char *text, size_t length) {
	size_t tail = length < 160 ? length : 160;
	const char *value = field(text + length - tail, tail, "],\"omitted\":");
	uint64_t omitted = 0;
	for (; value && value < text + length && *value >= '0' && *value <= '9'; value++) omitted = omitted * 10 + (uint64_t)(*value - '0');
	tally.omitted += omitted;
	audit->accounted += omitted;
}

void audit_read(struct audit *audit, const char *text, size_t length, uint64_t now, int timed) {
	if (begins(text, length, "{\"type\":\"")) {
		if (begins(text, length, "{\"type\":\"gap\"")) return read_gap(audit, text, length);
		if (begins(text, length, "{\"type\":\"joined\"")) {
			int came_back = audit->cursor[0] != 0;
			if (came_back && field(text, length < 400 ? length : 400, "\"recovered\":false")) {
				tally.restarts++;
				audit_reset(audit, 0);
			}
			keep_cursor(audit, text, length);
		} else if (begins(text, length, "{\"type\":\"batch\"")) {
			keep_cursor(audit, text, length);
			read_omitted(audit, text, length);
		}
	}
	uint64_t sender, number, sent_us;
	const char *at = text, *limit = text + length;
	while ((at = next_marker(at, limit, &sender, &number, &sent_us)) != NULL) deliver(audit, sender, number, sent_us, now, timed);
}
