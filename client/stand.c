// SPDX-License-Identifier: Apache-2.0
#include "client/stand.h"

#include <stdlib.h>

// leave_open fills which ranks chance leaves open to the ranked rows, the
// first `count` of the ranking, best first.
static enum status
leave_open(struct ranking *ranking, size_t count)
{
    struct standing *standings = calloc(count + 1, sizeof *standings);

    if (!standings)
        return STATUS_SYSTEM;
    for (size_t i = 0; i < count; i++) {
        const struct rank_row *row = &ranking->rows[i];
        int64_t value = ranking->by_estimate ? row->estimate.value_micro
                                             : row->kpi.value_micro;
        standings[i].value_micro =
            ranking->rule.lower_is_better ? -value : value;
        standings[i].variance = row->estimate.variance;
    }
    standing_intervals(standings, count, ranking->c_milli);
    for (size_t i = 0; i < count; i++) {
        struct rank_row *row = &ranking->rows[i];
        row->estimate.first = standings[i].first;
        row->estimate.last = standings[i].last;
        row->estimate.band = estimate_band(&ranking->spread.credibility,
                                           &ranking->rule, &row->kpi);
    }
    free(standings);
    return STATUS_OK;
}

enum status
stand(struct ranking *ranking)
{
    struct rank_row *rows = ranking->rows;
    bool known = ranking->spread.source != SPREAD_NONE;
    size_t ranked = 0;

    ranking->by_estimate = ranking->by_estimate && known;
    for (size_t i = 0; i < ranking->row_count && known; i++)
        rows[i].estimate =
            estimate_of(&ranking->spread.credibility, &ranking->rule,
                        &rows[i].kpi, ranking->by_estimate);
    if (ranking->by_estimate)
        rank_estimates(rows, ranking->row_count, &ranking->rule);
    else
        rank_rows(rows, ranking->row_count, &ranking->rule);
    // A ranked row without an estimate ends the sure ground: no intervals.
    while (ranked < ranking->row_count && rows[ranked].rank > 0)
        if (!rows[ranked++].estimate.has_value)
            return STATUS_OK;
    return known ? leave_open(ranking, ranked) : STATUS_OK;
}
