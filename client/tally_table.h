// SPDX-License-Identifier: Apache-2.0
//
// tally_table: the tally rows of some months, as plain memory.
//
// What an answer of the query port holds, copied out of its frame: nothing is
// lent.  Built by put ... put, seal; from then on it never changes and any
// number of threads may read it.
#pragma once

#include <stdbool.h>

#include "common/domain/tally.h"

struct tally_table_row {
    char dealer[33]; // id, "HQ" for headquarters
    uint32_t month, slice;
    size_t first; // into counters and values
    uint32_t used;
};

struct tally_table {
    uint64_t position; // the checkpoint all rows show
    size_t row_count, row_capacity;
    struct tally_table_row *rows; // sealed: by (dealer, month, slice)
    size_t value_count, value_capacity;
    uint32_t *counters; // of each row ascending
    int64_t *values;
};

// tally_table_alloc returns an empty table, NULL without memory.
struct tally_table *tally_table_alloc(void);
void tally_table_free(struct tally_table *table); // NULL is fine

// tally_table_begin_row starts a row, tally_table_put adds a counter to it.
// STATUS_MALFORMED: an id that is empty or too long, a counter that does not
// ascend.  STATUS_SYSTEM: no memory.
MUST_USE enum status tally_table_begin_row(struct tally_table *table,
                                           uint32_t month, struct span dealer,
                                           uint32_t slice);
MUST_USE enum status tally_table_put(struct tally_table *table,
                                     uint32_t counter, int64_t value);

// tally_table_seal sorts the rows by (dealer, month, slice).
void tally_table_seal(struct tally_table *table);

// tally_table_months writes the different months of a sealed table, dated ones
// only, and returns how many there are, at most `most`.
size_t tally_table_months(const struct tally_table *table, uint32_t *months,
                          size_t most);
