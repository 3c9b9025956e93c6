// SPDX-License-Identifier: Apache-2.0
#include "common/storage/mark.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/storage/files.h"

static const char NAME[] = "backed-up";

enum status
backup_mark_read(const char *dir, struct backup_mark *mark)
{
    char path[FILES_PATH_MAX], end = 0;

    *mark = (struct backup_mark){0};
    if (!files_join(path, dir, NAME))
        return STATUS_MALFORMED;
    FILE *file = fopen(path, "re");
    if (!file)
        return errno == ENOENT ? STATUS_OK : STATUS_SYSTEM;
    struct backup_mark read;
    int count = fscanf(file, "position %" SCNu64 "\nmade_at_ms %" SCNd64 "%c",
                       &read.position, &read.made_at_ms, &end);
    (void)fclose(file);
    if (count != 3 || end != '\n' || read.position > INT64_MAX)
        return STATUS_MALFORMED;
    *mark = read;
    return STATUS_OK;
}

enum status
backup_mark_write(const char *dir, const struct backup_mark *mark)
{
    char path[FILES_PATH_MAX], text[128];

    if (!files_join(path, dir, NAME))
        return STATUS_MALFORMED;
    (void)snprintf(text, sizeof text,
                   "position %" PRIu64 "\nmade_at_ms %" PRId64 "\n",
                   mark->position, mark->made_at_ms);
    return files_replace(path, text);
}
