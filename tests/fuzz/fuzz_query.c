// SPDX-License-Identifier: Apache-2.0
//
// Whatever query_read or answer_read takes, protobuf-c takes too, and the
// walkers find exactly what it finds.
#include "common/wire/query.h"
#include "report.pb-c.h"
#include "tests/fuzz/fuzz.h"

static void
query_match(const uint8_t *data, size_t size, const struct query *query)
{
    Dealerpulse__Query *mirror = dealerpulse__query__unpack(NULL, size, data);

    must(mirror != NULL, "protobuf-c takes what query_read takes");
    must(query->number == mirror->number &&
             query->wait_position == mirror->wait_position &&
             query->wait_ms == mirror->wait_ms &&
             (int)query->question == (int)mirror->question_case,
         "the query is the same");
    if (query->question == QUESTION_TALLIES)
        must(query->first_month == mirror->tallies->first_month &&
                 query->last_month == mirror->tallies->last_month,
             "the months are the same");
    dealerpulse__query__free_unpacked(mirror, NULL);
}

static void
tallies_match(struct answer_frame *answer, const Dealerpulse__Answer *mirror)
{
    struct tally_row row;
    uint32_t counter;
    int64_t value;
    size_t rows = 0;

    while (answer_next_tally(&answer->tallies, &row)) {
        must(rows < mirror->n_tallies, "no row is made up");
        const Dealerpulse__TallyRow *other = mirror->tallies[rows++];
        size_t count = 0;
        must(row.month == other->month && row.slice == other->slice &&
                 span_equal(row.dealer, span_text(other->dealer)),
             "the row is the same");
        while (row_next(&row, &counter, &value)) {
            must(count < other->n_counters && count < other->n_values &&
                     counter == other->counters[count] &&
                     value == other->values[count],
                 "the counters are the same");
            count++;
        }
        must(count == other->n_counters && count == other->n_values,
             "every counter is found");
    }
    must(rows == mirror->n_tallies, "every row is found");
}

static void
lists_match(struct answer_frame *answer, const Dealerpulse__Answer *mirror)
{
    struct publication publication;
    struct quarantine_row row;
    struct alert_row alert;
    size_t publications = 0, rows = 0, months = 0, alerts = 0;
    uint32_t month;

    while (answer_next_publication(&answer->publications, &publication))
        publications++;
    while (answer_next_quarantine(&answer->quarantine, &row))
        rows++;
    while (answer_next_alert(&answer->alerts, &alert))
        alerts++;
    must(alerts == mirror->n_alerts, "every alert is found");
    must(publications == mirror->n_publications && rows == mirror->n_quarantine,
         "every publication and quarantined event is found");
    must(answer->has_status == (mirror->status != NULL), "a status is found");
    if (!answer->has_status)
        return;
    while (status_next_month(&answer->status.months, &month)) {
        must(months < mirror->status->n_months &&
                 month == mirror->status->months[months],
             "the months are the same");
        months++;
    }
    must(months == mirror->status->n_months, "every month is found");
}

static void
answer_match(const uint8_t *data, size_t size, struct answer_frame *answer)
{
    Dealerpulse__Answer *mirror = dealerpulse__answer__unpack(NULL, size, data);

    must(mirror != NULL, "protobuf-c takes what answer_read takes");
    must(answer->number == mirror->number &&
             answer->position == mirror->position,
         "the answer is the same");
    tallies_match(answer, mirror);
    lists_match(answer, mirror);
    dealerpulse__answer__free_unpacked(mirror, NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct query query;
    struct answer_frame answer;

    if (query_read(span_of(data, size), &query) == CODE_NONE)
        query_match(data, size, &query);
    if (answer_read(span_of(data, size), &answer) == CODE_NONE)
        answer_match(data, size, &answer);
    return 0;
}
