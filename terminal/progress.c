// SPDX-License-Identifier: Apache-2.0
#include "terminal/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "common/runtime/clock.h"

enum { WIDTH = 30, EVERY_MS = 100 };

void
progress_init(struct progress *progress)
{
    *progress = (struct progress){.on = isatty(STDERR_FILENO) == 1};
}

void
progress_draw(struct progress *progress, uint64_t done, uint64_t total,
              uint64_t answered, const char *note)
{
    int64_t now = clock_steady_ms();

    if (!progress->on || now - progress->drawn_at < EVERY_MS)
        return;
    progress->drawn_at = now;
    progress->drawn = true;
    int full = total ? (int)(done * WIDTH / total) : WIDTH;
    fprintf(stderr, "\r[");
    for (int i = 0; i < WIDTH; i++)
        putc(i < full ? '#' : '.', stderr);
    fprintf(stderr, "] %3u %%  %llu answered%s%.60s\033[K",
            total ? (unsigned)(done * 100 / total) : 100,
            (unsigned long long)answered, note[0] ? "  " : "", note);
}

void
progress_end(struct progress *progress)
{
    if (progress->drawn)
        fprintf(stderr, "\r\033[K");
    progress->drawn = false;
}
