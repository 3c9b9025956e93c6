// SPDX-License-Identifier: Apache-2.0
#include "reporter/refresh.h"

#include <inttypes.h>
#include <string.h>

#include "common/runtime/clock.h"
#include "common/runtime/log.h"
#include "reporter/pantry.h"

enum {
    STATUS_TIMEOUT_MS = 3000,
    FILE_TIMEOUT_MS = 10000,
    TALLIES_TIMEOUT_MS = 60000,
    ALERTS_TIMEOUT_MS = 10000,
    ALERT_PAGES = 20, // between two looks at the figures
    FIRST_MONTH = 1,
    LAST_MONTH = 9999 * 12 + 11,
    AHEAD_MAX = 16,  // answers
    AHEAD_MS = 1000, // no more is begun then
};

// is_current tells whether a snapshot still shows what the store has.
static bool
is_current(const struct snapshot *snapshot, const struct store_facts *facts)
{
    return memcmp(snapshot->facts.store, facts->store, sizeof facts->store) ==
               0 &&
           snapshot->facts.incarnation == facts->incarnation &&
           snapshot->table->position == facts->position &&
           book_is(snapshot->book, facts);
}

// take_book returns the rules and dealers the store names, the ones at hand
// when they still are.
static enum status
take_book(struct refresh *refresh, const struct snapshot *before,
          const struct store_facts *facts, struct book **book)
{
    struct problems problems = {0};

    if (before && book_is(before->book, facts)) {
        *book = book_share(before->book);
        return STATUS_OK;
    }
    enum status status =
        book_open(book, refresh->ask, facts, FILE_TIMEOUT_MS, &problems);
    if (problems.count > 0)
        problems_print(&problems);
    if (status == STATUS_OK)
        log_notice("rules-taken",
                   "programme=%s version=%" PRIu32 " dealers=%zu",
                   (*book)->rulebook->id, (*book)->rulebook->version,
                   (*book)->directory->dealer_count);
    return status;
}

static enum status
take_snapshot(struct refresh *refresh, const struct snapshot *before,
              struct store_facts *facts, struct snapshot **out)
{
    struct book *book;
    struct tally_table *table;

    enum status status = take_book(refresh, before, facts, &book);
    if (status != STATUS_OK)
        return status;
    status = ask_tallies(refresh->ask, FIRST_MONTH, LAST_MONTH, 0,
                         TALLIES_TIMEOUT_MS, &table);
    if (status != STATUS_OK) {
        book_close(book);
        return status;
    }
    status = book_cover(book, refresh->ask, table->position, STATUS_TIMEOUT_MS,
                        facts);
    if (status != STATUS_OK) {
        tally_table_free(table);
        book_close(book);
        return status;
    }
    *out = snapshot_alloc(book, table, facts);
    return *out ? STATUS_OK : STATUS_SYSTEM;
}

// What making ahead is busy with.
struct ahead {
    struct site site; // as the real one, but of the new snapshot
    int64_t begun_ms;
};

static bool
make_one(void *context, const char *raw, const struct viewer *viewer)
{
    const struct ahead *ahead = context;
    struct response response;
    const struct request request = {.wall_ms = clock_wall_ms(),
                                    .steady_ms = clock_steady_ms(),
                                    .viewer = *viewer,
                                    .is_ahead = true};

    site_answer(&ahead->site, raw, &request, &response);
    response_fini(&response);
    return clock_steady_ms() - ahead->begun_ms < AHEAD_MS;
}

// make_ahead makes of a new snapshot what was asked of the one before, so that
// nobody waits for it; for a while only, since nobody sees the new figures yet.
static void
make_ahead(const struct refresh *refresh, const struct snapshot *before,
           struct snapshot *snapshot)
{
    struct shelf *shelf = before && refresh->site ? shelf_open() : NULL;

    if (!shelf)
        return;
    struct ahead ahead = {.site = *refresh->site,
                          .begun_ms = clock_steady_ms()};
    ahead.site.shelf = shelf;
    shelf_put(shelf, snapshot_share(snapshot));
    pantry_visit(before->pantry, AHEAD_MAX, make_one, &ahead);
    shelf_close(shelf);
}

// show puts a snapshot on the shelf and tells those who listen.
static void
show(struct refresh *refresh, const struct snapshot *before,
     struct snapshot *snapshot)
{
    struct counters *counters = refresh->counters;

    counters_add(&counters->snapshots);
    atomic_store(&counters->snapshot_steady_ms, clock_steady_ms());
    make_ahead(refresh, before, snapshot);
    shelf_put(refresh->shelf, snapshot_share(snapshot));
    if (refresh->shown)
        refresh->shown(refresh->listen);
    enum status status =
        publish_changes(refresh->publish, snapshot, clock_wall_ms(), counters);
    if (status != STATUS_OK)
        log_warning("publish-failed", "reason=\"%s\"", status_text(status));
    snapshot_drop(snapshot);
}

static void
note_answer(struct refresh *refresh, const struct store_facts *facts)
{
    struct counters *counters = refresh->counters;

    counters_add(&counters->refreshes);
    atomic_store(&counters->answered_steady_ms, clock_steady_ms());
    atomic_store(&counters->journal_position, facts->journal_position);
    atomic_store(&counters->unfolded_ms, facts->unfolded_ms);
    atomic_store(&counters->intake_held, facts->intake_held);
    atomic_store(&counters->reader_ms, facts->reader_ms);
    atomic_store(&counters->last_commit_at_ms, facts->last_commit_at_ms);
    if (refresh->silent_since_ms != 0)
        log_notice("aggregator-answers",
                   "position=%" PRIu64 " silent_ms=%" PRId64, facts->position,
                   clock_steady_ms() - refresh->silent_since_ms);
    refresh->silent_since_ms = 0;
}

// note_failure logs the first of a row of failures only.
static void
note_failure(struct refresh *refresh, enum status status)
{
    char problem[LOG_VALUE_MAX];

    counters_add(&refresh->counters->refresh_failures);
    if (refresh->silent_since_ms != 0)
        return;
    refresh->silent_since_ms = clock_steady_ms();
    log_warning("refresh-failed", "status=\"%s\" problem=%s",
                status_text(status),
                log_value(problem, span_text(ask_problem(refresh->ask))));
}

// note_alerts logs when alerts begin to fail and when they come again.
static void
note_alerts(struct refresh *refresh, enum status status)
{
    char problem[LOG_VALUE_MAX];
    bool failed = status != STATUS_OK;

    if (failed && !refresh->alerts_failed)
        log_warning("alerts-failed", "status=\"%s\" problem=%s",
                    status_text(status),
                    log_value(problem, span_text(ask_problem(refresh->ask))));
    if (!failed && refresh->alerts_failed)
        log_notice("alerts-again", "position=%" PRIu64,
                   refresh->alerts.position);
    refresh->alerts_failed = failed;
}

// follow_alerts reads on from where it was.  Figures do not wait for it: an
// aggregator that cannot answer costs the alerts alone.
static enum status
follow_alerts(struct refresh *refresh, const struct store_facts *facts)
{
    struct watchlist *alerts = &refresh->alerts;
    uint64_t shown = alerts->newest ? alerts->newest->position : 0;
    bool is_done, was_whole = refresh->alerts_whole;

    if (was_whole && shown == facts->position)
        return STATUS_OK;
    enum status status = watchlist_follow(
        alerts, refresh->ask, facts, clock_wall_ms() - refresh->window_ms,
        ALERT_PAGES, ALERTS_TIMEOUT_MS, &is_done);
    note_alerts(refresh, status);
    if (status != STATUS_OK)
        return status == STATUS_STOPPED ? status : STATUS_OK;
    refresh->alerts_whole = is_done || (was_whole && alerts->follows);
    shelf_put_alerts(
        refresh->shelf,
        &(struct alerts_shown){alerts->newest, refresh->alerts_whole});
    return STATUS_OK;
}

static enum status
refresh_snapshot(struct refresh *refresh, const struct snapshot *before)
{
    struct store_facts facts;
    struct snapshot *snapshot = NULL;

    enum status status = ask_status(refresh->ask, STATUS_TIMEOUT_MS, &facts);
    if (status != STATUS_OK)
        return status;
    if (before && is_current(before, &facts)) {
        note_answer(refresh, &facts);
        return follow_alerts(refresh, &facts);
    }
    status = take_snapshot(refresh, before, &facts, &snapshot);
    if (status != STATUS_OK)
        return status;
    show(refresh, before, snapshot);
    uint64_t quarantined;
    if (ask_quarantined(refresh->ask, STATUS_TIMEOUT_MS, &quarantined) ==
        STATUS_OK)
        atomic_store(&refresh->counters->quarantined, quarantined);
    note_answer(refresh, &facts);
    return follow_alerts(refresh, &facts);
}

enum status
refresh_once(struct refresh *refresh, int64_t *rest_ms)
{
    int64_t begun = clock_steady_ms();
    uint64_t snapshots = atomic_load(&refresh->counters->snapshots);

    struct snapshot *before = shelf_hold(refresh->shelf);
    enum status status = refresh_snapshot(refresh, before);
    snapshot_drop(before);

    int64_t took = clock_steady_ms() - begun;
    if (atomic_load(&refresh->counters->snapshots) != snapshots)
        atomic_store(&refresh->counters->refresh_ms, (uint64_t)took);
    *rest_ms = took * 2 > refresh->refresh_ms ? took * 2 : refresh->refresh_ms;
    if (status == STATUS_STOPPED)
        return status;
    if (status != STATUS_OK) {
        note_failure(refresh, status);
        *rest_ms = refresh->refresh_ms;
    }
    return STATUS_OK;
}
