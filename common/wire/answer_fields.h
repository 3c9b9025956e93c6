// SPDX-License-Identifier: Apache-2.0
//
// answer_fields: field numbers shared by what reads and writes answers.
#pragma once

#include "common/wire/query.h"

enum {
    ANSWER_NUMBER = 1,
    ANSWER_POSITION,
    ANSWER_CODE,
    ANSWER_TEXT,
    ANSWER_STATUS,
    ANSWER_PUBLICATIONS,
    ANSWER_TALLIES,
    ANSWER_QUARANTINE,
};

enum {
    TALLY_MONTH = 1,
    TALLY_DEALER,
    TALLY_SLICE,
    TALLY_COUNTERS,
    TALLY_VALUES
};

enum { STATUS_MONTHS = 10 };
