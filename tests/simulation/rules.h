// SPDX-License-Identifier: Apache-2.0
//
// rules: what headquarters published before a simulated world begins, the same
// in all of them: two versions of a programme and eight dealers; and a third
// version that may come while it goes on, valid from before.
#pragma once

#include "aggregator/history.h"
#include "collector/published.h"

enum { RULES_DEALERS = 8, RULES_FIRST = 3, RULES_ALL = 4 };

// The world's wall clocks start here, 2026-11-02T06:00Z: the turn of a month
// and of the programme's version has just been.
#define RULES_EPOCH_MS INT64_C(1793599200000)

struct rules {
    struct history *history; // of the first; later: of all
    struct history *later;
    struct published published; // as a collector has it once it fetched both
    struct publication publications[RULES_ALL]; // in order
    uint8_t hashes[RULES_ALL][HASH_SIZE];
};

// rules_open ends the program when its own texts are not valid.
void rules_open(struct rules *rules);
void rules_close(struct rules *rules);

// rules_dealer lends the id of dealer 1..RULES_DEALERS.
const char *rules_dealer(uint32_t number);
