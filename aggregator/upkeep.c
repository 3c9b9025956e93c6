// SPDX-License-Identifier: Apache-2.0
#include "aggregator/upkeep.h"

#include <stdlib.h>

#include "aggregator/resend.h"
#include "aggregator/room.h"
#include "common/runtime/log.h"

enum { LOOK_MS = 1000 };

struct upkeep {
    struct data *data;
    struct service *service;
    const char *dir;
    int64_t look_at;    // steady ms
    uint64_t backed_up; // as told to the service
    bool mark_is_bad;   // and that was logged
    struct room room;
    bool is_holding;
    struct resend_from *resend; // after a restore: what was lent
};

enum status
upkeep_open(struct upkeep **out, struct data *data, struct service *service,
            const char *dir, uint64_t reserve_bytes)
{
    struct upkeep *upkeep = calloc(1, sizeof *upkeep);
    if (!upkeep)
        return STATUS_SYSTEM;
    upkeep->data = data;
    upkeep->service = service;
    upkeep->dir = dir;
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

static void
look_around(struct upkeep *upkeep)
{
    look_at_the_mark(upkeep);
    room_look_at_disk(&upkeep->room);
}

void
upkeep_look(struct upkeep *upkeep, int64_t steady_ms)
{
    if (steady_ms >= upkeep->look_at) {
        upkeep->look_at = steady_ms + LOOK_MS;
        look_around(upkeep);
    }
    room_look_at_state(&upkeep->room, keeper_is_stuck(upkeep->data->keeper));
    bool is_holding = !room_is_there(&upkeep->room, steady_ms);
    if (is_holding != upkeep->is_holding)
        service_hold(upkeep->service, is_holding);
    upkeep->is_holding = is_holding;
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
