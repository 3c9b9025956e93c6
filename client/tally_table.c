// SPDX-License-Identifier: Apache-2.0
#include "client/tally_table.h"

#include <stdlib.h>
#include <string.h>

struct tally_table *
tally_table_alloc(void)
{
    return calloc(1, sizeof(struct tally_table));
}

void
tally_table_free(struct tally_table *table)
{
    if (!table)
        return;
    free(table->rows);
    free(table->counters);
    free(table->values);
    free(table);
}

static enum status
grow_rows(struct tally_table *table)
{
    size_t capacity = table->row_capacity ? table->row_capacity * 2 : 64;
    void *rows =
        reallocarray(table->rows, capacity, sizeof(struct tally_table_row));
    if (!rows)
        return STATUS_SYSTEM;
    table->rows = rows;
    table->row_capacity = capacity;
    return STATUS_OK;
}

static enum status
grow_values(struct tally_table *table)
{
    size_t capacity = table->value_capacity ? table->value_capacity * 2 : 1024;
    void *counters = reallocarray(table->counters, capacity, sizeof(uint32_t));
    if (!counters)
        return STATUS_SYSTEM;
    table->counters = counters;
    void *values = reallocarray(table->values, capacity, sizeof(int64_t));
    if (!values)
        return STATUS_SYSTEM;
    table->values = values;
    table->value_capacity = capacity;
    return STATUS_OK;
}

enum status
tally_table_begin_row(struct tally_table *table, uint32_t month,
                      struct span dealer, uint32_t slice)
{
    struct tally_table_row row = {
        .month = month, .slice = slice, .first = table->value_count};

    if (dealer.length == 0 || dealer.length >= sizeof row.dealer ||
        memchr(dealer.data, 0, dealer.length))
        return STATUS_MALFORMED;
    memcpy(row.dealer, dealer.data, dealer.length);
    if (table->row_count == table->row_capacity) {
        enum status status = grow_rows(table);
        if (status != STATUS_OK)
            return status;
    }
    table->rows[table->row_count++] = row;
    return STATUS_OK;
}

enum status
tally_table_put(struct tally_table *table, uint32_t counter, int64_t value)
{
    struct tally_table_row *row = &table->rows[table->row_count - 1];

    if (row->used > 0 && table->counters[table->value_count - 1] >= counter)
        return STATUS_MALFORMED;
    if (table->value_count == table->value_capacity) {
        enum status status = grow_values(table);
        if (status != STATUS_OK)
            return status;
    }
    table->counters[table->value_count] = counter;
    table->values[table->value_count++] = value;
    row->used += 1;
    return STATUS_OK;
}

static int
by_dealer_month_slice(const void *left, const void *right)
{
    const struct tally_table_row *a = left, *b = right;

    int order = strcmp(a->dealer, b->dealer);
    if (order != 0)
        return order;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    return a->slice < b->slice ? -1 : a->slice > b->slice;
}

void
tally_table_seal(struct tally_table *table)
{
    if (table->row_count > 0)
        qsort(table->rows, table->row_count, sizeof *table->rows,
              by_dealer_month_slice);
}

static bool
contains(const uint32_t *months, size_t count, uint32_t month)
{
    for (size_t i = 0; i < count; i++)
        if (months[i] == month)
            return true;
    return false;
}

size_t
tally_table_months(const struct tally_table *table, uint32_t *months,
                   size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < table->row_count && count < most; i++) {
        uint32_t month = table->rows[i].month;
        if (month != 0 && !contains(months, count, month))
            months[count++] = month;
    }
    return count;
}
