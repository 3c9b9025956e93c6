// SPDX-License-Identifier: Apache-2.0
#include "aggregator/purge.h"

#include <sys/stat.h>

#include "common/storage/files.h"

struct paths {
    char partial[FILES_PATH_MAX], fresh[FILES_PATH_MAX];
    char journal[FILES_PATH_MAX];
    char one[FILES_PATH_MAX], other[FILES_PATH_MAX]; // to rehearse with
};

static bool
paths_make(struct paths *paths, const char *dir)
{
    return files_join(paths->partial, dir, "purge.partial") &&
           files_join(paths->fresh, paths->partial, "journal") &&
           files_join(paths->journal, dir, "journal") &&
           files_join(paths->one, paths->partial, "one") &&
           files_join(paths->other, paths->partial, "other");
}

enum status
purge_finish(const char *dir)
{
    struct paths paths;

    return paths_make(&paths, dir) ? files_remove(paths.partial)
                                   : STATUS_MALFORMED;
}

// is_plain tells whether journal/ is a directory where purge.partial/ is:
// neither a link nor the root of another file system.
static bool
is_plain(const struct paths *paths)
{
    struct stat journal, partial;

    return lstat(paths->journal, &journal) == 0 &&
           lstat(paths->partial, &partial) == 0 && S_ISDIR(journal.st_mode) &&
           journal.st_dev == partial.st_dev;
}

static enum status
try_exchange(const struct paths *paths)
{
    enum status status = files_make_dir(paths->one);
    if (status == STATUS_OK)
        status = files_make_dir(paths->other);
    if (status == STATUS_OK)
        status = files_exchange(paths->one, paths->other);
    if (status == STATUS_OK)
        status = files_remove(paths->one);
    return status == STATUS_OK ? files_remove(paths->other) : status;
}

enum status
purge_rehearse(const char *dir, struct problems *problems)
{
    struct paths paths;

    if (!paths_make(&paths, dir))
        return STATUS_MALFORMED;
    if (!is_plain(&paths)) {
        problem_add(problems, dir, 0, "journal",
                    "a link or a file system of its own: a purge puts another "
                    "directory in its place, so it must be a plain one");
        return STATUS_MALFORMED;
    }
    enum status status = try_exchange(&paths);
    if (status == STATUS_MALFORMED)
        problem_add(problems, dir, 0, "journal",
                    "this file system cannot exchange two directories "
                    "(RENAME_EXCHANGE): purge on another one");
    return status;
}

enum status
purge_change_over(const char *dir)
{
    struct paths paths;

    if (!paths_make(&paths, dir))
        return STATUS_MALFORMED;
    enum status status = files_sync(paths.fresh);
    if (status == STATUS_OK)
        status = files_exchange(paths.journal, paths.fresh);
    return status == STATUS_OK ? purge_finish(dir) : status;
}
