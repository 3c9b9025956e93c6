// SPDX-License-Identifier: Apache-2.0
#include "client/figures.h"

#include <stdlib.h>
#include <string.h>

bool
month_is_open(const struct rulebook *rulebook, uint32_t month, int64_t now_ms)
{
    int64_t end = month_start(&rulebook->zone, month + 1);
    return now_ms < end + (int64_t)rulebook->close_days * DAY_MS;
}

// What figures_open is busy with.
struct summing {
    struct figures *figures;
    const struct tally_table *table;
    int64_t now_ms;
    struct delta *deltas; // one row at a time
    size_t delta_capacity;
};

static bool
wanted(const struct figures *figures, const struct tally_table_row *row)
{
    return row->slice == SLICE_ALL && row->month >= figures->first &&
           row->month <= figures->last;
}

static enum status
reserve_deltas(struct summing *summing, size_t count)
{
    if (count <= summing->delta_capacity)
        return STATUS_OK;
    void *deltas = reallocarray(summing->deltas, count, sizeof(struct delta));
    if (!deltas)
        return STATUS_SYSTEM;
    summing->deltas = deltas;
    summing->delta_capacity = count;
    return STATUS_OK;
}

static bool
is_unanswered(uint32_t number)
{
    return number >> 24 == COUNTER_SLA && (number & 0xff) == SLA_UNANSWERED;
}

// add_row adds one month to a dealer's sum.
static enum status
add_row(struct summing *summing, struct figures_dealer *dealer,
        const struct tally_table_row *row)
{
    const struct tally_table *table = summing->table;
    bool open =
        month_is_open(summing->figures->rulebook, row->month, summing->now_ms);
    size_t count = 0, done;

    enum status status = reserve_deltas(summing, row->used);
    if (status != STATUS_OK)
        return status;
    for (size_t i = row->first; i < row->first + row->used; i++) {
        uint32_t number = table->counters[i], class = number >> 8 & 0xffff;
        if (open && is_unanswered(number)) {
            if (class < CLASS_COUNT)
                dealer->unanswered[class] += table->values[i];
            continue;
        }
        summing->deltas[count++] =
            (struct delta){.counter = number, .value = table->values[i]};
    }
    return tally_add(&dealer->tally, summing->deltas, count, &done);
}

// sum_rows sums rows begin..end-1, which all are the dealer's.
static enum status
sum_rows(struct summing *summing, struct figures_dealer *dealer, size_t begin,
         size_t end)
{
    size_t width = tally_table_width(summing->table, begin, end);
    if (width > UINT32_MAX)
        return STATUS_FULL;
    for (size_t i = begin; i < end; i++) {
        const struct tally_table_row *row = &summing->table->rows[i];
        if (!wanted(summing->figures, row))
            continue;
        if (!dealer->memory) {
            dealer->memory = malloc(tally_bytes((uint32_t)width));
            if (!dealer->memory)
                return STATUS_SYSTEM;
            tally_init(&dealer->tally, (uint32_t)width, dealer->memory);
        }
        enum status status = add_row(summing, dealer, row);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
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
        if (wanted(figures, &table->rows[i]))
            return true;
    return false;
}

// merge walks the directory and the table side by side, both by ascending id.
static enum status
merge(struct summing *summing, const struct directory *directory)
{
    struct figures *figures = summing->figures;
    const struct tally_table *table = summing->table;
    int64_t at = month_start(&figures->rulebook->zone, figures->last + 1) - 1;
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
        if (order <= 0) {
            entry->row = dealer_at(dealer, at);
            listed += 1;
        }
        if (order <= 0 ||
            (has_wanted(figures, table, row, end) && strcmp(id, "HQ") != 0)) {
            figures->dealer_count += 1;
            enum status status = sum_rows(summing, entry, row, end);
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
                                .rulebook = rulebook};
    figures->dealers = calloc(most ? most : 1, sizeof *figures->dealers);

    struct summing summing = {
        .figures = figures, .table = table, .now_ms = now_ms};
    enum status status =
        figures->dealers ? merge(&summing, directory) : STATUS_SYSTEM;
    free(summing.deltas);
    if (status != STATUS_OK) {
        figures_close(figures);
        return status;
    }
    *out = figures;
    return STATUS_OK;
}

void
figures_close(struct figures *figures)
{
    if (!figures)
        return;
    for (size_t i = 0; i < figures->dealer_count; i++)
        free(figures->dealers[i].memory);
    free(figures->dealers);
    free(figures);
}
