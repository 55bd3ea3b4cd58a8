/*
 * Viewers or senders of a room, as many as one process may have sockets. Told what to do by lines on standard input, answers in lines
 * of JSON on standard output, and ends when its input does.
 */
#define _GNU_SOURCE
#include "crowd.h"
#include "script.h"
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum name { CONNECTIONS, SENDERS, PORT, PATH, PROTOCOL, EXTENSIONS, HELLO, REJOIN, JOINED_BY, PING_TEXT, PONG_TEXT, SAY, SCRIPT, WINDOW, OPENING_MAX, STALL_PERCENT, FROM_START, NAMES };
static const char *names[NAMES] = {"connections", "senders", "port", "path", "protocol", "extensions", "hello", "rejoin", "joined", "ping", "pong", "say", "script", "window", "opening-max", "stall-percent", "from-start"};
static const char *values[NAMES];
enum { EVENTS_MAX = 512 };

static int number_of(enum name name, int fallback) { return values[name] ? atoi(values[name]) : fallback; }
static const char *text_of(enum name name) { return values[name] ? values[name] : ""; }

static void read_options(int count, char **arguments) {
	struct option options[NAMES + 1] = {0};
	for (int name = 0; name < NAMES; name++) options[name] = (struct option){names[name], required_argument, NULL, name};
	for (int name; (name = getopt_long(count, arguments, "", options, NULL)) != -1;) {
		if (name >= NAMES) exit(2);
		values[name] = optarg;
	}
}

static void tell_report(void) {
	printf("{\"event\":\"report\",\"joined\":%d,\"opening\":%d,\"refused\":%d,\"failed\":%d,\"behind\":%d,\"orders\":%d,", joined_count, opening_count,
		refused_count, failed_count, crowd_behind(), crowd_orders());
#define FIGURE(name) printf("\"" #name "\":%llu,", (unsigned long long)tally.name)
	FIGURE(deliveries);
	FIGURE(frames);
	FIGURE(wire_bytes);
	FIGURE(raw_bytes);
	FIGURE(missing);
	FIGURE(doubled);
	FIGURE(disordered);
	FIGURE(omitted);
	FIGURE(gaps);
	FIGURE(restarts);
	FIGURE(garbled);
#undef FIGURE
	printf("\"sent\":%llu,\"acknowledged\":%llu,\"rejected\":%llu,\"over\":%s,", (unsigned long long)said.sent, (unsigned long long)said.acknowledged,
		(unsigned long long)said.rejected, script_is_over() ? "true" : "false");
	print_histogram("latency", tally.latency);
	printf(",");
	print_histogram("ack", said.ack);
	printf(",\"closes\":{");
	const char *comma = "";
	for (int code = 0; code < 5000; code++) {
		if (!closes[code]) continue;
		printf("%s\"%d\":%u", comma, code, closes[code]);
		comma = ",";
	}
	printf("}}\n");
	fflush(stdout);
}

/* What is counted from here on is measured. What is wrong stays wrong, whenever it happened. */
static void begin(void) {
	tally.deliveries = tally.frames = tally.wire_bytes = tally.raw_bytes = 0;
	memset(tally.latency, 0, sizeof tally.latency);
	memset(said.ack, 0, sizeof said.ack);
	crowd_tell("begun");
}

static void play(void) {
	static int timer = -1;
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = &timer};
	int first = timer < 0;
	timer = script_begin();
	if (first) epoll_ctl(loop_fd(), EPOLL_CTL_ADD, timer, &event);
}

static void obey(const char *command) {
	char word[32] = "";
	unsigned long long number = 0;
	sscanf(command, "%31s %llu", word, &number);
	if (strcmp(word, "open") == 0) crowd_open(0);
	else if (strcmp(word, "return") == 0) crowd_open(1);
	else if (strcmp(word, "drop") == 0) crowd_drop();
	else if (strcmp(word, "bounce") == 0) crowd_churn((int)number, 1);
	else if (strcmp(word, "replace") == 0) crowd_churn((int)number, 0);
	else if (strcmp(word, "stall") == 0) crowd_stall();
	else if (strcmp(word, "resume") == 0) crowd_resume();
	else if (strcmp(word, "expect") == 0) crowd_expect(number);
	else if (strcmp(word, "begin") == 0) begin();
	else if (strcmp(word, "play") == 0) play();
	else if (strcmp(word, "report") == 0) tell_report();
	else {
		fprintf(stderr, "no such command: %s\n", command);
		exit(2);
	}
}

static void read_commands(void) {
	static char input[4096];
	static size_t length;
	ssize_t count = read(STDIN_FILENO, input + length, sizeof input - length - 1);
	if (count == 0) exit(0);
	if (count < 0) return;
	length += (size_t)count;
	input[length] = 0;
	char *line = input;
	for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		*end = 0;
		obey(line);
	}
	length = strlen(line);
	memmove(input, line, length + 1);
}

int main(int count, char **arguments) {
	read_options(count, arguments);
	struct rlimit files;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	dialect = (struct dialect){text_of(PATH), text_of(PROTOCOL), text_of(EXTENSIONS), text_of(HELLO), text_of(REJOIN), text_of(JOINED_BY), text_of(PING_TEXT), text_of(PONG_TEXT), number_of(PORT, 0)};
	senders = number_of(SENDERS, 1);
	loop_open();
	crowd_make((struct crowd_options){number_of(CONNECTIONS, 1), values[SCRIPT] != NULL, number_of(FROM_START, 1), number_of(STALL_PERCENT, 0), number_of(OPENING_MAX, 256)});
	if (values[SCRIPT]) script_open(values[SCRIPT], text_of(SAY), number_of(WINDOW, 0));
	fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
	struct epoll_event commands = {.events = EPOLLIN, .data.ptr = NULL}, events[EVENTS_MAX];
	epoll_ctl(loop_fd(), EPOLL_CTL_ADD, STDIN_FILENO, &commands);
	for (;;) {
		int ready = epoll_wait(loop_fd(), events, EVENTS_MAX, 20);
		for (int index = 0; index < ready; index++) {
			void *source = events[index].data.ptr;
			if (source == NULL) read_commands();
			else if (source >= (void *)connections && source < (void *)(connections + connection_count)) connection_ready(source, events[index].events);
			else script_play();
		}
		crowd_tend();
		/*
		 * Viewers read what came in the last millisecond together, as a network card hands it over. Woken for each frame, they would cost
		 * the server some microseconds a write that no server with its viewers elsewhere has to pay.
		 */
		if (values[SCRIPT] == NULL && ready < EVENTS_MAX) usleep(1000);
	}
}
