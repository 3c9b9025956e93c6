// SPDX-License-Identifier: Apache-2.0
//
// upkeep: what the aggregator looks after once a second beside its work: how
// far it is backed up.
#pragma once

#include "aggregator/data.h"
#include "aggregator/service.h"

struct upkeep;

MUST_USE enum status upkeep_open(struct upkeep **out, struct data *data,
                                 struct service *service, const char *dir);
void upkeep_close(struct upkeep *upkeep); // NULL is fine

// upkeep_look does what is due.
void upkeep_look(struct upkeep *upkeep, int64_t steady_ms);

// upkeep_resend is the service's question after a restore (link_sink.resend).
size_t upkeep_resend(struct upkeep *upkeep, const struct resend_from **list);
