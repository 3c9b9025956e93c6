// SPDX-License-Identifier: Apache-2.0
//
// mill: makes survey events by the million, cheaply.
//
// One event is encoded properly; every other is that template with its id,
// dealer, time, names and answers patched in.  The n-th event of a terminal is
// a pure function of n, so any of them can be made again.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"

enum { MILL_BODY_MAX = 512, MILL_ANSWERS = 10, MILL_DEALER_SIZE = 6 };

struct mill_options {
    uint32_t terminals;
    uint32_t dealers;       // over all terminals, Zipf-like
    uint64_t year_events;   // events in a year; a customer comes four times
    int64_t year_start_ms;  // when the first one happened
    bool random_order;      // ids, times and names in random order
    uint32_t duplicate_ppm; // events sent once more
};

struct mill {
    struct mill_options options;
    uint32_t share;     // dealers of one terminal
    uint16_t *zipf;     // 65536 draws of 0..share - 1
    uint64_t customers; // of one terminal
    uint8_t body[MILL_BODY_MAX];
    size_t length;
    size_t id, dealer, time, visit, customer, vehicle, values; // offsets
};

// mill_init is false without memory.
bool mill_init(struct mill *mill, const struct mill_options *options);
void mill_fini(struct mill *mill);

// mill_dealer writes the id of one of a terminal's dealers (0..share - 1).
void mill_dealer(const struct mill *mill, uint32_t terminal, uint32_t which,
                 char id[MILL_DEALER_SIZE + 1]);

// mill_event makes the n-th event of a terminal; lent until the next one.
struct span mill_event(struct mill *mill, uint32_t terminal, uint64_t n);
