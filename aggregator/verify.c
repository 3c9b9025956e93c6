// SPDX-License-Identifier: Apache-2.0
#include "aggregator/verify.h"

#include <stdio.h>

#include "aggregator/base.h"
#include "aggregator/chain.h"
#include "aggregator/refold.h"

enum {
    CATCH_UPS = 8, // then the snapshot is held until the comparison is done
};

// The directory under test, and the scratch it is compared with.
struct verification {
    const struct verify_options *options;
    struct verify_report *report;
    struct journal *journal;
    struct state *state;
    struct snapshot *snapshot; // of state, held while comparing
    struct history *history;
    struct refold scratch;
};

static enum status
open_tested(struct verification *v, struct problems *problems)
{
    const struct verify_options *options = v->options;

    v->report->step = "opening journal/";
    enum status status =
        journal_open(&v->journal, options->dir, options->map_bytes, true);
    if (status != STATUS_OK)
        return status;
    v->report->step = "opening state/";
    status = state_open(&v->state, options->dir, options->map_bytes, true);
    if (status != STATUS_OK)
        return status;
    v->report->step = "reading what was published";
    status = history_open(&v->history);
    return status == STATUS_OK
               ? publication_recall(v->journal, v->history, problems)
               : status;
}

static void
close_all(struct verification *v)
{
    refold_close(&v->scratch);
    history_close(v->history);
    snapshot_close(v->snapshot);
    state_close(v->state);
    journal_close(v->journal);
}

static enum status
read_note(struct snapshot *snapshot, struct checkpoint_note *note)
{
    struct span value;

    enum status status =
        snapshot_get(snapshot, STATE_META, checkpoint_note_key(), &value);
    if (status == STATUS_NOT_FOUND) {
        *note = (struct checkpoint_note){0};
        return STATUS_OK;
    }
    return status == STATUS_OK ? checkpoint_note_read(value, note) : status;
}

// fold_to folds the journal again up to a position, in steps.
static enum status
fold_to(struct verification *v, uint64_t position)
{
    const struct refold_watch watch = {v->options->progress,
                                       v->options->context};

    v->report->step = "folding the journal again";
    return refold_to(&v->scratch, v->journal, position, &watch,
                     &v->report->position);
}

// catch_up folds to a checkpoint of the running aggregator and keeps the
// snapshot that shows it.  While the aggregator moves on, the snapshot is given
// up and taken anew, so that it is held only for the comparison.
static enum status
catch_up(struct verification *v, struct checkpoint_note *note)
{
    v->report->step = "reading the checkpoint";
    enum status status = snapshot_open(&v->snapshot, v->state);

    for (int i = 0; status == STATUS_OK; i++) {
        status = read_note(v->snapshot, note);
        if (status != STATUS_OK ||
            note->position == ledger_position(v->scratch.ledger))
            return status;
        if (note->position < ledger_position(v->scratch.ledger))
            return STATUS_CORRUPT;
        if (i >= CATCH_UPS)
            return fold_to(v, note->position);
        snapshot_close(v->snapshot);
        v->snapshot = NULL;
        status = fold_to(v, note->position);
        if (status == STATUS_OK)
            status = snapshot_open(&v->snapshot, v->state);
    }
    return status;
}

static void
differ(struct verify_report *report, enum state_db db, struct span key,
       const char *how)
{
    report->different[db]++;
    if (report->example_count == VERIFY_EXAMPLES_MAX)
        return;
    char *text = report->examples[report->example_count++];
    int used = snprintf(text, VERIFY_EXAMPLE_TEXT, "%s %s, key ",
                        state_db_name(db), how);
    for (uint32_t i = 0; i < key.length && used < VERIFY_EXAMPLE_TEXT - 3; i++)
        used += snprintf(text + used, (size_t)(VERIFY_EXAMPLE_TEXT - used),
                         "%02x", key.data[i]);
}

// One side of a comparison: a scan and where it is.
struct side {
    struct scan *scan;
    struct span key, value;
    enum status status;
};

// advance moves on, past values whose checksum is wrong, which are named.
static void
advance(struct side *side, struct verify_report *report, enum state_db db)
{
    for (;;) {
        side->key.length = 0;
        side->status = scan_next(side->scan, &side->key, &side->value);
        if (side->status != STATUS_CORRUPT || side->key.length == 0)
            return;
        differ(report, db, side->key, "is damaged (checksum)");
    }
}

// compare_here compares where the two sides stand and moves on.
static void
compare_here(struct verify_report *report, enum state_db db,
             struct side *stored, struct side *folded)
{
    int order;

    if (stored->status != STATUS_OK)
        order = 1;
    else if (folded->status != STATUS_OK)
        order = -1;
    else
        order = span_compare(stored->key, folded->key);
    if (order < 0) {
        differ(report, db, stored->key, "has what the journal does not say");
        advance(stored, report, db);
    } else if (order > 0) {
        differ(report, db, folded->key, "lacks what the journal says");
        advance(folded, report, db);
    } else {
        if (span_equal(stored->value, folded->value))
            report->equal[db]++;
        else
            differ(report, db, stored->key, "differs from the journal");
        advance(stored, report, db);
        advance(folded, report, db);
    }
}

static enum status
compare_database(struct verification *v, enum state_db db)
{
    struct side stored = {0}, folded = {0};

    enum status status =
        scan_open(&stored.scan, v->snapshot, db, span_of(NULL, 0));
    if (status == STATUS_OK)
        status =
            scan_open(&folded.scan, v->scratch.snapshot, db, span_of(NULL, 0));
    if (status == STATUS_OK) {
        advance(&stored, v->report, db);
        advance(&folded, v->report, db);
        while (
            (stored.status == STATUS_OK || folded.status == STATUS_OK) &&
            (stored.status == STATUS_OK || stored.status == STATUS_NOT_FOUND) &&
            (folded.status == STATUS_OK || folded.status == STATUS_NOT_FOUND))
            compare_here(v->report, db, &stored, &folded);
        if (stored.status != STATUS_NOT_FOUND)
            status = stored.status;
        else if (folded.status != STATUS_NOT_FOUND)
            status = folded.status;
    }
    scan_close(stored.scan);
    scan_close(folded.scan);
    return status;
}

static enum status
compare_all(struct verification *v)
{
    v->report->step = "comparing";
    enum status status = refold_settle(&v->scratch);
    for (size_t db = 0; db < STATE_DB_COUNT && status == STATUS_OK; db++)
        status = compare_database(v, (enum state_db)db);
    for (size_t db = 0; db < STATE_DB_COUNT && status == STATUS_OK; db++)
        if (v->report->different[db])
            status = STATUS_CORRUPT;
    return status;
}

static void
report_end(struct verify_report *report, const struct journal_end *end)
{
    report->end = end->position;
    report->events = end->events;
    memcpy(report->head, end->head, HASH_SIZE);
}

// follow_chain follows the chain from the checkpoint to the journal's end.
static enum status
follow_chain(struct verification *v)
{
    struct journal_end end = {0};

    v->report->step = "following the chain to the journal's end";
    enum status status = chain_follow(v->journal, ledger_end(v->scratch.ledger),
                                      NULL, &end, &v->report->position);
    report_end(v->report, &end);
    return status;
}

enum status
verify_run(const struct verify_options *options, struct verify_report *report,
           struct problems *problems)
{
    struct verification v = {.options = options, .report = report};
    struct checkpoint_note note;

    *report = (struct verify_report){0};
    enum status status = open_tested(&v, problems);
    if (status == STATUS_OK) {
        report->step = "taking up the base of the journal in the scratch "
                       "directory";
        status = refold_open(&v.scratch, options->scratch, options->map_bytes,
                             options->dir, v.journal, v.history, problems);
    }
    if (status == STATUS_OK)
        status = catch_up(&v, &note);
    if (status == STATUS_OK) {
        report->checkpoint = note.position;
        status = compare_all(&v);
    }
    snapshot_close(v.snapshot);
    v.snapshot = NULL;
    if (status == STATUS_OK)
        status = follow_chain(&v);
    close_all(&v);
    return status;
}

enum status
verify_chain(const struct verify_options *options, struct verify_report *report)
{
    const struct chain_watch watch = {options->progress, options->context};
    struct journal_end start = {0}, end = {0};
    struct journal_base base;
    struct journal *journal;

    *report = (struct verify_report){.step = "opening journal/"};
    enum status status =
        journal_open(&journal, options->dir, options->map_bytes, true);
    if (status != STATUS_OK)
        return status;
    report->step = "checking the base in journal/";
    status = base_check(options->dir, journal, options->map_bytes);
    if (status == STATUS_OK)
        status = journal_base_read(journal, &base);
    if (status == STATUS_OK) {
        report->step = "following the chain through the journal";
        start.position = base.position;
        start.events = base.events;
        memcpy(start.head, base.head, CHAIN_SIZE);
        status = chain_follow(journal, &start, &watch, &end, &report->position);
    }
    journal_close(journal);
    report_end(report, &end);
    return status;
}
