#include "inflate.h"
#include <stdlib.h>
#include <string.h>

struct bits {
	const uint8_t *at, *end;
	uint32_t held;
	int count;
	int spent;
};

/* Canonical Huffman code: how many codes of each length, and their symbols in order. */
struct code {
	uint16_t counts[16];
	uint16_t symbols[288];
};

static uint32_t take(struct bits *bits, int wanted) {
	while (bits->count < wanted) {
		if (bits->at == bits->end) {
			bits->spent = 1;
			return 0;
		}
		bits->held |= (uint32_t)*bits->at++ << bits->count;
		bits->count += 8;
	}
	uint32_t value = bits->held & ((1u << wanted) - 1);
	bits->held >>= wanted;
	bits->count -= wanted;
	return value;
}

static void build(struct code *code, const uint8_t *lengths, int size) {
	uint16_t offsets[16] = {0};
	memset(code->counts, 0, sizeof code->counts);
	for (int symbol = 0; symbol < size; symbol++) code->counts[lengths[symbol]]++;
	code->counts[0] = 0;
	for (int length = 1; length < 15; length++) offsets[length + 1] = (uint16_t)(offsets[length] + code->counts[length]);
	for (int symbol = 0; symbol < size; symbol++)
		if (lengths[symbol]) code->symbols[offsets[lengths[symbol]]++] = (uint16_t)symbol;
}

static int decode(struct bits *bits, const struct code *code) {
	int value = 0, first = 0, index = 0;
	for (int length = 1; length < 16; length++) {
		value |= (int)take(bits, 1);
		if (bits->spent) return -1;
		int count = code->counts[length];
		if (value - count < first) return code->symbols[index + value - first];
		index += count;
		first = (first + count) << 1;
		value <<= 1;
	}
	return -1;
}

static const uint16_t length_base[29] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
static const uint8_t length_extra[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
static const uint16_t distance_base[30] = {1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
static const uint8_t distance_extra[30] = {0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};

static long inflate_block(struct bits *bits, const struct code *lengths, const struct code *distances, uint8_t *target, size_t size, size_t capacity) {
	for (;;) {
		int symbol = decode(bits, lengths);
		if (symbol < 0) return -1;
		if (symbol == 256) return (long)size;
		if (symbol < 256) {
			if (size == capacity) return -1;
			target[size++] = (uint8_t)symbol;
			continue;
		}
		if (symbol > 285) return -1;
		size_t length = length_base[symbol - 257] + take(bits, length_extra[symbol - 257]);
		int step = decode(bits, distances);
		if (step < 0 || step > 29) return -1;
		size_t distance = distance_base[step] + take(bits, distance_extra[step]);
		if (distance > size || size + length > capacity) return -1;
		for (; length > 0; length--, size++) target[size] = target[size - distance];
	}
}

static void fixed_codes(struct code *lengths, struct code *distances) {
	uint8_t sizes[288];
	for (int symbol = 0; symbol < 288; symbol++) sizes[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
	build(lengths, sizes, 288);
	memset(sizes, 5, 30);
	build(distances, sizes, 30);
}

static int dynamic_codes(struct bits *bits, struct code *lengths, struct code *distances) {
	static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
	int literals = (int)take(bits, 5) + 257, steps = (int)take(bits, 5) + 1, codes = (int)take(bits, 4) + 4;
	uint8_t sizes[320] = {0};
	for (int index = 0; index < codes; index++) sizes[order[index]] = (uint8_t)take(bits, 3);
	struct code meta;
	build(&meta, sizes, 19);
	memset(sizes, 0, sizeof sizes);
	for (int index = 0; index < literals + steps;) {
		int symbol = decode(bits, &meta);
		if (symbol < 0) return -1;
		if (symbol < 16) {
			sizes[index++] = (uint8_t)symbol;
			continue;
		}
		if (symbol == 16 && index == 0) return -1;
		uint8_t value = symbol == 16 ? sizes[index - 1] : 0;
		int times = symbol == 16 ? 3 + (int)take(bits, 2) : symbol == 17 ? 3 + (int)take(bits, 3) : 11 + (int)take(bits, 7);
		if (index + times > literals + steps) return -1;
		while (times-- > 0) sizes[index++] = value;
	}
	build(lengths, sizes, literals);
	build(distances, sizes + literals, steps);
	return 0;
}

long inflate_raw(const uint8_t *source, size_t source_length, uint8_t *target, size_t capacity) {
	struct bits bits = {source, source + source_length, 0, 0, 0};
	struct code lengths, distances;
	size_t size = 0;
	for (;;) {
		int last = (int)take(&bits, 1), kind = (int)take(&bits, 2);
		if (bits.spent) return (long)size;
		if (kind == 0) {
			bits.held = 0;
			bits.count = 0;
			// What permessage-deflate cuts off begins here: an empty stored block without its lengths.
			if (bits.end - bits.at < 4) return (long)size;
			size_t length = bits.at[0] | (size_t)bits.at[1] << 8;
			bits.at += 4;
			if ((size_t)(bits.end - bits.at) < length || size + length > capacity) return -1;
			memcpy(target + size, bits.at, length);
			bits.at += length;
			size += length;
		} else {
			if (kind == 3) return -1;
			if (kind == 1) fixed_codes(&lengths, &distances);
			else if (dynamic_codes(&bits, &lengths, &distances) < 0) return -1;
			long reached = inflate_block(&bits, &lengths, &distances, target, size, capacity);
			if (reached < 0) return -1;
			size = (size_t)reached;
		}
		if (last) return (long)size;
	}
}

enum { REMEMBERED = 64, INFLATED_MAX = 4 << 20 };
static struct { uint8_t *source; size_t source_length; char *text; size_t length; } remembered[REMEMBERED];

const char *inflate_remembered(const uint8_t *source, size_t source_length, size_t *length) {
	static uint8_t *workspace;
	static int next;
	for (int index = 0; index < REMEMBERED; index++) {
		if (remembered[index].source_length != source_length || memcmp(remembered[index].source, source, source_length) != 0) continue;
		*length = remembered[index].length;
		return remembered[index].text;
	}
	if (!workspace) workspace = malloc(INFLATED_MAX);
	long inflated = inflate_raw(source, source_length, workspace, INFLATED_MAX);
	if (inflated < 0) return NULL;
	free(remembered[next].source);
	free(remembered[next].text);
	remembered[next].source = memcpy(malloc(source_length + 1), source, source_length);
	remembered[next].source_length = source_length;
	remembered[next].text = memcpy(malloc((size_t)inflated + 1), workspace, (size_t)inflated);
	*length = remembered[next].length = (size_t)inflated;
	const char *text = remembered[next].text;
	next = (next + 1) % REMEMBERED;
	return text;
}
