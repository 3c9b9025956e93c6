// SPDX-License-Identifier: Apache-2.0
#include "aggregator/rebuild.h"

#include "aggregator/purge.h"
#include "common/storage/files.h"

struct paths {
    char fresh_dir[FILES_PATH_MAX], fresh[FILES_PATH_MAX];
    char state[FILES_PATH_MAX], old[FILES_PATH_MAX];
};

static bool
paths_make(struct paths *paths, const char *dir)
{
    return files_join(paths->fresh_dir, dir, "rebuild.partial") &&
           files_join(paths->fresh, paths->fresh_dir, "state") &&
           files_join(paths->state, dir, "state") &&
           files_join(paths->old, dir, "state.old");
}

static enum status
fold_all(const struct paths *paths, size_t map_bytes, struct journal *journal,
         const char *dir, const struct history *history,
         const struct refold_watch *watch, struct rebuild_report *report,
         struct problems *problems)
{
    struct refold refold;
    struct journal_end end;

    enum status status = journal_end_read(journal, &end);
    if (status != STATUS_OK)
        return status;
    report->step = "making the directory";
    status = files_make_dir(paths->fresh_dir);
    if (status != STATUS_OK)
        return status;
    report->step = "taking up the base of the journal";
    status = refold_open(&refold, paths->fresh_dir, map_bytes, dir, journal,
                         history, problems);
    if (status == STATUS_OK) {
        report->step = "folding the journal again";
        status = refold_to(&refold, journal, end.position, watch, &report->at);
    }
    if (status == STATUS_OK &&
        (ledger_end(refold.ledger)->events != end.events ||
         memcmp(ledger_end(refold.ledger)->head, end.head, CHAIN_SIZE) != 0))
        status = STATUS_CORRUPT; // the last record is not what it was
    if (status == STATUS_OK)
        status = refold_settle(&refold);
    refold_close(&refold);
    report->position = end.position;
    report->events = end.events;
    return status;
}

static enum status
fold_journal(const struct paths *paths, const char *dir, size_t map_bytes,
             const struct refold_watch *watch, struct rebuild_report *report,
             struct problems *problems)
{
    struct journal *journal = NULL;
    struct history *history = NULL;

    report->step = "reading what was published";
    enum status status = journal_open(&journal, dir, map_bytes, true);
    if (status == STATUS_OK)
        status = history_open(&history);
    if (status == STATUS_OK)
        status = publication_recall(journal, history, problems);
    if (status == STATUS_OK)
        status = fold_all(paths, map_bytes, journal, dir, history, watch,
                          report, problems);
    history_close(history);
    journal_close(journal);
    return status;
}

// change_over puts the fresh state in the place of the old one.
static enum status
change_over(const struct paths *paths)
{
    enum status status = STATUS_OK;

    if (files_exists(paths->state))
        status = files_move(paths->state, paths->old);
    if (status == STATUS_OK)
        status = files_move(paths->fresh, paths->state);
    if (status == STATUS_OK)
        status = files_remove(paths->fresh_dir);
    return status == STATUS_OK ? files_remove(paths->old) : status;
}

enum status
rebuild_run(const char *dir, size_t map_bytes, const struct refold_watch *watch,
            struct rebuild_report *report, struct problems *problems)
{
    struct owner *owner;
    struct paths paths;
    char journal[FILES_PATH_MAX];

    *report = (struct rebuild_report){.step = "looking at the directory"};
    if (!paths_make(&paths, dir) || !files_join(journal, dir, "journal"))
        return STATUS_MALFORMED;
    if (!files_exists(journal))
        return STATUS_UNAVAILABLE;
    report->step = "owning the directory";
    enum status status = owner_take(&owner, dir);
    if (status != STATUS_OK)
        return status;
    report->step = "removing what a broken off purge left";
    status = purge_finish(dir);
    if (status == STATUS_OK)
        report->step = "removing what a broken off rebuild left";
    if (status == STATUS_OK)
        status = files_remove(paths.fresh_dir); // of one that was broken off
    if (status == STATUS_OK)
        status = files_remove(paths.old);
    if (status == STATUS_OK)
        status = fold_journal(&paths, dir, map_bytes, watch, report, problems);
    if (status == STATUS_OK) {
        report->step = "changing the states over";
        status = change_over(&paths);
    } else {
        (void)!files_remove(paths.fresh_dir);
    }
    owner_release(owner);
    return status;
}
