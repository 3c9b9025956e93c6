// SPDX-License-Identifier: Apache-2.0
//
// snapshot: all that is shown, as of one checkpoint of the aggregator.
//
// A snapshot never changes.  The refreshing thread puts a new one on the shelf
// whole; whoever reads holds the one it found for as long as it needs it.
#pragma once

#include "client/alert_list.h"
#include "client/book.h"
#include "client/selection.h"

struct pantry;

struct snapshot {
    struct book *book;
    struct tally_table *table;
    struct store_facts facts;
    size_t month_count;
    uint32_t months[FACTS_MONTHS_MAX]; // with data, any order
    struct pantry *pantry; // answers made of it; NULL: none are kept
    atomic_uint holders;
};

// snapshot_alloc takes the book and the table, also when it fails (NULL, no
// memory).
struct snapshot *snapshot_alloc(struct book *book, struct tally_table *table,
                                const struct store_facts *facts);
// snapshot_share returns it to one more holder, each of whom drops it.
struct snapshot *snapshot_share(struct snapshot *snapshot);
void snapshot_drop(struct snapshot *snapshot); // NULL is fine

// snapshot_material is what one can choose from; lent by the snapshot.
struct material snapshot_material(const struct snapshot *snapshot,
                                  int64_t now_ms);

struct shelf;

struct shelf *shelf_open(void); // NULL: no memory
void shelf_close(struct shelf *shelf);

// shelf_put takes a snapshot and drops the one before.
void shelf_put(struct shelf *shelf, struct snapshot *snapshot);

// shelf_hold returns the newest, to be given back with snapshot_drop; NULL
// when there is none yet.  Any thread.
struct snapshot *shelf_hold(struct shelf *shelf);

// What the alerts stand at: they are read a page at a time, so that they may be
// behind the figures, or not whole yet.
struct alerts_shown {
    struct alert_list *list;
    bool is_whole; // everything up to list->position was looked at, once
};

// shelf_put_alerts shares the list.
void shelf_put_alerts(struct shelf *shelf, const struct alerts_shown *alerts);

// shelf_hold_alerts is false when there are none yet; the caller closes
// alerts->list.  Any thread.
bool shelf_hold_alerts(struct shelf *shelf, struct alerts_shown *alerts);
