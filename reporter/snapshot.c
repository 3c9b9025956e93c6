// SPDX-License-Identifier: Apache-2.0
#include "reporter/snapshot.h"

#include <pthread.h>
#include <stdlib.h>

#include "reporter/pantry.h"

struct snapshot *
snapshot_alloc(struct book *book, struct tally_table *table,
               const struct store_facts *facts)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot) {
        book_close(book);
        tally_table_free(table);
        return NULL;
    }
    snapshot->book = book;
    snapshot->table = table;
    snapshot->facts = *facts;
    snapshot->month_count =
        tally_table_months(table, snapshot->months, FACTS_MONTHS_MAX);
    snapshot->pantry = pantry_alloc(); // without one it is slower
    atomic_init(&snapshot->holders, 1);
    return snapshot;
}

struct snapshot *
snapshot_share(struct snapshot *snapshot)
{
    atomic_fetch_add(&snapshot->holders, 1);
    return snapshot;
}

void
snapshot_drop(struct snapshot *snapshot)
{
    if (!snapshot || atomic_fetch_sub(&snapshot->holders, 1) > 1)
        return;
    pantry_free(snapshot->pantry);
    book_close(snapshot->book);
    tally_table_free(snapshot->table);
    free(snapshot);
}

struct material
snapshot_material(const struct snapshot *snapshot, int64_t now_ms)
{
    return (struct material){.rulebook = snapshot->book->rulebook,
                             .directory = snapshot->book->directory,
                             .table = snapshot->table,
                             .months = snapshot->months,
                             .month_count = snapshot->month_count,
                             .now_ms = now_ms};
}

// The one lock of the reporter: held to swap or to hold a pointer, no longer.
struct shelf {
    pthread_mutex_t lock;
    struct snapshot *newest;
    struct alerts_shown alerts;
};

struct shelf *
shelf_open(void)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);
    if (shelf && pthread_mutex_init(&shelf->lock, NULL) != 0) {
        free(shelf);
        return NULL;
    }
    return shelf;
}

void
shelf_close(struct shelf *shelf)
{
    if (!shelf)
        return;
    snapshot_drop(shelf->newest);
    alert_list_close(shelf->alerts.list);
    pthread_mutex_destroy(&shelf->lock);
    free(shelf);
}

void
shelf_put(struct shelf *shelf, struct snapshot *snapshot)
{
    pthread_mutex_lock(&shelf->lock);
    struct snapshot *before = shelf->newest;
    shelf->newest = snapshot;
    pthread_mutex_unlock(&shelf->lock);
    snapshot_drop(before);
}

struct snapshot *
shelf_hold(struct shelf *shelf)
{
    pthread_mutex_lock(&shelf->lock);
    struct snapshot *snapshot = shelf->newest;
    if (snapshot)
        atomic_fetch_add(&snapshot->holders, 1);
    pthread_mutex_unlock(&shelf->lock);
    return snapshot;
}

void
shelf_put_alerts(struct shelf *shelf, const struct alerts_shown *alerts)
{
    struct alert_list *list = alert_list_share(alerts->list);

    pthread_mutex_lock(&shelf->lock);
    struct alert_list *before = shelf->alerts.list;
    shelf->alerts = (struct alerts_shown){list, alerts->is_whole};
    pthread_mutex_unlock(&shelf->lock);
    alert_list_close(before);
}

bool
shelf_hold_alerts(struct shelf *shelf, struct alerts_shown *alerts)
{
    pthread_mutex_lock(&shelf->lock);
    *alerts = shelf->alerts;
    (void)alert_list_share(alerts->list);
    pthread_mutex_unlock(&shelf->lock);
    return alerts->list != NULL;
}
