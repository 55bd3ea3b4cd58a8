/* What every viewer was given: each message exactly once and in order, and how late. */
#ifndef AUDIT_H
#define AUDIT_H
#include <stddef.h>
#include <stdint.h>

/* Latencies in microseconds, 32 buckets to the octave: a bucket is within 3 % of what it holds. */
enum { BUCKETS_PER_OCTAVE = 32, BUCKETS = 32 * 32 };

/* Where one viewer stands in what one sender wrote. Bit d of `seen` is message `last - d`. */
struct place {
	uint32_t last;
	uint32_t known;
	uint64_t seen;
};

/* One viewer's audit. `accounted` is messages delivered once, said to be left out, or told as a gap. */
struct audit {
	struct place *places;
	uint64_t accounted;
	uint64_t order;
	char cursor[40];
	unsigned char restarted;
};

/* Sums over all viewers; `begin` sets all of them to zero but the faults. */
struct tally {
	uint64_t deliveries, frames, wire_bytes, raw_bytes;
	uint64_t missing, doubled, disordered, omitted, gaps, restarts, garbled;
	uint64_t latency[BUCKETS];
};

extern struct tally tally;
extern int senders;

uint64_t now_us(void);
int bucket_of(uint64_t us);
/* `from_start`: the first message of each sender is due. Otherwise the audit begins with the first one seen. */
void audit_reset(struct audit *audit, int from_start);
/* Reads one frame's text: every marker `~sender:number:microseconds~` in it (base 36), cursors, gaps, `omitted`. */
void audit_read(struct audit *audit, const char *text, size_t length, uint64_t now, int timed);
/* Finds the first marker; 0 where there is none. Answers its time in `sent_us`. */
int marker_time(const char *text, size_t length, uint64_t *sent_us);
/* Whether `text` begins with `start`. */
int begins(const char *text, size_t length, const char *start);
void print_histogram(const char *name, const uint64_t *histogram);
#endif
