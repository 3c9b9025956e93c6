// SPDX-License-Identifier: Apache-2.0
//
// sequence: which numbers of one terminal and epoch have arrived.
//
// A high-water mark and at most SEQUENCE_GAPS_MAX ranges missing below it.
// When there are more gaps, the oldest is forgotten and counted: from then on
// its numbers read as arrived (`forgotten` says how many).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/span.h"
#include "common/status.h"

enum { SEQUENCE_GAPS_MAX = 1024 };

struct sequence_gap {
    uint64_t first, last;
};

struct sequence {
    uint64_t high; // 0: nothing yet
    uint64_t forgotten;
    size_t gap_count;
    struct sequence_gap gaps[SEQUENCE_GAPS_MAX]; // ascending, not touching
};

// sequence_add marks first..last (1 <= first <= last) as arrived.
void sequence_add(struct sequence *sequence, uint64_t first, uint64_t last);

// sequence_has tells whether a number arrived (or was forgotten).
bool sequence_has(const struct sequence *sequence, uint64_t seq);

// sequence_missing returns how many numbers up to high are missing.
uint64_t sequence_missing(const struct sequence *sequence);

// sequence_resend_from returns the number from which everything sent again
// closes every gap: the lowest that is missing, high + 1 when none is, 1 when
// some were forgotten.
uint64_t sequence_resend_from(const struct sequence *sequence);

enum { SEQUENCE_BYTES_MAX = 32 + SEQUENCE_GAPS_MAX * 20 };
size_t sequence_encode(const struct sequence *sequence, uint8_t *out);
MUST_USE enum status sequence_decode(struct sequence *sequence,
                                     struct span bytes);
