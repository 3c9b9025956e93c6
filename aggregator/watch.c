// SPDX-License-Identifier: Apache-2.0
#include "aggregator/watch.h"

#include <inttypes.h>

#include "common/runtime/log.h"

enum { STALE_MS = 60000 };

int64_t
watch_take(struct watch *watch, const char *name, const struct reader *reader,
           int dead, int64_t steady_ms)
{
    if (dead > 0)
        log_notice("reader-gone", "environment=%s snapshots=%d", name, dead);
    if (reader->pid != watch->seen.pid || reader->txn != watch->seen.txn)
        *watch = (struct watch){.since = steady_ms};
    watch->seen = *reader;
    if (reader->pid == 0)
        return 0;
    int64_t held_ms = steady_ms - watch->since;
    if (held_ms >= STALE_MS && !watch->is_logged) {
        watch->is_logged = true;
        log_warning("reader-stale",
                    "environment=%s pid=%" PRIu32 " held_ms=%" PRId64
                    " behind=%" PRIu64
                    " effect=\"the file grows\" advice=\"end that process\"",
                    name, reader->pid, held_ms, reader->behind);
    }
    return held_ms;
}
