// SPDX-License-Identifier: Apache-2.0
//
// watch: who holds snapshots for too long, said once for each.
#pragma once

#include "common/storage/readers.h"

#include <stdbool.h>

struct watch {
    struct reader seen; // the oldest when last looked
    int64_t since;      // steady ms: since when it is that
    bool is_logged;
};

// watch_take hears of the oldest snapshot of an environment.  It returns for
// how many ms it has been held while others went on, 0 for none.
int64_t watch_take(struct watch *watch, const char *name,
                   const struct reader *reader, int dead, int64_t steady_ms);
