// SPDX-License-Identifier: Apache-2.0
#include "aggregator/purge.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "aggregator/base.h"
#include "aggregator/outline.h"
#include "aggregator/quarantine.h"
#include "common/domain/period.h"
#include "common/storage/files.h"

struct purge {
    const struct purge_options *options;
    struct purge_report *report;
    struct problems *problems;
    char partial[FILES_PATH_MAX], place[FILES_PATH_MAX]; // .../journal
    struct journal *journal, *fresh;
    struct history *history;
    struct outliner outliner;
};

// --- How far -----------------------------------------------------------------

// day_start is the first instant of the day in the programme's zone.
static int64_t
day_start(const struct history *history, int64_t day)
{
    const struct rulebook_history *rules = history_rules(history);
    int64_t start = day * DAY_MS;

    if (rules->count > 0)
        start -= zone_offset(&rules->versions[rules->count - 1]->zone, start) *
                 INT64_C(1000);
    return start;
}

// take_old tells whether a record is one of those wanted, and counts it.
static bool
take_old(struct purge *purge, const struct commit *commit, int64_t before_ms)
{
    struct repeated parcels = commit->parcels;
    struct delivery delivery;
    struct parcel parcel;
    struct event event;

    if (purge->options->before > 0 ? commit->position >= purge->options->before
                                   : commit->committed_at_ms >= before_ms)
        return false;
    purge->report->position = commit->position;
    while (batch_next_parcel(&parcels, &parcel))
        while (parcel_next_delivery(&parcel.deliveries, &delivery))
            purge->report->events += outline_shortens(delivery.body, &event);
    return true;
}

// find_position walks from the base to the first record that stays whole.
static enum status
find_position(struct purge *purge)
{
    struct purge_report *report = purge->report;
    int64_t before_ms = day_start(purge->history, purge->options->before_day);
    struct journal_reader *reader;
    struct span record;
    struct commit commit;
    uint64_t position;

    report->step = "looking how far the old records go";
    enum status status = journal_base_read(purge->journal, &report->base);
    report->position = report->previous = report->base.position;
    if (status == STATUS_OK)
        status =
            journal_reader_open(&reader, purge->journal, report->position + 1);
    if (status != STATUS_OK)
        return status;
    do {
        report->at = report->position + 1;
        status = journal_reader_next(reader, &position, &record);
        if (status == STATUS_OK)
            status = commit_read(record, &commit);
    } while (status == STATUS_OK && take_old(purge, &commit, before_ms));
    journal_reader_close(reader);
    return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void
count_quarantined(void *context, const struct quarantined *one)
{
    struct purge_report *report = context;

    report->quarantined +=
        one->position > report->previous && one->position <= report->position;
}

// --- Making the new journal --------------------------------------------------

static enum status
prove(struct purge *purge)
{
    const struct purge_options *options = purge->options;
    char scratch[FILES_PATH_MAX];

    purge->report->step = "verifying the store as it is";
    if (!files_join(scratch, purge->partial, "verify"))
        return STATUS_MALFORMED;
    enum status status = files_make_dir(scratch);
    if (status != STATUS_OK)
        return status;
    const struct verify_options verify = {
        .dir = options->dir,
        .scratch = scratch,
        .map_bytes = options->state_bytes,
        .progress = options->watch.tell,
        .context = options->watch.context,
    };
    status = verify_run(&verify, &purge->report->verify, purge->problems);
    if (status == STATUS_OK &&
        purge->report->verify.checkpoint < purge->report->position)
        status = STATUS_AGAIN;
    if (status != STATUS_OK)
        return status;
    purge->report->verify.step = NULL; // nothing failed there
    return files_remove(scratch);
}

// fold_base makes place/state: everything up to the position.
static enum status
fold_base(struct purge *purge)
{
    const struct purge_options *options = purge->options;
    struct refold refold;
    struct checkpoint_note note;
    struct span value;

    purge->report->step = "folding up to the position";
    purge->report->at = 0;
    enum status status = files_make_dir(purge->place);
    if (status != STATUS_OK)
        return status;
    status =
        refold_open(&refold, purge->place, options->state_bytes, options->dir,
                    purge->journal, purge->history, purge->problems);
    if (status == STATUS_OK)
        status = refold_to(&refold, purge->journal, purge->report->position,
                           &options->watch, &purge->report->at);
    if (status == STATUS_OK)
        status = refold_settle(&refold);
    if (status == STATUS_OK)
        status = snapshot_get(refold.snapshot, STATE_META,
                              checkpoint_note_key(), &value);
    if (status == STATUS_OK)
        status = checkpoint_note_read(value, &note);
    if (status == STATUS_OK) {
        struct journal_base *base = &purge->report->base;
        *base = (struct journal_base){.position = note.position,
                                      .events = note.events,
                                      .horizon = note.horizon,
                                      .fold = FOLD_VERSION};
        memcpy(base->head, note.head, CHAIN_SIZE);
        status = history_digest_to(purge->history, base->horizon,
                                   base->position, base->rules);
    }
    refold_close(&refold);
    return status;
}

// reduce is how a record goes into the new journal.
static enum status
reduce(void *context, uint64_t position, struct span record, struct span *out)
{
    struct purge *purge = context;

    purge->report->at = position;
    if (position <= purge->report->position)
        return outline_record(&purge->outliner, record, out);
    *out = record;
    return STATUS_OK;
}

static enum status
write_base(struct purge *purge)
{
    struct journal_base *base = &purge->report->base;
    struct state *state;

    purge->report->step = "working out the digest of the base";
    purge->report->at = 0;
    enum status status =
        state_open(&state, purge->place, purge->options->state_bytes, true);
    if (status != STATUS_OK)
        return status;
    status = base_digest(purge->fresh, state, base->position, base->digest);
    state_close(state);
    return status == STATUS_OK ? journal_base_write(purge->fresh, base)
                               : status;
}

static enum status
make_journal(struct purge *purge)
{
    const struct purge_options *options = purge->options;

    enum status status = fold_base(purge);
    if (status != STATUS_OK)
        return status;
    purge->report->step = "writing the new journal";
    status = journal_open(&purge->fresh, purge->partial, options->journal_bytes,
                          false);
    if (status == STATUS_OK)
        status = journal_copy(purge->journal, purge->fresh, reduce, purge);
    if (status == STATUS_OK)
        status = write_base(purge);
    journal_close(purge->fresh);
    purge->fresh = NULL;
    if (status != STATUS_OK)
        return status;
    purge->report->step = "checking the new journal";
    const struct verify_options verify = {.dir = purge->partial,
                                          .map_bytes = options->journal_bytes};
    purge->report->at = 0;
    status = verify_chain(&verify, &purge->report->verify);
    if (status == STATUS_OK)
        purge->report->verify.step = NULL; // nothing failed there
    return status;
}

// --- The whole ---------------------------------------------------------------

static uint64_t
file_size(const char *dir, const char *name)
{
    char file[FILES_PATH_MAX];
    struct stat found;

    return files_join(file, dir, name) && stat(file, &found) == 0
               ? (uint64_t)found.st_size
               : 0;
}

static uint64_t
journal_size(const char *dir)
{
    return file_size(dir, "journal/data.mdb") +
           file_size(dir, "journal/state/data.mdb");
}

static enum status
open_journal(struct purge *purge)
{
    purge->report->step = "reading what was published";
    enum status status = journal_open(&purge->journal, purge->options->dir,
                                      purge->options->journal_bytes, true);
    if (status == STATUS_OK && !purge->history)
        status = history_open(&purge->history);
    return status;
}

static void
close_journal(struct purge *purge)
{
    journal_close(purge->journal);
    purge->journal = NULL;
}

// plan finds out what is to be done.
static enum status
plan(struct purge *purge)
{
    const struct purge_options *options = purge->options;

    enum status status = open_journal(purge);
    if (status == STATUS_OK)
        status =
            publication_recall(purge->journal, purge->history, purge->problems);
    if (status == STATUS_OK)
        status = find_position(purge);
    close_journal(purge); // a process opens an environment once
    if (status != STATUS_OK)
        return status;
    purge->report->at = 0;
    purge->report->bytes_before = purge->report->bytes_after =
        journal_size(options->dir);
    purge->report->bytes_state = file_size(options->dir, "state/data.mdb");
    purge->report->step = "reading what is in quarantine";
    status = quarantine_list(options->dir, options->state_bytes,
                             count_quarantined, purge->report);
    // No state/: no checkpoint there at all.
    return status == STATUS_UNAVAILABLE ? STATUS_AGAIN : status;
}

static enum status
carry_out(struct purge *purge)
{
    const struct purge_options *options = purge->options;

    purge->report->step = "making purge.partial/";
    enum status status = files_make_dir(purge->partial);

    if (status == STATUS_OK)
        status = purge_rehearse(options->dir, purge->problems);
    if (status == STATUS_OK)
        status = prove(purge);
    if (status == STATUS_OK)
        status = open_journal(purge);
    if (status == STATUS_OK)
        status = make_journal(purge);
    close_journal(purge);
    if (status != STATUS_OK) {
        (void)!files_remove(purge->partial);
        return status;
    }
    purge->report->step = "changing the journals over";
    status = purge_change_over(options->dir);
    purge->report->bytes_after = journal_size(options->dir);
    return status;
}

enum status
purge_run(const struct purge_options *options, struct purge_report *report,
          struct problems *problems)
{
    struct purge purge = {
        .options = options, .report = report, .problems = problems};
    struct owner *owner;
    char journal[FILES_PATH_MAX];

    *report = (struct purge_report){.step = "looking at the directory"};
    if (!files_join(purge.partial, options->dir, "purge.partial") ||
        !files_join(purge.place, purge.partial, "journal") ||
        !files_join(journal, options->dir, "journal"))
        return STATUS_MALFORMED;
    if (!files_exists(journal))
        return STATUS_UNAVAILABLE;
    report->step = "owning the directory";
    enum status status = owner_take(&owner, options->dir);
    if (status != STATUS_OK)
        return status;
    report->step = "removing what a broken off purge left";
    status = purge_finish(options->dir);
    if (status == STATUS_OK)
        status = plan(&purge);
    if (status == STATUS_OK && !options->dry_run &&
        report->position > report->previous)
        status = carry_out(&purge);
    history_close(purge.history);
    outliner_free(&purge.outliner);
    owner_release(owner);
    return status;
}
