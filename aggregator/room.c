// SPDX-License-Identifier: Apache-2.0
#include "aggregator/room.h"

#include <inttypes.h>

#include "common/runtime/log.h"
#include "common/storage/files.h"

enum {
    APPEND_AGAIN_MS = 1000,
    SLACK = 8, // once low, a disk needs an eighth more than the reserve
};

static uint64_t
free_bytes(const struct room *room)
{
    uint64_t bytes;

    return files_free(room->dir, &bytes) == STATUS_OK ? bytes : 0;
}

void
room_look_at_disk(struct room *room)
{
    uint64_t bytes, wanted = room->reserve_bytes;

    if (files_free(room->dir, &bytes) != STATUS_OK)
        return; // writing there will tell
    if (room->disk_is_low)
        wanted += wanted / SLACK;
    bool is_low = bytes < wanted;
    if (is_low == room->disk_is_low)
        return;
    room->disk_is_low = is_low;
    if (is_low)
        log_error("disk-low",
                  "path=%s free_bytes=%" PRIu64 " reserve_bytes=%" PRIu64
                  " effect=\"events are put off\" advice=\"make room\"",
                  room->dir, bytes, room->reserve_bytes);
    else
        log_notice("disk-room", "path=%s free_bytes=%" PRIu64, room->dir,
                   bytes);
}

void
room_look_at_state(struct room *room, bool is_stuck)
{
    if (is_stuck == room->state_is_full)
        return;
    room->state_is_full = is_stuck;
    if (is_stuck)
        log_error("state-full",
                  "path=%s/state free_bytes=%" PRIu64
                  " effect=\"events are put off; the journal has all that was "
                  "accepted\" advice=\"make room, or raise "
                  "aggregator.state_bytes and restart\"",
                  room->dir, free_bytes(room));
    else
        log_notice("state-room", "path=%s/state", room->dir);
}

void
room_appended(struct room *room, enum status status, int64_t steady_ms)
{
    bool is_full = status == STATUS_FULL;

    if (is_full)
        room->append_at = steady_ms + APPEND_AGAIN_MS;
    if (is_full == room->journal_is_full)
        return;
    room->journal_is_full = is_full;
    if (is_full)
        log_error("journal-full",
                  "path=%s/journal free_bytes=%" PRIu64
                  " effect=\"events are put off\" advice=\"make room, or raise "
                  "aggregator.journal_bytes and restart\"",
                  room->dir, free_bytes(room));
    else
        log_notice("journal-room", "path=%s/journal", room->dir);
}

bool
room_is_there(const struct room *room, int64_t steady_ms)
{
    if (room->journal_is_full && steady_ms < room->append_at)
        return false;
    return !room->disk_is_low && !room->state_is_full;
}
