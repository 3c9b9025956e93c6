// SPDX-License-Identifier: Apache-2.0
//
// close: how a period closes, by the calendar of the rulebook (rebate:
// calendar).
//
// A period ends with its last month, in the programme's zone.  Days are counted
// from there, 86,400,000 ms each: PROVISIONAL from the first date on, FINAL
// from the last.  Between them lie the ends of review and of decisions.  A
// programme without a rebate pays nothing and has no calendar: its periods are
// PROVISIONAL from close_days on and never FINAL.
#pragma once

#include "common/domain/rulebook.h"

enum close_state { CLOSE_OPEN, CLOSE_PROVISIONAL, CLOSE_FINAL };

// Instants, ms UTC; each is the first at which something has ended or begun.
struct close {
    enum close_state state;
    bool has_calendar; // false: review, decisions and final are 0
    int64_t end;       // of the period
    int64_t provisional;
    int64_t review, decisions; // until then
    int64_t final;
};

// close_of tells how a period whose last month is `last` stands at an instant.
struct close close_of(const struct rulebook *rulebook, uint32_t last,
                      int64_t now_ms);

// close_state_name returns "OPEN", "PROVISIONAL" or "FINAL".
const char *close_state_name(enum close_state state);
