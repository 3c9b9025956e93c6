// SPDX-License-Identifier: Apache-2.0
//
// simulate_plan: what a fleet sends, encoded, and who sends it when.
//
// An act is one event.  A sending is one delivery of an act by one lane (one
// terminal): an act may be sent twice, by two lanes, and an order of sending
// need not be the order of happening.
#pragma once

#include <stddef.h>

#include "common/crypto/words.h"
#include "common/domain/event.h"
#include "common/status.h"

struct act {
    size_t offset; // of its body
    uint32_t length;
    const char *comment; // NULL: none
    uint8_t salt[WORDS_SALT_SIZE];
};

struct sending {
    size_t act;
    uint32_t lane;
    int64_t due; // sendings of a lane go out by ascending due
};

struct plan {
    uint8_t *bytes;
    size_t byte_count, byte_capacity;
    struct act *acts;
    size_t act_count, act_capacity;
    struct sending *sendings;
    size_t sending_count, sending_capacity;
    bool failed; // no memory, or an event that cannot be encoded
};

void plan_fini(struct plan *plan); // of a zeroed one too

// plan_act encodes an event and returns its number.
size_t plan_act(struct plan *plan, const struct event *event);

// plan_send has a lane send an act at a time.
void plan_send(struct plan *plan, size_t act, uint32_t lane, int64_t due);

// plan_seal sorts the sendings by (lane, due).  STATUS_SYSTEM when something
// failed before.
MUST_USE enum status plan_seal(struct plan *plan);

struct span plan_body(const struct plan *plan, size_t act); // lent by the plan
