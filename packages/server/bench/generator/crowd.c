#include "crowd.h"
#include "script.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct crowd_options options;
/* Indices of connections still to be opened; a ring with a place for each connection. */
static int *queue;
static unsigned char *queued;
static uint32_t queue_read, queue_write;
static uint64_t expected, opened_us;
static enum { SILENT, DUE } whole_news = SILENT, joined_news = SILENT;

static void heard(struct connection *connection, const char *text, size_t length, uint64_t now) {
	if (options.is_sender) script_heard(connection, text, length, now);
	else audit_read(&connection->audit, text, length, now, connection->conduct == READS);
}

static void enqueue(int index) {
	if (queued[index]) return;
	queued[index] = 1;
	queue[queue_write++ % (uint32_t)connection_count] = index;
}

static void joined(struct connection *connection) { connection->returning = 0; }

/* Viewers who were let go come back at some moment of the next half second: the first wait of our SDK, which is any part of that. */
enum { RETURN_US = 500000 };
static int *lost, lost_count;

static void lose(struct connection *connection) {
	if (connection->returns_us) return;
	connection->returns_us = now_us() + (uint64_t)rand() % RETURN_US;
	lost[lost_count++] = connection->index;
}

static void return_lost(uint64_t now) {
	for (int place = 0; place < lost_count; place++) {
		if (connections[lost[place]].returns_us > now) continue;
		connections[lost[place]].returns_us = 0;
		enqueue(lost[place]);
		lost[place--] = lost[--lost_count];
	}
}

void crowd_make(struct crowd_options chosen) {
	options = chosen;
	connection_count = options.connections;
	connections = calloc((size_t)connection_count, sizeof *connections);
	queue = calloc((size_t)connection_count, sizeof *queue);
	queued = calloc((size_t)connection_count, 1);
	lost = calloc((size_t)connection_count, sizeof *lost);
	on_frame = heard;
	on_joined = joined;
	on_lost = lose;
	for (int index = 0; index < connection_count; index++) {
		struct connection *connection = &connections[index];
		connection->fd = -1;
		connection->index = index;
		connection->stalls_later = (index * options.stall_percent) % 100 + options.stall_percent >= 100;
		connection->audit.places = calloc((size_t)senders, sizeof(struct place));
		audit_reset(&connection->audit, options.from_start);
	}
}

void crowd_tell(const char *event) {
	printf("{\"event\":\"%s\",\"us\":%llu}\n", event, (unsigned long long)(now_us() - opened_us));
	fflush(stdout);
}

void crowd_open(int returning) {
	opened_us = now_us();
	joined_news = DUE;
	for (int index = 0; index < connection_count; index++) {
		if (connections[index].state != CLOSED) continue;
		connections[index].returning = (unsigned char)(returning && connections[index].audit.cursor[0]);
		// Whoever comes anew has seen nothing.
		if (!connections[index].returning) audit_reset(&connections[index].audit, options.from_start);
		enqueue(index);
	}
}

void crowd_drop(void) {
	for (int index = 0; index < connection_count; index++) {
		if (connections[index].conduct == STALLS) connections[index].conduct = CAME_BACK;
		connection_drop(&connections[index]);
	}
	crowd_tell("dropped");
}

void crowd_churn(int count, int returning) {
	for (int turn = 0; turn < count; turn++) {
		struct connection *connection = &connections[rand() % connection_count];
		if (connection->state != JOINED || connection->conduct == STALLS) continue;
		connection_drop(connection);
		connection->returning = (unsigned char)returning;
		if (!returning) audit_reset(&connection->audit, 0);
		enqueue(connection->index);
	}
}

void crowd_stall(void) {
	for (int index = 0; index < connection_count; index++)
		if (connections[index].stalls_later) connection_stall(&connections[index]);
	crowd_tell("stalled");
}

void crowd_resume(void) {
	for (int index = 0; index < connection_count; index++)
		if (connections[index].conduct == STALLS) connection_resume(&connections[index]);
	crowd_tell("resumed");
}

void crowd_expect(uint64_t messages) {
	expected = messages;
	whole_news = DUE;
}

/* Those who began in the middle, or were told to start over, cannot be held to a number. */
int crowd_behind(void) {
	int behind = 0;
	for (int index = 0; index < connection_count; index++) {
		const struct connection *connection = &connections[index];
		if (connection->conduct == STALLS || connection->audit.restarted) continue;
		behind += connection->state != JOINED || connection->audit.accounted < expected;
	}
	return behind;
}

void crowd_tend(void) {
	static uint64_t looked_us;
	uint64_t now = now_us();
	return_lost(now);
	while (queue_read != queue_write && opening_count < options.opening_max) {
		int index = queue[queue_read++ % (uint32_t)connection_count];
		queued[index] = 0;
		if (connections[index].state == CLOSED) connection_open(&connections[index]);
	}
	if (joined_news == DUE && queue_read == queue_write && opening_count == 0) {
		joined_news = SILENT;
		crowd_tell("joined");
	}
	// Looking at every viewer costs 10 µs in a thousand: not after each turn.
	if (whole_news == SILENT || now - looked_us < 5000) return;
	looked_us = now;
	if (crowd_behind() > 0) return;
	whole_news = SILENT;
	crowd_tell("whole");
}

static int compare_orders(const void *one, const void *other) {
	uint64_t first = *(const uint64_t *)one, second = *(const uint64_t *)other;
	return first < second ? -1 : first > second;
}

int crowd_orders(void) {
	uint64_t *orders = malloc((size_t)connection_count * sizeof *orders);
	int count = 0, different = 0;
	for (int index = 0; index < connection_count; index++)
		if (connections[index].conduct == READS && !connections[index].audit.restarted) orders[count++] = connections[index].audit.order;
	qsort(orders, (size_t)count, sizeof *orders, compare_orders);
	for (int index = 0; index < count; index++) different += index == 0 || orders[index] != orders[index - 1];
	free(orders);
	return different;
}
