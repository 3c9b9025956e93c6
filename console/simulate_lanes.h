// SPDX-License-Identifier: Apache-2.0
//
// simulate_lanes: the terminals of a fleet, each with a spool of its own, fed
// and pumped by one thread through the real client library.
#pragma once

#include "common/domain/directory.h"
#include "common/status.h"
#include "console/simulate_plan.h"

struct lanes_options {
    const struct directory *directory;
    uint32_t count;         // dealers' terminals
    bool with_headquarters; // one more, of HQ
    const char *const *collectors;
    size_t collector_count; // terminal i tries collector i mod count first
    int stop_fd;            // readable: give up
};

struct lanes;

// lanes_open makes the spools in a temporary folder.  STATUS_SYSTEM: it
// cannot (a sentence was logged).
MUST_USE enum status lanes_open(struct lanes **out,
                                const struct lanes_options *options);

// lanes_close forgets the spools; NULL is fine.
void lanes_close(struct lanes *lanes);

struct lanes_result {
    uint64_t sent; // sendings handed over
    uint64_t accepted, duplicate, rejected;
    uint64_t waiting; // without a final outcome when it ended
    uint32_t refusal; // code of the last refusal or RETRY, 0: none
};

// lanes_run sends the plan, day by day, and waits until every event has an
// outcome, nothing has moved for a minute and a half (STATUS_UNAVAILABLE), or
// it is asked to stop (STATUS_STOPPED).  The result is filled in any case.
MUST_USE enum status lanes_run(struct lanes *lanes, const struct plan *plan,
                               struct lanes_result *result);
