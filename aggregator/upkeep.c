// SPDX-License-Identifier: Apache-2.0
#include "aggregator/upkeep.h"

#include <stdlib.h>

#include "aggregator/resend.h"
#include "aggregator/room.h"
#include "aggregator/watch.h"
#include "common/runtime/log.h"

enum { LOOK_MS = 1000, READERS_MS = 5000 };

struct upkeep {
    struct data *data;
    struct service *service;
    const char *dir;
    int64_t look_at;    // steady ms
    uint64_t backed_up; // as told to the service
    bool mark_is_bad;   // and that was logged
    struct room room;
    int64_t readers_at; // steady ms
    struct watch journal_readers, state_readers;
    struct health *health;
    bool is_holding;
    struct resend_from *resend; // after a restore: what was lent
};

enum status
upkeep_open(struct upkeep **out, struct data *data, struct service *service,
            const char *dir, uint64_t reserve_bytes, struct health *health)
{
    struct upkeep *upkeep = calloc(1, sizeof *upkeep);
    if (!upkeep)
        return STATUS_SYSTEM;
    upkeep->data = data;
    upkeep->service = service;
    upkeep->dir = dir;
    upkeep->health = health;
    upkeep->room = (struct room){.dir = dir, .reserve_bytes = reserve_bytes};
    upkeep->backed_up = data->mark.position;
    service_backed_up(service, upkeep->backed_up);
    *out = upkeep;
    return STATUS_OK;
}

void
upkeep_close(struct upkeep *upkeep)
{
    if (!upkeep)
        return;
    free(upkeep->resend);
    free(upkeep);
}

// look_at_the_mark: a backup may have been made meanwhile.
static void
look_at_the_mark(struct upkeep *upkeep)
{
    struct backup_mark mark;

    enum status status = backup_mark_read(upkeep->dir, &mark);
    if (status != STATUS_OK) {
        if (!upkeep->mark_is_bad)
            log_warning("backup-mark-unreadable",
                        "file=%s/backed-up reason=\"%s\"", upkeep->dir,
                        status_text(status));
        upkeep->mark_is_bad = true;
        return;
    }
    upkeep->mark_is_bad = false;
    if (mark.position == upkeep->backed_up)
        return;
    upkeep->backed_up = mark.position;
    service_backed_up(upkeep->service, mark.position);
    log_info("backed-up", "position=%llu", (unsigned long long)mark.position);
}

// look_at_readers tells of whoever holds a snapshot for longest.
static void
look_at_readers(struct upkeep *upkeep, int64_t steady_ms)
{
    struct reader journal, state;
    int64_t journal_ms = 0, state_ms = 0;
    int dead;

    upkeep->readers_at = steady_ms + READERS_MS;
    if (journal_oldest_reader(upkeep->data->journal, &journal, &dead) ==
        STATUS_OK)
        journal_ms = watch_take(&upkeep->journal_readers, "journal", &journal,
                                dead, steady_ms);
    if (state_oldest_reader(upkeep->data->state, &state, &dead) == STATUS_OK)
        state_ms = watch_take(&upkeep->state_readers, "state", &state, dead,
                              steady_ms);
    bool is_journal = journal_ms > state_ms;
    atomic_store(&upkeep->health->reader_ms,
                 is_journal ? journal_ms : state_ms);
    atomic_store(&upkeep->health->reader_pid, is_journal     ? journal.pid
                                              : state_ms > 0 ? state.pid
                                                             : 0);
}

static void
look_around(struct upkeep *upkeep, int64_t steady_ms)
{
    look_at_the_mark(upkeep);
    room_look_at_disk(&upkeep->room);
    if (steady_ms >= upkeep->readers_at)
        look_at_readers(upkeep, steady_ms);
}

void
upkeep_look(struct upkeep *upkeep, int64_t steady_ms)
{
    if (steady_ms >= upkeep->look_at) {
        upkeep->look_at = steady_ms + LOOK_MS;
        look_around(upkeep, steady_ms);
    }
    room_look_at_state(&upkeep->room, keeper_is_stuck(upkeep->data->keeper));
    bool is_holding = !room_is_there(&upkeep->room, steady_ms);
    if (is_holding != upkeep->is_holding)
        service_hold(upkeep->service, is_holding);
    upkeep->is_holding = is_holding;
    atomic_store(&upkeep->health->intake_held, is_holding);
}

bool
upkeep_is_holding(const struct upkeep *upkeep)
{
    return upkeep->is_holding;
}

void
upkeep_appended(struct upkeep *upkeep, enum status status, int64_t steady_ms)
{
    room_appended(&upkeep->room, status, steady_ms);
}

size_t
upkeep_resend(struct upkeep *upkeep, const struct resend_from **list)
{
    size_t count = 0;

    if (!upkeep->resend)
        upkeep->resend = malloc(RESEND_MAX * sizeof *upkeep->resend);
    if (!upkeep->resend)
        return 0;
    enum status status =
        resend_read(upkeep->data->state, upkeep->resend, RESEND_MAX, &count);
    if (status != STATUS_OK) {
        // Terminals then send everything they keep, which is only more work.
        log_warning("resend-unknown", "reason=\"%s\"", status_text(status));
        count = 0;
    }
    *list = upkeep->resend;
    return count;
}
