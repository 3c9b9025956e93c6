// SPDX-License-Identifier: Apache-2.0
#include "console/scratch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/storage/files.h"

bool
scratch_make(char path[SCRATCH_PATH_MAX], const char *parent,
             const char *command)
{
    if (!parent)
        parent = getenv("TMPDIR");
    if (!parent)
        parent = "/tmp";
    if (snprintf(path, SCRATCH_PATH_MAX, "%s/dealerpulse-scratch-XXXXXX",
                 parent) < SCRATCH_PATH_MAX &&
        mkdtemp(path))
        return true;
    (void)fprintf(stderr,
                  "%s: cannot write to %s; name another place with --scratch\n",
                  command, parent);
    return false;
}

void
scratch_remove(const char *path)
{
    (void)!files_remove(path);
}

bool
progress_wanted(void)
{
    return isatty(STDERR_FILENO);
}

void
progress_fold(void *context, uint64_t position, uint64_t of)
{
    (void)context;
    (void)fprintf(stderr, "\rreading again: commit %" PRIu64 " of %" PRIu64,
                  position, of);
    if (position == of)
        (void)fputc('\n', stderr);
}

void
progress_copy(void *context, const char *name, uint64_t written,
              uint64_t at_most)
{
    const uint64_t mib = 1 << 20;

    (void)context;
    (void)fprintf(stderr,
                  "\r%s/: %" PRIu64 " MiB copied, of at most %" PRIu64 "   ",
                  name, written / mib, (at_most + mib - 1) / mib);
}
