// SPDX-License-Identifier: Apache-2.0
//
// feed: a fuzzer's bytes taken apart as numbers and texts; zeros at the end.
#pragma once

#include "common/span.h"

struct feed {
    const uint8_t *at;
    size_t left;
};

static inline uint8_t
feed_byte(struct feed *feed)
{
    if (feed->left == 0)
        return 0;
    feed->left--;
    return *feed->at++;
}

// feed_below gives 0..bound - 1; bound is 1..256.
static inline uint32_t
feed_below(struct feed *feed, uint32_t bound)
{
    return feed_byte(feed) % bound;
}

// feed_number gives a number of size bytes, 1..8.
static inline uint64_t
feed_number(struct feed *feed, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | feed_byte(feed);
    return number;
}

// feed_wide gives small numbers often and any number sometimes.
static inline uint64_t
feed_wide(struct feed *feed)
{
    static const uint8_t sizes[] = {1, 1, 1, 2, 2, 4, 8, 8};
    uint32_t choice = feed_below(feed, 8);
    uint64_t number = feed_number(feed, sizes[choice]);

    return choice == 7 ? 0 - number : number;
}

// feed_bytes lends what two bytes of length say, as far as there is any.
static inline struct span
feed_bytes(struct feed *feed)
{
    size_t length = feed_number(feed, 2);

    if (length > feed->left)
        length = feed->left;
    struct span bytes = span_of(feed->at, length);
    feed->at += length;
    feed->left -= length;
    return bytes;
}
