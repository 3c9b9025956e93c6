// SPDX-License-Identifier: Apache-2.0
//
// span: bytes lent by somebody else.
//
// A span never owns.  Whoever hands one out says until when it may be read.
// A span of length 0 stands for "absent"; its data may be NULL.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct span {
    const uint8_t *data;
    uint32_t length;
};

static inline struct span
span_of(const void *data, size_t length)
{
    return (struct span){.data = data, .length = (uint32_t)length};
}

static inline struct span
span_text(const char *text)
{
    return span_of(text, strlen(text));
}

static inline bool
span_equal(struct span a, struct span b)
{
    return a.length == b.length &&
           (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

// span_compare orders as memcmp does; a prefix comes first.
static inline int
span_compare(struct span a, struct span b)
{
    uint32_t shorter = a.length < b.length ? a.length : b.length;
    int difference = shorter ? memcmp(a.data, b.data, shorter) : 0;

    if (difference)
        return difference;
    return a.length < b.length ? -1 : a.length > b.length;
}
