// SPDX-License-Identifier: Apache-2.0
//
// admission: what a HELLO must say, and the session it opens.
#pragma once

#include "collector/session.h"
#include "common/wire/envelope.h"

struct refusal {
    enum code code;   // NONE: welcome
    const char *text; // a constant
};

// admission_judge says what is wrong with a HELLO taken alone.
struct refusal admission_judge(const struct hello *hello);

// admission_make opens a session for a HELLO that admission_judge found right,
// in place of one the peer had; NULL without a free place or memory.
struct session *admission_make(struct sessions *sessions,
                               const struct peer *peer,
                               const struct hello *hello, uint64_t id,
                               int64_t now_ms);
