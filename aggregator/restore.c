// SPDX-License-Identifier: Apache-2.0
#include "aggregator/backup.h"
#include "aggregator/base.h"

#include "common/storage/files.h"
#include "common/storage/mark.h"
#include "common/storage/owner.h"

// Everything is made in here; while it exists nothing beside it is whole.
static const char PARTIAL[] = "restore.partial";

bool
restore_is_unfinished(const char *dir)
{
    char partial[FILES_PATH_MAX];

    return files_join(partial, dir, PARTIAL) && files_exists(partial);
}

static bool
has_state(const char *dir)
{
    char path[FILES_PATH_MAX];

    return files_join(path, dir, "state/data.mdb") && files_exists(path);
}

static enum status
copy_all(const struct backup_options *options, const char *to,
         struct backup_report *report)
{
    enum status status = STATUS_OK;

    report->has_state = has_state(options->from);
    report->step = "copying keys/";
    status = backup_copy_keys(options->from, to, &options->watch);
    if (status != STATUS_OK)
        return status;
    report->step = "copying journal/";
    status = base_copy(options->from, to, &options->watch);
    if (status != STATUS_OK || !report->has_state)
        return status;
    report->step = "copying state/";
    return copy_environment(options->from, to, "state", &options->watch);
}

static enum status
check(const struct backup_options *options, const char *dir,
      struct backup_report *report, struct problems *problems)
{
    const struct verify_options verify = {
        .dir = dir,
        .scratch = options->scratch,
        .map_bytes = options->map_bytes,
        .progress = options->progress,
        .context = options->context,
    };

    report->step = "checking the backup";
    enum status status = options->scratch && report->has_state
                             ? verify_run(&verify, &report->verify, problems)
                             : verify_chain(&verify, &report->verify);
    report->end.position = report->verify.end;
    report->end.events = report->verify.events;
    return status;
}

// raise gives the store an incarnation above all it ever had.  The same backup
// may be restored twice, so one more than its own is not enough; seconds since
// 1970 are above any that was given before.
static enum status
raise(const struct backup_options *options, const char *dir,
      struct backup_report *report)
{
    int64_t seconds = options->now / 1000;

    report->step = "raising the incarnation";
    enum status status = keys_read(dir, &report->identity);
    if (status != STATUS_OK)
        return status == STATUS_NOT_FOUND ? STATUS_CORRUPT : status;
    report->identity.incarnation++;
    if (seconds > report->identity.incarnation && seconds <= UINT32_MAX)
        report->identity.incarnation = (uint32_t)seconds;
    return keys_set_incarnation(dir, report->identity.incarnation);
}

static enum status
move_in(const char *partial, const char *to, const char *name)
{
    char source[FILES_PATH_MAX], target[FILES_PATH_MAX];

    if (!files_join(source, partial, name) || !files_join(target, to, name))
        return STATUS_MALFORMED;
    return files_move(source, target);
}

// take_places moves everything to where the aggregator looks for it.
static enum status
take_places(const struct backup_options *options, const char *partial,
            struct backup_report *report)
{
    const struct backup_mark mark = {.position = report->end.position,
                                     .made_at_ms = options->now};

    report->step = "moving it into its place";
    enum status status = backup_mark_write(options->to, &mark);
    if (status == STATUS_OK)
        status = move_in(partial, options->to, "keys");
    if (status == STATUS_OK)
        status = move_in(partial, options->to, "journal");
    if (status == STATUS_OK && report->has_state)
        status = move_in(partial, options->to, "state");
    if (status == STATUS_OK)
        status = files_remove(partial);
    return status == STATUS_OK ? files_sync(options->to) : status;
}

static enum status
restore_into(const struct backup_options *options, struct backup_report *report,
             struct problems *problems)
{
    char partial[FILES_PATH_MAX];

    if (!files_join(partial, options->to, PARTIAL))
        return STATUS_MALFORMED;
    enum status status = files_make_dir(partial);
    if (status != STATUS_OK)
        return status;
    status = copy_all(options, partial, report);
    if (status == STATUS_OK)
        status = check(options, partial, report, problems);
    if (status == STATUS_OK)
        status = raise(options, partial, report);
    if (status != STATUS_OK) {
        (void)!files_remove(partial);
        return status;
    }
    return take_places(options, partial, report);
}

enum status
restore_run(const struct backup_options *options, struct backup_report *report,
            struct problems *problems)
{
    struct owner *owner;

    *report = (struct backup_report){.step = "looking at the directory"};
    if (!files_is_vacant(options->to))
        return STATUS_BUSY;
    report->step = "owning the directory";
    enum status status = owner_take(&owner, options->to);
    if (status != STATUS_OK)
        return status;
    status = restore_into(options, report, problems);
    owner_release(owner);
    return status;
}
