// SPDX-License-Identifier: Apache-2.0
//
// alert_lines: an alert_list at some instant: one line for each clock that
// runs, the one due first first.
#pragma once

#include "client/alert_list.h"
#include "client/buffer.h"
#include "common/domain/directory.h"
#include "common/domain/rulebook.h"
#include "common/status.h"

// X(name, text): what a line is about.
#define ALERT_WHAT_MAP(X)                                                      \
    X(DETRACTOR, "detractor") /* somebody is to speak to the customer */       \
    X(COMPLAINT, "complaint") /* the complaint is to be answered */            \
    X(EMERGENCY, "emergency") /* the customer is to hear how it goes */

enum alert_what {
#define X(name, text) ALERT_WHAT_##name,
    ALERT_WHAT_MAP(X)
#undef X
        ALERT_WHAT_COUNT
};

const char *alert_what_name(enum alert_what what);
const char *alert_state_name(enum alert_state state); // open, near, late

struct alert_line {
    const struct alert_entry *entry;
    enum alert_what what;
    enum alert_state state;
    int64_t due; // ms
};

// What lines are wanted, and by which clock of ours.
struct alert_question {
    int64_t now_ms;
    int64_t contact_ms;       // how soon somebody speaks to a detractor
    int64_t since_ms;         // older detractors are left alone
    const char *dealer;       // NULL: any that `admits` takes
    const char *what, *state; // names; NULL: any
    // admits tells whether a dealer is shown at all; NULL: everybody is.
    bool (*admits)(void *context, const char *dealer);
    void *context;
};

struct alert_lines {
    size_t counts[ALERT_STATE_COUNT]; // of all that is admitted
    size_t count;
    struct alert_line *lines; // lent by the list they were made from
};

MUST_USE enum status alert_lines_make(struct alert_lines *lines,
                                      const struct alert_list *list,
                                      const struct alert_question *question);
void alert_lines_fini(struct alert_lines *lines);

// alert_line_json writes one line as an object.  A dealer the directory does
// not know has no name.
void alert_line_json(const struct alert_line *line,
                     const struct directory *directory,
                     const struct rulebook *rulebook, int64_t now_ms,
                     struct buffer *text);

// alert_lines_json writes `"counts":{...},"alerts":[...]` with `limit` lines
// from `offset` on.
void alert_lines_json(const struct alert_lines *lines, size_t offset,
                      size_t limit, const struct directory *directory,
                      const struct rulebook *rulebook, int64_t now_ms,
                      struct buffer *text);
