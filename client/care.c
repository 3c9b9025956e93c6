// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include "client/check.h"
#include "client/handle.h"
#include "client/lock.h"
#include "client/repair.h"
#include "common/crypto/digest.h"

enum dealerpulse_status
dealerpulse_retry(struct dealerpulse *pulse, uint64_t seq, uint64_t *count)
{
    uint64_t unused;

    enum status status =
        spool_retry(pulse->spool, seq, count ? count : &unused);
    return status == STATUS_OK ? DEALERPULSE_OK : handle_status(pulse, status);
}

enum dealerpulse_status
dealerpulse_resend(struct dealerpulse *pulse, uint64_t seq, uint64_t *count)
{
    uint64_t unused;

    enum status status =
        spool_resend(pulse->spool, seq, count ? count : &unused);
    return status == STATUS_OK ? DEALERPULSE_OK : handle_status(pulse, status);
}

enum dealerpulse_status
dealerpulse_verify(struct dealerpulse *pulse,
                   void (*found)(void *context, const char *sentence),
                   void *context, uint64_t *faults)
{
    enum status status = spool_check(pulse->spool, found, context, faults);
    return status == STATUS_OK ? DEALERPULSE_OK : handle_status(pulse, status);
}

static enum dealerpulse_status
repair(const char *spool, struct dealerpulse_repair *told)
{
    struct spool_repair done;

    enum status status = spool_repair(spool, &done);
    *told = (struct dealerpulse_repair){.events = done.events,
                                        .lost = done.lost,
                                        .lost_is_upper = done.lost_is_upper,
                                        .is_new_epoch = done.is_new_epoch};
    memcpy(told->damaged, done.damaged, sizeof told->damaged);
    memcpy(told->report, done.report, sizeof told->report);
    memcpy(told->error, done.error, sizeof told->error);
    return status_public(status);
}

enum dealerpulse_status
dealerpulse_repair(const char *spool, struct dealerpulse_repair *told)
{
    int lock = -1;

    *told = (struct dealerpulse_repair){0};
    enum status status = crypto_start();
    if (status == STATUS_OK)
        status = sender_lock(spool, &lock);
    if (status == STATUS_BUSY) {
        snprintf(told->error, sizeof told->error,
                 "another program sends from the spool %.300s", spool);
        return DEALERPULSE_BUSY;
    }
    if (status != STATUS_OK) {
        snprintf(told->error, sizeof told->error, "cannot lock %.300s.sender",
                 spool);
        return DEALERPULSE_SYSTEM;
    }
    enum dealerpulse_status result = repair(spool, told);
    sender_unlock(lock);
    return result;
}
