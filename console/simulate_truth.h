// SPDX-License-Identifier: Apache-2.0
//
// simulate_truth: the fleet's own ledger of what every figure must be.
//
// Kept on purpose without the product's mechanism: no entities, no
// contributions, no tallies.  It is told what finally holds of each visit,
// survey and case, and adds that up once per KPI, dealer and month, the way
// docs/KPIS.md words the formulas.  Equal figures then mean something.
#pragma once

#include <stdio.h>

#include "common/domain/directory.h"
#include "common/domain/event.h"
#include "common/domain/rulebook.h"
#include "common/status.h"

struct truth;

// truth_open makes an empty ledger for months first..last and the two around
// them.  Rulebook and directory must outlive it.
MUST_USE enum status truth_open(struct truth **out,
                                const struct rulebook *rulebook,
                                const struct directory *directory,
                                uint32_t first, uint32_t last);
void truth_close(struct truth *truth); // NULL is fine

// A response as it stands at the end, after corrections.
struct told_response {
    int64_t at;
    struct event_id id;
    bool counts; // neither voided nor held
    uint16_t answer_count;
    struct answer answers[SURVEY_ANSWERS_MAX];
};

// truth_survey is told all responses to one customer's visit: the first
// complete one that counts is the survey, in the month it was given.
void truth_survey(struct truth *truth, size_t dealer, uint32_t customer,
                  const struct told_response *responses, size_t count);

// A visit as it stands at the end; 0: that event never was or is voided.
struct told_visit {
    int64_t opened_at, closed_at;
    uint32_t customer; // which of the dealer's customers, from 0
};
enum { TOLD_CUSTOMERS_MAX = 4096 };

void truth_visit(struct truth *truth, size_t dealer,
                 const struct told_visit *visit);

// A case as it stands at the end.  With raised_at the class was changed once,
// before anybody answered.
struct told_case {
    uint32_t customer;
    int64_t opened_at, received_at;
    enum complaint_class class, raised_to;
    int64_t raised_at;   // 0: never
    int64_t answered_at; // first response that is not voided, 0: none
    int64_t closed_at;   // 0: never
};
void truth_case(struct truth *truth, size_t dealer,
                const struct told_case *told);

// truth_write writes CSV: dealer,month,kpi,n,num,den for all that is not
// empty; false when the file fails.
bool truth_write(const struct truth *truth, FILE *file);
