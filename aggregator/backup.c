// SPDX-License-Identifier: Apache-2.0
#include "aggregator/backup.h"
#include "aggregator/base.h"

#include <stdio.h>

#include "common/storage/files.h"
#include "common/storage/mark.h"

// partial_path is where a backup grows before it gets its name.
static bool
partial_path(char out[FILES_PATH_MAX], const char *to)
{
    return snprintf(out, FILES_PATH_MAX, "%s.partial", to) < FILES_PATH_MAX;
}

enum status
backup_copy_keys(const char *from, const char *to,
                 const struct copy_watch *watch)
{
    char source[FILES_PATH_MAX], target[FILES_PATH_MAX];

    enum status status = copy_environment(from, to, "keys", watch);
    if (status != STATUS_OK)
        return status;
    if (!files_join(source, from, "keys/comments") ||
        !files_join(target, to, "keys/comments"))
        return STATUS_MALFORMED;
    status = files_copy(source, target);
    return status == STATUS_UNAVAILABLE ? STATUS_OK : status; // none was kept
}

static enum status
copy_all(const struct backup_options *options, const char *to,
         struct backup_report *report)
{
    report->step = "copying state/";
    enum status status =
        copy_environment(options->from, to, "state", &options->watch);
    if (status != STATUS_OK)
        return status;
    report->step = "copying journal/";
    status = base_copy(options->from, to, &options->watch);
    if (status != STATUS_OK)
        return status;
    report->step = "copying keys/";
    return backup_copy_keys(options->from, to, &options->watch);
}

static enum status
read_end(const struct backup_options *options, const char *dir,
         struct backup_report *report)
{
    struct journal *journal;

    report->step = "reading the journal's end";
    enum status status = journal_open(&journal, dir, options->map_bytes, true);
    if (status != STATUS_OK)
        return status;
    status = journal_end_read(journal, &report->end);
    journal_close(journal);
    return status;
}

// prove folds the copy again and compares it with itself, or, with nowhere to
// fold, only follows its chain from its base.
static enum status
prove(const struct backup_options *options, const char *dir,
      struct backup_report *report, struct problems *problems)
{
    const struct verify_options verify = {
        .dir = dir,
        .scratch = options->scratch,
        .map_bytes = options->map_bytes,
        .progress = options->progress,
        .context = options->context,
    };

    report->step = "verifying the copy";
    return options->scratch ? verify_run(&verify, &report->verify, problems)
                            : verify_chain(&verify, &report->verify);
}

enum status
backup_run(const struct backup_options *options, struct backup_report *report,
           struct problems *problems)
{
    char partial[FILES_PATH_MAX];

    *report = (struct backup_report){.step = "making the directory"};
    if (!partial_path(partial, options->to))
        return STATUS_MALFORMED;
    if (files_exists(options->to))
        return STATUS_BUSY;
    enum status status = files_make_dir(partial);
    if (status != STATUS_OK)
        return status;
    status = copy_all(options, partial, report);
    if (status == STATUS_OK)
        status = read_end(options, partial, report);
    if (status == STATUS_OK)
        status = prove(options, partial, report, problems);
    if (status != STATUS_OK)
        return status;
    report->step = "giving it its name";
    status = files_move(partial, options->to);
    if (status != STATUS_OK || !options->scratch)
        return status;
    report->step = "marking how far the store is backed up";
    const struct backup_mark mark = {.position = report->end.position,
                                     .made_at_ms = options->now};
    return backup_mark_write(options->from, &mark);
}
