// SPDX-License-Identifier: Apache-2.0
//
// settlement: what became of one event, on its way from a receipt into the
// spool.
#pragma once

#include <stdint.h>

#include "common/domain/outcome.h"
#include "common/span.h"

struct settlement {
    uint64_t seq;
    enum outcome_kind kind;
    enum code code;
    uint32_t after_ms;       // RETRY
    uint64_t position;       // ACCEPTED, DUPLICATE: no commit behind this one
                             // holds it; 0: nobody told
    struct span field, text; // lent by the receipt
};
