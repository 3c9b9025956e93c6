// SPDX-License-Identifier: Apache-2.0
//
// dealer_set: the dealers one terminal may speak for.
//
// Made once at HELLO; asked for every event, so a small hash table.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/domain/event.h"
#include "common/span.h"

struct dealer_name {
    uint8_t length;
    char text[DEALER_ID_MAX];
};

// All zero is the empty set.
struct dealer_set {
    uint32_t count, mask;       // mask + 1 places, a power of two
    struct dealer_name *places; // length 0: free
};

// dealer_set_init makes room for count names.  False without memory.
bool dealer_set_init(struct dealer_set *set, uint32_t count);
void dealer_set_fini(struct dealer_set *set);

// dealer_set_add takes a name of 1..DEALER_ID_MAX bytes; twice is once.
void dealer_set_add(struct dealer_set *set, struct span name);
bool dealer_set_has(const struct dealer_set *set, struct span name);
