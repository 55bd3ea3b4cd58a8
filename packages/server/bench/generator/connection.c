#define _GNU_SOURCE
#include "connection.h"
#include "frame.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct dialect dialect;
struct connection *connections;
int connection_count, opening_count, joined_count, refused_count, failed_count;
uint32_t closes[5000];
void (*on_frame)(struct connection *, const char *, size_t, uint64_t);
void (*on_joined)(struct connection *);
void (*on_lost)(struct connection *);

enum { RECEIVE_BYTES = 1 << 20 };
static int loop = -1;
static uint8_t *received;

void loop_open(void) {
	loop = epoll_create1(0);
	received = malloc(RECEIVE_BYTES);
}

int loop_fd(void) { return loop; }

static void watch(struct connection *connection, int operation, uint32_t events) {
	struct epoll_event event = {.events = events, .data.ptr = connection};
	epoll_ctl(loop, operation, connection->fd, &event);
}

static void set_state(struct connection *connection, enum state state) {
	if (connection->state == JOINED) joined_count--;
	else if (connection->state != CLOSED) opening_count--;
	connection->state = (unsigned char)state;
	if (state == JOINED) joined_count++;
	else if (state != CLOSED) opening_count++;
}

void connection_open(struct connection *connection) {
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0) {
		perror("socket");
		exit(1);
	}
	int on = 1, small = 4096, segment = 1400;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
	// The kernel holds 2 MB for a reader on this machine, where segments have 64 KB: who will stop reading gets those of a real network.
	if (connection->stalls_later && connection->conduct == READS) {
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
		setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
	}
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)connection->index % 16)};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)dialect.port)};
	bind(fd, (struct sockaddr *)&from, sizeof from);
	connection->fd = fd;
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) {
		failed_count++;
		close(fd);
		connection->fd = -1;
		return;
	}
	set_state(connection, CONNECTING);
	watch(connection, EPOLL_CTL_ADD, EPOLLOUT);
}

static void forget_bytes(struct connection *connection) {
	free(connection->partial);
	free(connection->unsent);
	connection->partial = connection->unsent = NULL;
	connection->partial_length = connection->unsent_length = 0;
}

void connection_drop(struct connection *connection) {
	if (connection->state == CLOSED) return;
	set_state(connection, CLOSED);
	close(connection->fd);
	connection->fd = -1;
	forget_bytes(connection);
}

/* The other side, or the network, has ended it. Who stalled before comes back with the cursor, as a real client would. */
static void ended(struct connection *connection, int code) {
	if (connection->state == HANDSHAKING || connection->state == CONNECTING) failed_count++;
	else closes[code > 0 && code < 5000 ? code : 0]++;
	connection_drop(connection);
	if (connection->conduct != CAME_BACK) return;
	connection->returning = 1;
	on_lost(connection);
}

void connection_stall(struct connection *connection) {
	if (connection->state != JOINED) return;
	connection->conduct = STALLS;
	watch(connection, EPOLL_CTL_DEL, 0);
}

void connection_resume(struct connection *connection) {
	int large = 1 << 20;
	connection->conduct = CAME_BACK;
	if (connection->state == CLOSED) return;
	setsockopt(connection->fd, SOL_SOCKET, SO_RCVBUF, &large, sizeof large);
	watch(connection, EPOLL_CTL_ADD, EPOLLIN);
}

static void send_bytes(struct connection *connection, const uint8_t *bytes, size_t length) {
	ssize_t sent = connection->unsent_length > 0 ? 0 : send(connection->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0) sent = 0;
	if ((size_t)sent == length) return;
	connection->unsent = realloc(connection->unsent, connection->unsent_length + length - (size_t)sent);
	memcpy(connection->unsent + connection->unsent_length, bytes + sent, length - (size_t)sent);
	connection->unsent_length += length - (size_t)sent;
	watch(connection, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
}

static void send_unsent(struct connection *connection) {
	ssize_t sent = send(connection->fd, connection->unsent, connection->unsent_length, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent <= 0) return;
	connection->unsent_length -= (size_t)sent;
	memmove(connection->unsent, connection->unsent + sent, connection->unsent_length);
	if (connection->unsent_length == 0) watch(connection, EPOLL_CTL_MOD, EPOLLIN);
}

static void send_frame(struct connection *connection, int opcode, const char *text, size_t length) {
	uint8_t small[2048];
	uint8_t *frame = length + FRAME_HEAD_MAX <= sizeof small ? small : malloc(length + FRAME_HEAD_MAX);
	size_t head = frame_head(frame, opcode, length);
	memcpy(frame + head, text, length);
	send_bytes(connection, frame, head + length);
	if (frame != small) free(frame);
}

void connection_send(struct connection *connection, const char *text, size_t length) { send_frame(connection, TEXT, text, length); }

static void handshake(struct connection *connection) {
	char request[1024];
	int length = snprintf(request, sizeof request,
		"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s%s%s%s\r\n",
		dialect.path, dialect.port, *dialect.protocol ? "Sec-WebSocket-Protocol: " : "", dialect.protocol, *dialect.protocol ? "\r\n" : "",
		*dialect.extensions ? "Sec-WebSocket-Extensions: " : "", dialect.extensions, *dialect.extensions ? "\r\n" : "");
	set_state(connection, HANDSHAKING);
	watch(connection, EPOLL_CTL_MOD, EPOLLIN);
	send_bytes(connection, (uint8_t *)request, (size_t)length);
}

static void say_hello(struct connection *connection) {
	char index[12], frame[1024];
	snprintf(index, sizeof index, "%d", connection->index);
	const char *form = connection->returning ? dialect.rejoin : dialect.hello;
	const struct blank blanks[] = {{"{cursor}", connection->audit.cursor}, {"{n}", index}};
	size_t length = fill(frame, sizeof frame, form, blanks, 2);
	set_state(connection, *dialect.joined ? JOINING : JOINED);
	if (length > 0) send_frame(connection, TEXT, frame, length);
	if (!*dialect.joined) on_joined(connection);
}

/* Answers how many bytes the response took, 0 where it is not whole yet, -1 where it is a refusal. */
static long read_response(struct connection *connection, const uint8_t *bytes, size_t length) {
	const uint8_t *end = memmem(bytes, length, "\r\n\r\n", 4);
	if (!end) return 0;
	if (length < 12 || memcmp(bytes, "HTTP/1.1 101", 12) != 0) {
		if (refused_count++ == 0) fprintf(stderr, "refused: %.*s\n", (int)(end - bytes), bytes);
		return -1;
	}
	say_hello(connection);
	return end + 4 - bytes;
}

static void read_text(struct connection *connection, const char *text, size_t length, uint64_t now) {
	if (*dialect.ping && length == strlen(dialect.ping) && memcmp(text, dialect.ping, length) == 0)
		return send_frame(connection, TEXT, dialect.pong, strlen(dialect.pong));
	int joins = connection->state == JOINING && begins(text, length, dialect.joined);
	on_frame(connection, text, length, now);
	if (!joins) return;
	set_state(connection, JOINED);
	on_joined(connection);
}

/* Answers 0 where the connection has ended. */
static int read_frame(struct connection *connection, const struct frame *frame, uint64_t now) {
	size_t length = frame->length;
	switch (frame->opcode) {
	case TEXT:
	case BINARY: {
		tally.frames++;
		const char *text = frame_text(frame, &length);
		if (!text) tally.garbled++;
		else {
			tally.raw_bytes += length;
			read_text(connection, text, length, now);
		}
		return connection->state != CLOSED;
	}
	case PING:
		send_frame(connection, PONG, (const char *)frame->payload, length);
		return 1;
	case CLOSE:
		ended(connection, length >= 2 ? frame->payload[0] << 8 | frame->payload[1] : 1005);
		return 0;
	default:
		return 1;
	}
}

static void keep_partial(struct connection *connection, const uint8_t *bytes, size_t length) {
	uint8_t *kept = length > 0 ? memcpy(malloc(length), bytes, length) : NULL;
	free(connection->partial);
	connection->partial = kept;
	connection->partial_length = length;
}

static void read_bytes(struct connection *connection) {
	size_t held = connection->partial_length;
	if (held > 0) memcpy(received, connection->partial, held);
	ssize_t count = recv(connection->fd, received + held, RECEIVE_BYTES - held, MSG_DONTWAIT);
	if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
	if (count <= 0) return ended(connection, 0);
	tally.wire_bytes += (uint64_t)count;
	uint64_t now = now_us();
	size_t length = held + (size_t)count, at = 0;
	if (connection->state == HANDSHAKING) {
		long taken = read_response(connection, received, length);
		if (taken < 0) return connection_drop(connection);
		at = (size_t)taken;
	}
	struct frame frame;
	while (connection->state >= JOINING && at < length) {
		size_t taken = frame_read(received + at, length - at, &frame);
		if (taken == 0) break;
		at += taken;
		int fd = connection->fd;
		if (!read_frame(connection, &frame, now) || connection->fd != fd) return;
	}
	keep_partial(connection, received + at, length - at);
}

void connection_ready(struct connection *connection, uint32_t events) {
	if (connection->state == CLOSED || connection->conduct == STALLS) return;
	if (connection->state == CONNECTING) {
		if (events & (EPOLLERR | EPOLLHUP)) return ended(connection, 0);
		return handshake(connection);
	}
	if (events & EPOLLOUT) send_unsent(connection);
	if (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) read_bytes(connection);
}
