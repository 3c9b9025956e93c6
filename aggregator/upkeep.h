// SPDX-License-Identifier: Apache-2.0
//
// upkeep: what the aggregator looks after beside its work: how far it is backed
// up, whether there is room to take more in, and who holds old snapshots.
//
// Without room intake is held: every batch is answered RETRY(STORE_FULL), no
// credit is granted, and what was accepted still has the reserve to be
// committed and checkpointed.  Three things hold it: less free disk than the
// reserve, a journal that took no record, a state that takes no checkpoint.
// It goes on by itself once there is room.
#pragma once

#include "aggregator/data.h"
#include "aggregator/health.h"
#include "aggregator/service.h"

struct upkeep;

MUST_USE enum status upkeep_open(struct upkeep **out, struct data *data,
                                 struct service *service, const char *dir,
                                 uint64_t reserve_bytes, struct health *health);
void upkeep_close(struct upkeep *upkeep); // NULL is fine

// upkeep_look does what is due, between groups.
void upkeep_look(struct upkeep *upkeep, int64_t steady_ms);

// upkeep_is_holding tells whether intake is held.
bool upkeep_is_holding(const struct upkeep *upkeep);

// upkeep_appended hears how the append of a record went.
void upkeep_appended(struct upkeep *upkeep, enum status status,
                     int64_t steady_ms);

// upkeep_resend is the service's question after a restore (link_sink.resend).
size_t upkeep_resend(struct upkeep *upkeep, const struct resend_from **list);
