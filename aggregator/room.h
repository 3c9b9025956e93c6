// SPDX-License-Identifier: Apache-2.0
//
// room: whether a store has room for more, and saying so once.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/status.h"

struct room {
    const char *dir;
    uint64_t reserve_bytes;
    bool disk_is_low, journal_is_full, state_is_full; // and that was logged
    int64_t append_at; // steady ms: a full journal is tried again then
};

// room_look_at_disk compares what is free with the reserve.
void room_look_at_disk(struct room *room);

// room_look_at_state hears whether a checkpoint waits for room.
void room_look_at_state(struct room *room, bool is_stuck);

// room_appended hears how the append of a record went.
void room_appended(struct room *room, enum status status, int64_t steady_ms);

// room_is_there tells whether more may be taken in.
bool room_is_there(const struct room *room, int64_t steady_ms);
