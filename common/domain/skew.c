// SPDX-License-Identifier: Apache-2.0
#include "common/domain/skew.h"

enum { WINDOW = 32 };

void
skew_look(struct skew *skew, int64_t sent_at, int64_t received_at)
{
    int64_t ahead;

    if (sent_at == 0 || received_at == 0 ||
        __builtin_sub_overflow(sent_at, received_at, &ahead))
        return;
    if (ahead < -INT64_MAX)
        ahead = -INT64_MAX; // so that it can be turned round
    if (!skew->known)
        skew->windows[0] = skew->windows[1] = INT64_MIN;
    if (skew->in_window == WINDOW) {
        skew->windows[0] = skew->windows[1];
        skew->windows[1] = INT64_MIN;
        skew->in_window = 0;
    }
    skew->in_window++;
    if (ahead > skew->windows[1])
        skew->windows[1] = ahead;
    skew->ms = skew->windows[0] > skew->windows[1] ? skew->windows[0]
                                                   : skew->windows[1];
    skew->known = true;
}

bool
skew_is_wrong(const struct skew *skew)
{
    return skew->known && (skew->ms > SKEW_TOLD_MS || skew->ms < -SKEW_TOLD_MS);
}
