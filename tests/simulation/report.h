// SPDX-License-Identifier: Apache-2.0
//
// report: what came of the worlds played, in words, and how to play one again.
#pragma once

#include "tests/simulation/rules.h"
#include "tests/simulation/world.h"

struct report {
    uint64_t seed, worlds, failures;
    enum breakage broken;
    struct tally_of_run sums;
    uint64_t faults[FAULT_COUNT];
    double began, told; // seconds
};

void report_begin(struct report *report, uint64_t seed, enum breakage broken);
void report_add(struct report *report, const struct world *world);
double report_seconds(const struct report *report);

// report_progress tells how far it is, at most every ten seconds.
void report_progress(struct report *report);
void report_end(const struct report *report);

// report_failure shrinks a failing plan, plays it once more with a trace, and
// says how to play it.
void report_failure(const struct plan *plan, const struct rules *rules);

// report_faults reads "KIND:N,..." ("-": none at all) into *list, to be freed;
// NULL: all may happen.  It ends the program when it cannot.
struct fault_choice report_faults(const char *text, struct fault **list);
