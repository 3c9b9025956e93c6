// SPDX-License-Identifier: Apache-2.0
#include "reporter/overview.h"

#include <stdlib.h>
#include <string.h>

#include "client/scope_totals.h"
#include "client/stint.h"
#include "common/domain/scheme.h"

enum { BINS_WANTED = 12 };

// set_target turns a threshold of the rebate back into a published value.
static void
set_target(struct overview_line *line, const struct scheme *scheme)
{
    for (size_t i = 0; scheme && i < scheme->dimension_count; i++) {
        const struct scheme_dimension *dimension = &scheme->dimensions[i];
        if (strcmp(dimension->kpi, line->rule->id) != 0 ||
            dimension->lower_is_better)
            continue;
        line->has_target = true;
        line->target_micro =
            points_value(dimension->scale.threshold, dimension->form);
        return;
    }
}

static void
add_line(struct overview *overview, const struct rulebook *rulebook,
         const struct kpi_rule *rule)
{
    struct overview_line *line = &overview->lines[overview->line_count++];

    line->rule = rule;
    set_target(line, rulebook->scheme);
}

static enum status
list_kpis(struct overview *overview, const struct rulebook *rulebook)
{
    const struct kpi_rule *chosen = &overview->selection.rule;
    bool listed = false;

    overview->lines = calloc(rulebook->kpi_count + 1, sizeof *overview->lines);
    if (!overview->lines)
        return STATUS_SYSTEM;
    for (size_t i = 0; i < rulebook->kpi_count; i++) {
        add_line(overview, rulebook, &rulebook->kpis[i]);
        listed = listed || strcmp(rulebook->kpis[i].id, chosen->id) == 0;
    }
    if (!listed) // an item's mean: made for whoever asks
        add_line(overview, rulebook, chosen);
    return STATUS_OK;
}

static enum status
open_figures(struct figures **out, const struct material *material,
             uint32_t first, uint32_t last)
{
    return figures_open(out, material->rulebook, material->directory,
                        material->table, first, last, material->now_ms);
}

// fill_kpis forms every KPI of all dealers in scope into the member of each
// line that lies `offset` bytes from its beginning.
static enum status
fill_kpis(struct overview *overview, const struct figures *figures,
          size_t offset)
{
    const struct tally *total;

    enum status status =
        scope_total(&total, figures, overview->selection.scope);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 0; i < overview->line_count; i++) {
        struct overview_line *line = &overview->lines[i];
        const struct kpi kpi =
            kpi_of(figures->rulebook, line->rule, total, true);
        memcpy((char *)line + offset, &kpi, sizeof kpi);
    }
    return STATUS_OK;
}

static enum status
fill_window(struct overview *overview, const struct material *material,
            uint32_t first, uint32_t last, size_t offset)
{
    struct figures *figures;

    enum status status = open_figures(&figures, material, first, last);
    if (status != STATUS_OK)
        return status;
    status = fill_kpis(overview, figures, offset);
    figures_close(figures);
    return status;
}

// fill_months fills the first `count` months, and the others from the period
// and the window before it.
static enum status
fill_months(struct overview *overview, const struct material *material,
            size_t count)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < OVERVIEW_MONTHS; i++)
        overview->months[i] = overview->selection.last + 1 + (uint32_t)i -
                              (uint32_t)OVERVIEW_MONTHS;
    for (size_t i = 0; i < count && status == STATUS_OK; i++)
        status = fill_window(
            overview, material, overview->months[i], overview->months[i],
            offsetof(struct overview_line, months) + i * sizeof(struct kpi));
    for (size_t i = 0; i < overview->line_count && count < OVERVIEW_MONTHS;
         i++) {
        struct overview_line *line = &overview->lines[i];
        line->months[OVERVIEW_MONTHS - 2] = line->previous;
        line->months[OVERVIEW_MONTHS - 1] = line->total;
    }
    return status;
}

static enum status
fill_past(struct overview *overview, const struct material *material)
{
    uint32_t first = overview->selection.first;
    uint32_t last = overview->selection.last;

    overview->previous_first = first - (last - first + 1);
    overview->previous_last = first - 1;
    enum status status = fill_window(
        overview, material, overview->previous_first, overview->previous_last,
        offsetof(struct overview_line, previous));
    if (status != STATUS_OK)
        return status;
    // A period of one month is the last of them; what is before it, the last
    // but one.
    return fill_months(overview, material,
                       first == last ? OVERVIEW_MONTHS - 2 : OVERVIEW_MONTHS);
}

// --- The dealers -------------------------------------------------------------

// round_step returns the smallest 1, 2 or 5 times a power of ten, or one
// micro, that so many steps cross the range with.
static int64_t
round_step(int64_t range, int64_t steps)
{
    static const int64_t digits[] = {1, 2, 5};

    for (int64_t power = 1; power <= INT64_MAX / 50; power *= 10)
        for (size_t i = 0; i < sizeof digits / sizeof *digits; i++)
            if (digits[i] * power >= (range + steps - 1) / steps)
                return digits[i] * power;
    return range;
}

static int64_t
floor_to(int64_t value, int64_t step)
{
    int64_t rest = value % step;

    return value - (rest < 0 ? rest + step : rest);
}

size_t
overview_bins(const int64_t *values, size_t count,
              struct overview_bin bins[OVERVIEW_BINS])
{
    int64_t low, high;
    size_t used;

    if (count == 0)
        return 0;
    low = high = values[0];
    for (size_t i = 1; i < count; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    if (low < INT64_MIN / 4 || high > INT64_MAX / 4)
        return 0; // no axis for such values
    int64_t step = round_step(high > low ? high - low : 1, BINS_WANTED);
    low = floor_to(low, step);
    used = (size_t)((high - low) / step) + 1;
    if (used > 1 && (high - low) % step == 0)
        used -= 1; // the last one includes its end
    for (size_t i = 0; i < used; i++)
        bins[i] = (struct overview_bin){low + (int64_t)i * step,
                                        low + (int64_t)(i + 1) * step, 0};
    for (size_t i = 0; i < count; i++) {
        size_t bin = (size_t)((values[i] - low) / step);
        bins[bin < used ? bin : used - 1].dealers += 1;
    }
    return used;
}

// fill_bins ranks the dealers by the selection's KPI and counts them by value.
static enum status
fill_bins(struct overview *overview, const struct figures *figures)
{
    const struct selection *selection = &overview->selection;
    struct ranking *ranking;

    enum status status =
        ranking_open_plain(&ranking, figures, &selection->rule,
                           selection->scope, selection->period);
    if (status != STATUS_OK)
        return status;
    int64_t *values = calloc(ranking->row_count + 1, sizeof *values);
    overview->dealers = ranking->row_count;
    for (size_t i = 0; i < ranking->row_count && values; i++)
        if (ranking->rows[i].rank > 0)
            values[overview->ranked++] = ranking->rows[i].kpi.value_micro;
    ranking_close(ranking);
    if (!values)
        return STATUS_SYSTEM;
    overview->bin_count =
        overview_bins(values, overview->ranked, overview->bins);
    free(values);
    return STATUS_OK;
}

// look_at_data counts what came in, and from how many.
static enum status
look_at_data(struct overview *overview, const struct figures *figures)
{
    const char *scope = overview->selection.scope;
    const struct tally *total;

    overview->open = figures->open;
    for (size_t i = 0; i < figures->dealer_count; i++) {
        const struct figures_dealer *dealer;
        enum status status =
            stint_part(&dealer, figures, &figures->dealers[i], scope);
        if (status != STATUS_OK)
            return status;
        if (!dealer)
            continue;
        if (__builtin_add_overflow(overview->late, dealer->late,
                                   &overview->late))
            overview->late = INT64_MAX;
        overview->reporting +=
            dealer->memory &&
            tally_get(&dealer->tally,
                      counter(COUNTER_COUNT, COUNT_RESPONSES, 0)) > 0;
    }
    enum status status = scope_total(&total, figures, scope);
    for (uint32_t i = 0; i < COUNT_END && status == STATUS_OK; i++)
        overview->counts[i] = tally_get(total, counter(COUNTER_COUNT, i, 0));
    return status;
}

static enum status
fill_period(struct overview *overview, const struct material *material)
{
    struct figures *figures;

    enum status status =
        open_figures(&figures, material, overview->selection.first,
                     overview->selection.last);
    if (status != STATUS_OK)
        return status;
    status =
        fill_kpis(overview, figures, offsetof(struct overview_line, total));
    if (status == STATUS_OK)
        status = look_at_data(overview, figures);
    if (status == STATUS_OK)
        status = fill_bins(overview, figures);
    figures_close(figures);
    return status;
}

enum status
overview_open(struct overview **out, const struct material *material,
              const struct selection *selection)
{
    struct overview *overview = calloc(1, sizeof *overview);
    if (!overview)
        return STATUS_SYSTEM;
    overview->selection = *selection;
    overview->position = material->table->position;
    enum status status = list_kpis(overview, material->rulebook);
    if (status == STATUS_OK)
        status = fill_period(overview, material);
    if (status == STATUS_OK)
        status = fill_past(overview, material);
    if (status != STATUS_OK) {
        overview_close(overview);
        return status;
    }
    *out = overview;
    return STATUS_OK;
}

void
overview_close(struct overview *overview)
{
    if (!overview)
        return;
    free(overview->lines);
    free(overview);
}
