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
    ANSWER_ALERTS,
    ANSWER_ALERT_PAGE,
};

enum {
    TALLY_MONTH = 1,
    TALLY_DEALER,
    TALLY_SLICE,
    TALLY_COUNTERS,
    TALLY_VALUES
};

enum { STATUS_MONTHS = 10 };

enum {
    ALERT_KEY = 1,
    ALERT_KIND,
    ALERT_DEALER,
    ALERT_EVENT,
    ALERT_AT,
    ALERT_CLASS,
    ALERT_ANSWER_DUE,
    ALERT_UPDATED_AT,
    ALERT_UPDATE_DUE,
    ALERT_ITEM,
    ALERT_VALUE
};

// alert_row_read and alert_page_read read what answer_alert.c writes.
bool alert_row_read(struct span bytes, struct alert_row *row);
bool alert_page_read(struct span bytes, struct alert_page *page);
