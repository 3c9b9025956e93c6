// SPDX-License-Identifier: Apache-2.0
//
// scratch: room for the texts of one row, taken back at once.
#pragma once

#include <stddef.h>

#include "common/span.h"

struct scratch {
    char *data;
    size_t used, capacity;
};

// scratch_take returns size bytes, NULL when there is no room left.
static inline char *
scratch_take(struct scratch *scratch, size_t size)
{
    if (size > scratch->capacity - scratch->used)
        return NULL;
    char *taken = scratch->data + scratch->used;
    scratch->used += size;
    return taken;
}

// scratch_text copies text and ends it with a NUL.
static inline char *
scratch_text(struct scratch *scratch, struct span text)
{
    char *copy = scratch_take(scratch, (size_t)text.length + 1);
    if (copy) {
        if (text.length > 0)
            memcpy(copy, text.data, text.length);
        copy[text.length] = '\0';
    }
    return copy;
}
