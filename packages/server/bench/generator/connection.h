/* WebSocket clients as cheap as they can be: one socket, no objects, frames scanned where they lie. */
#ifndef CONNECTION_H
#define CONNECTION_H
#include "audit.h"

enum state { CLOSED, CONNECTING, HANDSHAKING, JOINING, JOINED };
/* What a viewer does: reads; has stopped reading; reads again after having stopped. */
enum conduct { READS, STALLS, CAME_BACK };

/* How to speak to one engine; strings come from the command line. */
struct dialect {
	const char *path, *protocol, *extensions;
	/* First frame after the handshake, and the one of a viewer who comes back; `{cursor}` and `{n}` are replaced. Empty sends none. */
	const char *hello, *rejoin;
	/* A frame that begins with this means joined; empty is joined after the handshake. */
	const char *joined;
	/* A text frame `ping` is answered by the text frame `pong`. */
	const char *ping, *pong;
	int port;
};

struct connection {
	int fd;
	int index;
	unsigned char state, conduct, returning, stalls_later;
	/* When to connect again after having been let go; 0 is not to. */
	uint64_t returns_us;
	uint8_t *partial;
	size_t partial_length;
	uint8_t *unsent;
	size_t unsent_length;
	struct audit audit;
};

extern struct dialect dialect;
extern struct connection *connections;
extern int connection_count;
/* Connections by state, and those the other side or the network ended. */
extern int opening_count, joined_count, refused_count, failed_count;
/* Ends by close code; 0 is a socket that ended without a close frame. */
extern uint32_t closes[5000];

/* Called with each whole text, or inflated, frame of a joined or joining connection. */
extern void (*on_frame)(struct connection *connection, const char *text, size_t length, uint64_t now);
/* Called when the other side has ended a connection that wants to come back. */
extern void (*on_lost)(struct connection *connection);
extern void (*on_joined)(struct connection *connection);

void loop_open(void);
int loop_fd(void);
/* Begins to connect, from an address 127.0.0.2 … 127.0.0.17 by its index. */
void connection_open(struct connection *connection);
/* Ends the socket at once, without a closing handshake. */
void connection_drop(struct connection *connection);
void connection_stall(struct connection *connection);
void connection_resume(struct connection *connection);
void connection_ready(struct connection *connection, uint32_t events);
void connection_send(struct connection *connection, const char *text, size_t length);
#endif
