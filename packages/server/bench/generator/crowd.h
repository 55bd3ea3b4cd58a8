/* All connections of this process together: coming, going, and whether everybody has everything. */
#ifndef CROWD_H
#define CROWD_H
#include "connection.h"

struct crowd_options {
	int connections, is_sender, from_start, stall_percent;
	/* Connections being opened at one time: as many as a listener's backlog takes. */
	int opening_max;
};

void crowd_make(struct crowd_options options);
/* Opens whoever is not connected; `returning` with the cursor they had. Tells `joined` once nobody is on the way. */
void crowd_open(int returning);
/* Opens more of those that wait, and tells `joined` or `whole` when it is so. Called after every turn of the loop. */
void crowd_tend(void);
void crowd_drop(void);
/* Drops `count` viewers picked by chance. They come back with their cursor, or new ones come in their place. */
void crowd_churn(int count, int returning);
void crowd_stall(void);
void crowd_resume(void);
/* Tells `whole` once every viewer who reads has been given, or told of, `messages`. */
void crowd_expect(uint64_t messages);
/* Viewers who read and are behind what is expected. */
int crowd_behind(void);
/* In how many different orders those who saw everything saw it: 1 is as it should be. */
int crowd_orders(void);
/* One line of JSON with what happened, and the microseconds since the crowd was last opened. */
void crowd_tell(const char *event);
#endif
