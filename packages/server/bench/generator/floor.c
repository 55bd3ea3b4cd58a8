/*
 * The floor: what telling N sockets one thing costs when nothing else is done. Takes WebSocket clients at any address; a text frame that
 * comes in at `/publish` goes out to all others, a send() each. Prints `port N` and serves until it is ended.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FILES_MAX = 32768, REQUEST_MAX = 2048 };
enum role { NOBODY, GUEST, VIEWER, SENDER };
static unsigned char roles[FILES_MAX];
static int viewers[FILES_MAX], viewer_count;
static uint8_t pending[FILES_MAX][REQUEST_MAX];
static uint16_t pending_length[FILES_MAX];

static void leave(int fd) {
	for (int index = 0; roles[fd] == VIEWER && index < viewer_count; index++)
		if (viewers[index] == fd) viewers[index--] = viewers[--viewer_count];
	roles[fd] = NOBODY;
	pending_length[fd] = 0;
	close(fd);
}

static void broadcast(const uint8_t *payload, size_t length) {
	uint8_t frame[REQUEST_MAX + 4] = {0x81, (uint8_t)length};
	size_t head = 2;
	if (length > 125) {
		frame[1] = 126;
		frame[2] = (uint8_t)(length >> 8);
		frame[3] = (uint8_t)length;
		head = 4;
	}
	memcpy(frame + head, payload, length);
	for (int index = 0; index < viewer_count; index++) send(viewers[index], frame, head + length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* One masked frame of at most 1 KiB; answers the bytes it took, 0 where it is not whole. */
static size_t read_frame(uint8_t *bytes, size_t length) {
	if (length < 6) return 0;
	size_t size = bytes[1] & 127, head = 2;
	if (size == 126) {
		size = (size_t)bytes[2] << 8 | bytes[3];
		head = 4;
	}
	if (length < head + 4 + size) return 0;
	uint8_t *mask = bytes + head, *payload = mask + 4;
	for (size_t index = 0; index < size; index++) payload[index] ^= mask[index & 3];
	if ((bytes[0] & 15) == 1) broadcast(payload, size);
	return head + 4 + size;
}

static size_t read_request(int fd, const uint8_t *bytes, size_t length) {
	static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
	const uint8_t *end = memmem(bytes, length, "\r\n\r\n", 4);
	if (!end) return 0;
	roles[fd] = length > 12 && memcmp(bytes, "GET /publish", 12) == 0 ? SENDER : VIEWER;
	if (roles[fd] == VIEWER) viewers[viewer_count++] = fd;
	send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
	return (size_t)(end + 4 - bytes);
}

static void receive(int fd) {
	uint8_t *bytes = pending[fd];
	ssize_t count = recv(fd, bytes + pending_length[fd], REQUEST_MAX - pending_length[fd], MSG_DONTWAIT);
	if (count < 0 && errno == EAGAIN) return;
	if (count <= 0) return leave(fd);
	size_t length = pending_length[fd] + (size_t)count, at = 0, taken;
	while (at < length && (taken = roles[fd] == GUEST ? read_request(fd, bytes + at, length - at) : read_frame(bytes + at, length - at)) > 0) at += taken;
	memmove(bytes, bytes + at, length - at);
	pending_length[fd] = (uint16_t)(length - at);
}

int main(void) {
	struct rlimit files;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), loop = epoll_create1(0), on = 1;
	if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 4096) < 0 || getsockname(listener, (struct sockaddr *)&address, &size) < 0) {
		perror("listen");
		return 1;
	}
	printf("port %d\n", ntohs(address.sin_port));
	fflush(stdout);
	struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[512];
	epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
	for (;;) {
		int ready = epoll_wait(loop, events, 512, -1);
		for (int index = 0; index < ready; index++) {
			int fd = events[index].data.fd;
			if (fd != listener) {
				receive(fd);
				continue;
			}
			for (int accepted; (accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
				if (accepted >= FILES_MAX) {
					close(accepted);
					continue;
				}
				setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
				roles[accepted] = GUEST;
				struct epoll_event incoming = {.events = EPOLLIN, .data.fd = accepted};
				epoll_ctl(loop, EPOLL_CTL_ADD, accepted, &incoming);
			}
		}
	}
}
