// SPDX-License-Identifier: Apache-2.0
#include "aggregator/purge.h"

#include "common/storage/files.h"

struct paths {
    char partial[FILES_PATH_MAX], fresh[FILES_PATH_MAX];
    char journal[FILES_PATH_MAX], old[FILES_PATH_MAX];
};

static bool
paths_make(struct paths *paths, const char *dir)
{
    return files_join(paths->partial, dir, "purge.partial") &&
           files_join(paths->fresh, paths->partial, "journal") &&
           files_join(paths->journal, dir, "journal") &&
           files_join(paths->old, dir, "journal.old");
}

bool
purge_is_unfinished(const char *dir)
{
    struct paths paths;

    return paths_make(&paths, dir) && files_exists(paths.old) &&
           !files_exists(paths.journal);
}

enum status
purge_finish(const char *dir)
{
    enum status status = STATUS_OK;
    struct paths paths;

    if (!paths_make(&paths, dir))
        return STATUS_MALFORMED;
    // journal.old comes into being only once the fresh one is proven.
    if (purge_is_unfinished(dir))
        status = files_move(paths.fresh, paths.journal);
    if (status == STATUS_OK)
        status = files_remove(paths.old);
    return status == STATUS_OK ? files_remove(paths.partial) : status;
}

enum status
purge_change_over(const char *dir)
{
    struct paths paths;

    if (!paths_make(&paths, dir))
        return STATUS_MALFORMED;
    enum status status = files_move(paths.journal, paths.old);
    return status == STATUS_OK ? purge_finish(dir) : status;
}
