// SPDX-License-Identifier: Apache-2.0
#include "client/figures.h"

#include <stdlib.h>
#include <string.h>

#include "client/scope_totals.h"
#include "client/spread_memo.h"
#include "client/stint.h"
#include "common/domain/lateness.h"
#include "common/domain/peer.h"

enum { MEMOS = 2 };

bool
month_is_open(const struct rulebook *rulebook, uint32_t month, int64_t now_ms)
{
    int64_t end = month_start(&rulebook->zone, month + 1);
    // Of a month beyond the calendar `end` is the end of all numbers.
    return now_ms - (int64_t)rulebook->close_days * DAY_MS < end;
}

// What figures_open is busy with.
struct summing {
    struct figures *figures;
    const struct tally_table *table;
    int64_t now_ms;
    struct sum sum; // of one dealer
};

static bool
wanted(const struct figures *figures, const struct tally_table_row *row,
       uint32_t slice)
{
    return row->slice == slice && row->month >= figures->first &&
           row->month <= figures->last;
}

// note_late adds the events of a row that came late, up to INT64_MAX.
static void
note_late(const struct summing *summing, struct figures_dealer *dealer,
          const struct tally_table_row *row)
{
    const struct tally_table *table = summing->table;

    if (!wanted(summing->figures, row, SLICE_ARRIVED))
        return;
    int64_t late =
        lateness_late(table->counters + row->first, table->values + row->first,
                      row->used, summing->figures->rulebook->close_days);
    if (__builtin_add_overflow(dealer->late, late, &dealer->late))
        dealer->late = INT64_MAX;
}

static bool
is_unanswered(uint32_t number)
{
    return number >> 24 == COUNTER_SLA && (number & 0xff) == SLA_UNANSWERED;
}

// leave_out notes a counter that is not due yet.
static enum status
leave_out(struct figures_dealer *dealer, uint32_t number, int64_t value)
{
    uint32_t class = number >> 8 & 0xffff;

    if (class >= CLASS_COUNT)
        return STATUS_OK;
    return __builtin_add_overflow(dealer->unanswered[class], value,
                                  &dealer->unanswered[class])
               ? STATUS_FULL
               : STATUS_OK;
}

// add_due adds a row of an OPEN month, piece by piece around the counters that
// are not due yet.
static enum status
add_due(struct summing *summing, struct figures_dealer *dealer,
        const struct tally_table_row *row)
{
    const uint32_t *counters = summing->table->counters;
    const int64_t *values = summing->table->values;
    size_t begin = row->first, end = row->first + row->used;

    for (size_t i = begin; i < end; i++) {
        if (!is_unanswered(counters[i]))
            continue;
        enum status status = leave_out(dealer, counters[i], values[i]);
        if (status == STATUS_OK)
            status = sum_add(&summing->sum, counters + begin, values + begin,
                             i - begin);
        if (status != STATUS_OK)
            return status;
        begin = i + 1;
    }
    return sum_add(&summing->sum, counters + begin, values + begin,
                   end - begin);
}

static enum status
add_row(struct summing *summing, struct figures_dealer *dealer,
        const struct tally_table_row *row)
{
    const struct tally_table *table = summing->table;

    if (month_is_open(summing->figures->rulebook, row->month, summing->now_ms))
        return add_due(summing, dealer, row);
    return sum_add(&summing->sum, table->counters + row->first,
                   table->values + row->first, row->used);
}

// keep gives the dealer a copy of the sum.
static enum status
keep(const struct summing *summing, struct figures_dealer *dealer)
{
    const struct tally *tally = &summing->sum.tally;
    uint32_t capacity = tally->used > 0 ? tally->used : 1;

    dealer->memory = malloc(tally_bytes(capacity));
    if (!dealer->memory)
        return STATUS_SYSTEM;
    tally_init(&dealer->tally, capacity, dealer->memory);
    tally_copy(&dealer->tally, tally);
    return STATUS_OK;
}

// sum_rows sums rows begin..end-1, which all are the dealer's.
static enum status
sum_rows(struct summing *summing, struct figures_dealer *dealer, size_t begin,
         size_t end)
{
    bool any = false;

    sum_reset(&summing->sum);
    for (size_t i = begin; i < end; i++) {
        const struct tally_table_row *row = &summing->table->rows[i];
        note_late(summing, dealer, row);
        if (!wanted(summing->figures, row, SLICE_ALL))
            continue;
        enum status status = add_row(summing, dealer, row);
        if (status != STATUS_OK)
            return status;
        any = true;
    }
    return any ? keep(summing, dealer) : STATUS_OK;
}

// next_dealer returns the end of the rows that begin at `begin` and belong to
// the same dealer.
static size_t
next_dealer(const struct tally_table *table, size_t begin)
{
    size_t end = begin + 1;

    while (end < table->row_count &&
           strcmp(table->rows[end].dealer, table->rows[begin].dealer) == 0)
        end += 1;
    return end;
}

static bool
has_wanted(const struct figures *figures, const struct tally_table *table,
           size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++)
        if (wanted(figures, &table->rows[i], SLICE_ALL))
            return true;
    return false;
}

// A dealer that reopens or closes within the period was there.
static bool
was_closed(const struct dealer *dealer, int64_t begin, int64_t end)
{
    const struct dealer_row *row = dealer_at(dealer, end);

    return dealer_is_closed(row) && dealer_at(dealer, begin) == row;
}

// merge walks the directory and the table side by side, both by ascending id.
static enum status
merge(struct summing *summing, const struct directory *directory)
{
    struct figures *figures = summing->figures;
    const struct tally_table *table = summing->table;
    const struct zone *zone = &figures->rulebook->zone;
    int64_t begin = month_start(zone, figures->first + 1) - 1;
    int64_t at = month_start(zone, figures->last + 1) - 1;
    size_t listed = 0, row = 0;

    while (listed < directory->dealer_count || row < table->row_count) {
        const struct dealer *dealer =
            listed < directory->dealer_count
                ? &directory->dealers[directory->by_id[listed]]
                : NULL;
        const char *id =
            row < table->row_count ? table->rows[row].dealer : NULL;
        int order = !dealer ? 1 : !id ? -1 : strcmp(dealer->id, id);
        struct figures_dealer *entry = &figures->dealers[figures->dealer_count];
        size_t end = order >= 0 ? next_dealer(table, row) : row;

        *entry = (struct figures_dealer){.id = order <= 0 ? dealer->id : id};
        bool any = has_wanted(figures, table, row, end);
        if (order <= 0) {
            entry->row = dealer_at(dealer, at);
            listed += 1;
        }
        if (any ? order <= 0 || strcmp(id, "HQ") != 0
                : order <= 0 && !was_closed(dealer, begin, at)) {
            figures->dealer_count += 1;
            enum status status = sum_rows(summing, entry, row, end);
            if (status == STATUS_OK && order <= 0)
                status = stints_open(entry, figures, dealer);
            if (status != STATUS_OK)
                return status;
        }
        row = end;
    }
    return STATUS_OK;
}

static size_t
count_dealers(const struct tally_table *table)
{
    size_t count = 0;

    for (size_t row = 0; row < table->row_count; count++)
        row = next_dealer(table, row);
    return count;
}

// open_notes opens what is kept for whoever asks again.
static bool
open_notes(struct figures *figures)
{
    figures->memos = calloc(MEMOS, sizeof *figures->memos);
    figures->totals = scope_totals_alloc();
    figures->joints = calloc(1, sizeof(struct stint_joint *));
    return figures->memos && figures->totals && figures->joints;
}

enum status
figures_open(struct figures **out, const struct rulebook *rulebook,
             const struct directory *directory, const struct tally_table *table,
             uint32_t first, uint32_t last, int64_t now_ms)
{
    size_t most = directory->dealer_count + count_dealers(table);

    struct figures *figures = calloc(1, sizeof *figures);
    if (!figures)
        return STATUS_SYSTEM;
    *figures = (struct figures){.first = first,
                                .last = last,
                                .position = table->position,
                                .open = month_is_open(rulebook, last, now_ms),
                                .now_ms = now_ms,
                                .rulebook = rulebook,
                                .table = table};
    figures->dealers = calloc(most ? most : 1, sizeof *figures->dealers);
    bool noted = open_notes(figures);

    struct summing summing = {
        .figures = figures, .table = table, .now_ms = now_ms};
    enum status status =
        figures->dealers && noted ? merge(&summing, directory) : STATUS_SYSTEM;
    sum_fini(&summing.sum);
    if (status != STATUS_OK) {
        figures_close(figures);
        return status;
    }
    *out = figures;
    return STATUS_OK;
}

// Months that begin alike, and as many days for late answers.
static bool
same_months(const struct figures *figures, const struct rulebook *rulebook)
{
    const struct rulebook *own = figures->rulebook;
    bool same = own->close_days == rulebook->close_days;

    for (uint32_t month = figures->first; same && month <= figures->last + 1;
         month++)
        same = month_start(&own->zone, month) ==
               month_start(&rulebook->zone, month);
    return same;
}

enum status
figures_again(struct figures **out, const struct figures *figures,
              const struct rulebook *rulebook)
{
    // Peer groups may put the months of a moved dealer elsewhere, not its rows.
    if (!same_months(figures, rulebook))
        return STATUS_NOT_FOUND;
    struct figures *again = calloc(1, sizeof *again);
    if (!again)
        return STATUS_SYSTEM;
    *again = *figures;
    again->rulebook = rulebook;
    again->lent = true;
    if (!open_notes(again)) {
        figures_close(again);
        return STATUS_SYSTEM;
    }
    *out = again;
    return STATUS_OK;
}

bool
figures_in_scope(const struct figures *figures,
                 const struct figures_dealer *dealer, const char *scope)
{
    if (!dealer->row)
        return strcmp(scope, "nation") == 0;
    for (size_t i = 0; i < dealer->stint_count; i++)
        if (peer_in_scope(figures->rulebook, dealer->stints[i].row, scope))
            return true;
    return dealer->stint_count == 0 &&
           peer_in_scope(figures->rulebook, dealer->row, scope);
}

// first_row finds the first row of a dealer, or where it would be.
static size_t
first_row(const struct tally_table *table, const char *dealer)
{
    size_t low = 0, high = table->row_count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(table->rows[middle].dealer, dealer) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum status
figures_of_dealer(struct figures_dealer *out, const struct rulebook *rulebook,
                  const struct tally_table *table, const char *dealer,
                  uint32_t first, uint32_t last, int64_t now_ms)
{
    struct figures figures = {
        .first = first, .last = last, .rulebook = rulebook};
    struct summing summing = {
        .figures = &figures, .table = table, .now_ms = now_ms};
    size_t begin = first_row(table, dealer);

    *out = (struct figures_dealer){.id = dealer};
    if (begin == table->row_count ||
        strcmp(table->rows[begin].dealer, dealer) != 0)
        return STATUS_OK;
    enum status status =
        sum_rows(&summing, out, begin, next_dealer(table, begin));
    sum_fini(&summing.sum);
    return status;
}

void
figures_close(struct figures *figures)
{
    if (!figures)
        return;
    for (size_t i = 0; i < figures->dealer_count && !figures->lent; i++) {
        stints_close(&figures->dealers[i]);
        free(figures->dealers[i].memory);
    }
    stint_joints_free(figures->joints);
    for (size_t i = 0; i < MEMOS && figures->memos; i++)
        free(figures->memos[i].samples);
    scope_totals_free(figures->totals);
    free(figures->memos);
    if (!figures->lent)
        free(figures->dealers);
    free(figures);
}
