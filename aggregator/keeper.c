// SPDX-License-Identifier: Apache-2.0
#include "aggregator/keeper.h"

#include <stdlib.h>

// Under load a checkpoint waits for the count, but not longer than PATIENCE
// times idle_ms; it is load while commits follow each other within PAUSE_MS
// and have brought more than FEW_EVENTS.  A receipt waits while a checkpoint
// syncs the same disk: under a steady load each of them is one sorted run,
// moved into place before the next.  Readers come first, though: where the disk
// is too slow for that, the next one waits no longer than LATE times its time
// and moves what is left itself.
enum {
    PATIENCE = 4,
    LATE = 2,
    PAUSE_MS = 100,
    FEW_EVENTS = 500,
    RETRY_MS = 1000
};

struct keeper {
    struct ledger *ledger;
    struct state *state;
    struct checkpoint_writer *writer;
    struct keeper_options options;
    uint64_t frozen, frozen_events; // of the last one begun
    int64_t dirty_since;            // steady ms; -1: clean
    uint64_t seen;                  // the position when last tended
    int64_t seen_at;                // and since when it is that
    enum checkpoint_kind kind;      // of the last one begun
    bool is_stuck;                  // it found no room
    int64_t retry_at;               // steady ms
};

enum status
keeper_open(struct keeper **out, struct ledger *ledger, struct state *state,
            const struct keeper_options *options)
{
    struct keeper *keeper = calloc(1, sizeof *keeper);
    if (!keeper)
        return STATUS_SYSTEM;
    keeper->ledger = ledger;
    keeper->state = state;
    keeper->options = *options;
    keeper->frozen = ledger_position(ledger);
    keeper->frozen_events = ledger_end(ledger)->events;
    keeper->dirty_since = -1;
    enum status status =
        checkpoint_writer_open(&keeper->writer, state, ledger_cache(ledger));
    if (status != STATUS_OK) {
        keeper_close(keeper);
        return status;
    }
    *out = keeper;
    return STATUS_OK;
}

void
keeper_close(struct keeper *keeper)
{
    if (!keeper)
        return;
    checkpoint_writer_close(keeper->writer);
    free(keeper);
}

int
keeper_fd(const struct keeper *keeper)
{
    return checkpoint_writer_fd(keeper->writer);
}

static bool
is_dirty(const struct keeper *keeper)
{
    return ledger_position(keeper->ledger) != keeper->frozen;
}

// take_up lets go of a generation that is on disk.
static enum status
take_up(struct keeper *keeper)
{
    enum status status = checkpoint_writer_result(keeper->writer);
    if (status == STATUS_AGAIN)
        return STATUS_OK;
    keeper->is_stuck = status == STATUS_FULL;
    if (status == STATUS_OK)
        status = ledger_flushed(keeper->ledger);
    if (status != STATUS_OK)
        return status;
    checkpoint_writer_release(keeper->writer);
    return STATUS_OK;
}

// try_again writes the frozen generation once more, if it is time.
static void
try_again(struct keeper *keeper, int64_t steady_ms)
{
    if (steady_ms < keeper->retry_at)
        return;
    keeper->retry_at = steady_ms + RETRY_MS;
    checkpoint_writer_start(keeper->writer, keeper->kind);
}

bool
keeper_is_stuck(const struct keeper *keeper)
{
    return keeper->is_stuck;
}

static uint64_t
unwritten(const struct keeper *keeper)
{
    return ledger_end(keeper->ledger)->events - keeper->frozen_events;
}

static enum status
begin(struct keeper *keeper, enum checkpoint_kind kind)
{
    enum status status = ledger_freeze(keeper->ledger);
    if (status != STATUS_OK)
        return status;
    keeper->frozen = ledger_position(keeper->ledger);
    keeper->frozen_events = ledger_end(keeper->ledger)->events;
    keeper->dirty_since = -1;
    keeper->kind = kind;
    checkpoint_writer_start(keeper->writer, kind);
    return STATUS_OK;
}

static bool
is_overdue(const struct keeper *keeper, int64_t steady_ms, int times)
{
    int64_t age = steady_ms - keeper->dirty_since;
    bool is_load = unwritten(keeper) > FEW_EVENTS &&
                   steady_ms - keeper->seen_at < PAUSE_MS;

    return age >= keeper->options.idle_ms * (is_load ? PATIENCE : 1) * times;
}

// begin_when_due: by count every value goes straight to its place, which is the
// least work; by time, in between, the least disturbance counts.
static enum status
begin_when_due(struct keeper *keeper, int64_t steady_ms)
{
    if (!checkpoint_writer_is_idle(keeper->writer))
        return STATUS_OK;
    if (unwritten(keeper) >= keeper->options.dirty_events)
        return begin(keeper, CHECKPOINT_PLACED);
    if (!is_overdue(keeper, steady_ms,
                    checkpoint_writer_is_settled(keeper->writer) ? 1 : LATE))
        return STATUS_OK;
    return begin(keeper, unwritten(keeper) > FEW_EVENTS ? CHECKPOINT_PENDING
                                                        : CHECKPOINT_PLACED);
}

enum status
keeper_tend(struct keeper *keeper, int64_t steady_ms)
{
    enum status status = take_up(keeper);
    if (status == STATUS_FULL) {
        try_again(keeper, steady_ms);
        return STATUS_OK;
    }
    if (status != STATUS_OK || !is_dirty(keeper))
        return status;
    if (keeper->dirty_since < 0)
        keeper->dirty_since = steady_ms;
    if (keeper->seen != ledger_position(keeper->ledger)) {
        keeper->seen = ledger_position(keeper->ledger);
        keeper->seen_at = steady_ms;
    }
    return begin_when_due(keeper, steady_ms);
}

int64_t
keeper_due_ms(const struct keeper *keeper, int64_t steady_ms)
{
    if (!is_dirty(keeper))
        return -1;
    if (keeper->dirty_since < 0)
        return 0;
    int64_t left = keeper->dirty_since + keeper->options.idle_ms - steady_ms;
    // Overdue because of load: look again when the load may have paused.
    return left > PAUSE_MS ? left : PAUSE_MS;
}

// finish waits for the generation being written and lets go of it.
static enum status
finish(struct keeper *keeper)
{
    checkpoint_writer_wait(keeper->writer);
    enum status status = take_up(keeper);
    if (status == STATUS_OK)
        checkpoint_writer_wait(keeper->writer); // until it is cleared
    return status;
}

enum status
keeper_make_room(struct keeper *keeper)
{
    if (ledger_has_room(keeper->ledger))
        return STATUS_OK;
    enum status status = finish(keeper);
    if (status == STATUS_OK)
        status = begin(keeper, CHECKPOINT_PLACED);
    return status;
}

// settle moves what is pending into place.  Without room it stays: readers see
// it all the same.
static enum status
settle(struct keeper *keeper)
{
    bool is_done;

    enum status status = state_settle(keeper->state, SIZE_MAX, &is_done);
    return status == STATUS_FULL ? STATUS_OK : status;
}

enum status
keeper_settle(struct keeper *keeper)
{
    enum status status = finish(keeper);
    if (status != STATUS_OK)
        return status;
    if (!is_dirty(keeper))
        return settle(keeper);
    status = begin(keeper, CHECKPOINT_PLACED);
    return status == STATUS_OK ? finish(keeper) : status;
}
