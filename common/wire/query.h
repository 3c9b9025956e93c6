// SPDX-License-Identifier: Apache-2.0
//
// query: read-only questions and answers (proto/report.proto).
#pragma once

#include "common/domain/alert.h"
#include "common/wire/commit.h"

enum question {
    QUESTION_STATUS = 8,
    QUESTION_PUBLICATION,
    QUESTION_TALLIES,
    QUESTION_QUARANTINE,
    QUESTION_ALERTS
};

enum { ANSWER_FRAME_MAX = 1 << 30 };

struct query {
    uint64_t number, wait_position;
    uint32_t wait_ms;
    enum question question;
    enum publication_kind kind;       // PUBLICATION
    struct span hash;                 // PUBLICATION, or empty
    uint32_t first_month, last_month; // TALLIES
    uint32_t limit;                   // QUARANTINE
    bool through_cases;               // ALERTS: or through the journal
    struct entity_key after_case;     // length 0: from the first
    uint64_t after_position;
    int64_t since_ms;
};

struct store_status {
    struct span store;
    uint32_t incarnation;
    uint64_t journal_position;
    struct span head;
    uint64_t events;
    int64_t last_commit_at_ms;
    struct span programme_hash, dealers_hash;
    uint32_t fold_version;
    uint64_t backed_up_position;
    uint64_t unfolded_ms;   // age of the oldest commit not shown yet
    bool intake_held;       // no room: events are put off
    uint32_t reader_pid;    // who holds the oldest snapshot; 0: nobody
    uint64_t reader_ms;     // and for how long
    struct repeated months; // status_next_month
};

struct tally_row {
    uint32_t month;
    struct span dealer;
    uint32_t slice;
    struct repeated counters; // row_next
    struct repeated values;
};

struct quarantine_row {
    uint64_t position;
    uint32_t index, reason;
    struct span text;
};

struct alert_row {
    struct span key;    // 1 to ENTITY_KEY_MAX bytes
    struct span dealer; // empty for ALERT_NONE
    struct alert alert; // its dealer, a number, means nothing here
};

struct alert_page {
    bool is_done;
    struct span next_case; // at most ENTITY_KEY_MAX bytes
    uint64_t next_position;
};

struct answer_frame {
    uint64_t number, position;
    enum code code;
    struct span text;
    bool has_status;
    struct store_status status;
    struct repeated publications; // answer_next_publication
    struct repeated tallies;      // answer_next_tally
    struct repeated quarantine;   // answer_next_quarantine
    struct repeated alerts;       // answer_next_alert
    bool has_alert_page;
    struct alert_page alert_page;
};

enum code query_read(struct span frame, struct query *query);
size_t query_write(struct writer *writer, const struct query *query);

// answer_read checks a whole frame.
enum code answer_read(struct span frame, struct answer_frame *answer);
bool status_next_month(struct repeated *months, uint32_t *month);
bool answer_next_publication(struct repeated *list,
                             struct publication *publication);
bool answer_next_tally(struct repeated *list, struct tally_row *row);
bool row_next(struct tally_row *row, uint32_t *counter, int64_t *value);
bool answer_next_quarantine(struct repeated *list, struct quarantine_row *row);
bool answer_next_alert(struct repeated *list, struct alert_row *row);

// Writing: begin, then any of the parts, then end.
void answer_begin(struct writer *writer, uint64_t number, uint64_t position);
void answer_error(struct writer *writer, enum code code, const char *text);
void answer_status(struct writer *writer, const struct store_status *status,
                   const uint32_t *months, size_t month_count);
void answer_publication(struct writer *writer,
                        const struct publication *publication);
void answer_tally(struct writer *writer, uint32_t month, struct span dealer,
                  uint32_t slice, const uint32_t *counters,
                  const int64_t *values, size_t count);
void answer_quarantine(struct writer *writer, const struct quarantine_row *row);
void answer_alert(struct writer *writer, const struct alert_row *row);
void answer_alert_page(struct writer *writer, const struct alert_page *page);
size_t answer_end(struct writer *writer);
