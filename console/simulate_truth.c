// SPDX-License-Identifier: Apache-2.0
#include "console/simulate_truth.h"

#include <stdlib.h>

#include "common/domain/period.h"
#include "common/domain/tally.h"
#include "console/simulate_truth_parts.h"

enum status
truth_open(struct truth **out, const struct rulebook *rulebook,
           const struct directory *directory, uint32_t first, uint32_t last)
{
    struct truth *truth = calloc(1, sizeof *truth);
    if (truth == NULL)
        return STATUS_SYSTEM;
    truth->rulebook = rulebook;
    truth->directory = directory;
    truth->first = first - 1;
    truth->month_count = last - first + 3;
    truth->kpi_count = rulebook->kpi_count;
    size_t columns = directory->dealer_count * truth->month_count;
    truth->cells = calloc(columns * truth->kpi_count + 1, sizeof(struct cell));
    truth->seen = calloc(columns + 1, SEEN_BYTES);
    if (truth->cells == NULL || truth->seen == NULL) {
        truth_close(truth);
        return STATUS_SYSTEM;
    }
    *out = truth;
    return STATUS_OK;
}

void
truth_close(struct truth *truth)
{
    if (truth == NULL)
        return;
    free(truth->cells);
    free(truth->seen);
    free(truth);
}

// column_of finds the dealer's month of an instant.  The fleet stays within
// the months around its own, so that every instant has one.
static size_t
column_of(const struct truth *truth, size_t dealer, int64_t at)
{
    uint32_t month = month_of(&truth->rulebook->zone, at) - truth->first;
    if (month >= truth->month_count)
        abort();
    return dealer * truth->month_count + month;
}

static void
add(struct truth *truth, size_t column, size_t kpi, int64_t num, int64_t den)
{
    struct cell *cell = &truth->cells[column * truth->kpi_count + kpi];
    cell->n++;
    cell->num += num;
    cell->den += den;
}

// A count may stand in several lists of a ratio; n is the base.
static void
add_ratio(struct truth *truth, size_t column, size_t kpi, enum count count)
{
    struct cell *cell = &truth->cells[column * truth->kpi_count + kpi];
    const struct kpi_rule *rule = &truth->rulebook->kpis[kpi];
    for (size_t i = 0; i < KPI_COUNTS_MAX; i++) {
        cell->num += i < rule->num.count && rule->num.counts[i] == count;
        cell->den += i < rule->den.count && rule->den.counts[i] == count;
        cell->den -= i < rule->minus.count && rule->minus.counts[i] == count;
    }
    cell->n = cell->den;
}

static void
add_count(struct truth *truth, size_t column, enum count count)
{
    for (size_t i = 0; i < truth->kpi_count; i++) {
        const struct kpi_rule *rule = &truth->rulebook->kpis[i];
        if (rule->form == KPI_COUNTER && rule->count == count)
            add(truth, column, i, 1, 0);
        if (rule->form == KPI_RATIO)
            add_ratio(truth, column, i, count);
    }
}

// add_customer counts a customer once in the dealer's month.
static void
add_customer(struct truth *truth, size_t column, uint32_t customer)
{
    uint8_t *seen = &truth->seen[column * SEEN_BYTES + customer / 8];
    uint8_t bit = (uint8_t)(1u << customer % 8);
    if ((*seen & bit) == 0)
        add_count(truth, column, COUNT_CUSTOMERS);
    *seen |= bit;
}

// --- Surveys -----------------------------------------------------------------

// answer_to returns the answer to an item, -1 when there is none that counts.
static int
answer_to(const struct told_response *response, uint16_t item)
{
    for (size_t i = 0; i < response->answer_count; i++)
        if (response->answers[i].item == item)
            return response->answers[i].value == ANSWER_NOT_APPLICABLE
                       ? -1
                       : response->answers[i].value;
    return -1;
}

static bool
is_complete(const struct rulebook *rulebook,
            const struct told_response *response)
{
    const struct questionnaire *asked = &rulebook->questionnaires[0];
    size_t answered = 0;
    for (size_t i = 0; i < asked->core_count; i++)
        answered += answer_to(response, asked->core[i]) >= 0;
    return answered * 2 >= asked->core_count;
}

static void
add_index(struct truth *truth, size_t column, size_t kpi,
          const struct told_response *response)
{
    const struct kpi_rule *rule = &truth->rulebook->kpis[kpi];
    struct cell *cell = &truth->cells[column * truth->kpi_count + kpi];
    for (size_t j = 0; j < rule->item_count; j++) {
        int value = answer_to(response, rule->items[j]);
        if (value < 0)
            continue;
        cell->parts[j].n++;
        cell->parts[j].excess +=
            value - rulebook_item(truth->rulebook, rule->items[j])->lo;
    }
}

static void
add_gap(struct truth *truth, size_t column, size_t kpi,
        const struct told_response *response)
{
    const struct rulebook *rulebook = truth->rulebook;
    for (size_t i = 0; i < rulebook->pair_count; i++) {
        const struct item_pair *pair = &rulebook->pairs[i];
        if (pair->number != rulebook->kpis[kpi].pair)
            continue;
        int experience = answer_to(response, pair->experience);
        int expectation = answer_to(response, pair->expectation);
        if (experience >= 0 && expectation >= 0)
            add(truth, column, kpi, experience - expectation, 1);
    }
}

// add_response adds one surveyed response to every KPI made of answers.
static void
add_response(struct truth *truth, size_t column,
             const struct told_response *response)
{
    for (size_t i = 0; i < truth->kpi_count; i++) {
        const struct kpi_rule *rule = &truth->rulebook->kpis[i];
        int value = answer_to(response, rule->items[0]);
        switch (rule->form) {
        case KPI_INDEX:
            add_index(truth, column, i, response);
            break;
        case KPI_NPS:
            if (value >= 0)
                add(truth, column, i,
                    (value >= rule->cut) - (value <= rule->detractor_cut), 1);
            break;
        case KPI_SHARE:
            if (value >= 0)
                add(truth, column, i, value >= rule->cut, 1);
            break;
        case KPI_MEAN:
            if (value >= 0)
                add(truth, column, i, value, 1);
            break;
        case KPI_GAP:
            add_gap(truth, column, i, response);
            break;
        case KPI_SLA:
        case KPI_COUNTER:
        case KPI_RATIO:
        case KPI_QUANTILE:
        case KPI_GAPS:
            break;
        }
    }
}

void
truth_survey(struct truth *truth, size_t dealer, uint32_t customer,
             const struct told_response *responses, size_t count)
{
    const struct told_response *survey = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct told_response *one = &responses[i];
        if (one->counts && is_complete(truth->rulebook, one) &&
            (survey == NULL ||
             event_before(one->at, &one->id, survey->at, &survey->id)))
            survey = one;
    }
    for (size_t i = 0; i < count; i++) {
        const struct told_response *one = &responses[i];
        if (!one->counts)
            continue;
        size_t column = column_of(truth, dealer, one->at);
        add_customer(truth, column, customer);
        if (one == survey)
            add_count(truth, column, COUNT_RESPONSES);
        else if (is_complete(truth->rulebook, one))
            add_count(truth, column, COUNT_SURPLUS);
        else
            add_count(truth, column, COUNT_PARTIAL);
    }
    if (survey != NULL)
        add_response(truth, column_of(truth, dealer, survey->at), survey);
}

// --- Visits and cases --------------------------------------------------------

void
truth_visit(struct truth *truth, size_t dealer, const struct told_visit *visit)
{
    int64_t first = visit->opened_at != 0 ? visit->opened_at : visit->closed_at;
    if (visit->opened_at != 0)
        add_customer(truth, column_of(truth, dealer, visit->opened_at),
                     visit->customer);
    if (visit->closed_at != 0) {
        size_t column = column_of(truth, dealer, visit->closed_at);
        add_customer(truth, column, visit->customer);
        add_count(truth, column, COUNT_VISITS_CLOSED);
    }
    if (first != 0)
        add_count(truth, column_of(truth, dealer, first), COUNT_VISITS);
}

void
truth_case(struct truth *truth, size_t dealer, const struct told_case *told)
{
    add_customer(truth, column_of(truth, dealer, told->opened_at),
                 told->customer);
    add_count(truth, column_of(truth, dealer, told->received_at), COUNT_CASES);
    if (told->closed_at != 0)
        add_count(truth, column_of(truth, dealer, told->closed_at),
                  COUNT_CASES_RESOLVED);
    const int64_t *clocks = truth->rulebook->clock_ms;
    enum complaint_class class = told->class;
    int64_t deadline = INT64_MAX;
    if (clocks[class] != 0)
        deadline = told->received_at + clocks[class];
    if (told->raised_at != 0 && clocks[told->raised_to] != 0 &&
        told->raised_at + clocks[told->raised_to] < deadline) {
        class = told->raised_to;
        deadline = told->raised_at + clocks[class];
    }
    if (deadline == INT64_MAX)
        return; // no clock runs for this class
    for (size_t i = 0; i < truth->kpi_count; i++) {
        const struct kpi_rule *rule = &truth->rulebook->kpis[i];
        if (rule->form == KPI_SLA && (rule->class_mask >> class & 1) != 0)
            add(truth, column_of(truth, dealer, deadline), i,
                told->answered_at != 0 && told->answered_at <= deadline, 1);
    }
}
