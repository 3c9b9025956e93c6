// SPDX-License-Identifier: Apache-2.0
//
// How a repaired spool takes the place of the damaged one, so that a crash at
// any point leaves either the one or the other.
//
// "<path>.repaired" exists only once it is complete.  Then: the damaged file
// and its log get second names; the log's first name goes, because SQLite would
// play it into the new file; the new file takes the path.  All of it may be
// done twice.
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/lock.h"
#include "client/repair.h"

static bool
name_beside(char name[PATH_MAX], const char *path, const char *ending)
{
    int length = snprintf(name, PATH_MAX, "%s%s", path, ending);
    return length > 0 && length < PATH_MAX;
}

static void
sync_folder(const char *path)
{
    char copy[PATH_MAX];

    snprintf(copy, sizeof copy, "%s", path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)fsync(fd); // some file systems cannot; then nobody can
    close(fd);
}

static bool
is_fine(int result, int allowed)
{
    return result == 0 || errno == allowed;
}

enum status
repair_swap(const char *path, const char *damaged)
{
    char repaired[PATH_MAX], log[PATH_MAX], shared[PATH_MAX],
        damaged_log[PATH_MAX];

    if (!name_beside(repaired, path, ".repaired") ||
        !name_beside(log, path, "-wal") || !name_beside(shared, path, "-shm") ||
        !name_beside(damaged_log, damaged, "-wal"))
        return STATUS_MALFORMED;
    if (!is_fine(link(path, damaged), EEXIST) ||
        (access(log, F_OK) == 0 && !is_fine(link(log, damaged_log), EEXIST)))
        return STATUS_SYSTEM;
    sync_folder(path);
    if (!is_fine(unlink(log), ENOENT) || !is_fine(unlink(shared), ENOENT))
        return STATUS_SYSTEM;
    sync_folder(path);
    if (rename(repaired, path) != 0)
        return STATUS_SYSTEM;
    sync_folder(path);
    return STATUS_OK;
}

enum status
repair_finish(const char *path)
{
    char repaired[PATH_MAX], damaged[PATH_MAX];
    enum status status;
    int gate = -1;

    if (!name_beside(repaired, path, ".repaired") ||
        !name_beside(damaged, path, ".damaged"))
        return STATUS_MALFORMED;
    if (access(repaired, F_OK) != 0)
        return STATUS_OK;
    if ((status = gate_open(path, &gate)) != STATUS_OK)
        return status;
    status = gate_shut(gate);
    if (status == STATUS_OK && access(repaired, F_OK) == 0)
        status = repair_swap(path, damaged);
    gate_close(gate);
    return status;
}
