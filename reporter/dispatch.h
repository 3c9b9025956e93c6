// SPDX-License-Identifier: Apache-2.0
//
// dispatch: what the webhook has still to be told: every alert that is not
// settled in the file of deliveries (client/deliveries.h), and what somebody
// wants sent again.
//
// An alert is told when it comes up and at each change of its state; a
// complaint from near on, nothing that has been late for longer than
// alerts.window.  What is told has an id made of store, event, state and
// deadline: the same after a restart, so that a receiver knows it again.
//
// One thread.
#pragma once

#include "client/deliveries.h"
#include "reporter/snapshot.h"

enum { DISPATCH_BATCH = 32 };

struct dispatch;

struct parcel_out {
    char id[DELIVERY_ID_TEXT + 1];
    char *body; // JSON; the caller frees it
};

// dispatch_open reads the file, which may not be there yet; the path must
// outlive it.  STATUS_SYSTEM: it cannot be read, or there is no memory.
MUST_USE enum status dispatch_open(struct dispatch **out, const char *path);
void dispatch_close(struct dispatch *dispatch); // NULL is fine

// dispatch_look reads what was appended to the file, by whomever.
MUST_USE enum status dispatch_look(struct dispatch *dispatch);

// dispatch_next fills up to DISPATCH_BATCH parcels, what is to be sent again
// first, then by deadline; their number.  Without alerts (list NULL) only what
// is to be sent again.
struct alerts_config;
size_t dispatch_next(const struct dispatch *dispatch,
                     const struct snapshot *snapshot,
                     const struct alert_list *list,
                     const struct alerts_config *config, int64_t now_ms,
                     struct parcel_out parcels[DISPATCH_BATCH]);
