// SPDX-License-Identifier: Apache-2.0
//
// census: the terminals the journal has heard of, and how their clocks go.
//
// Times are kept as they were told and change no figure: a period is that of
// occurred_at, always.  What depends on when something arrived is therefore
// counted here, from the journal, and never in a tally.
#pragma once

#include "aggregator/history.h"
#include "common/domain/event.h"
#include "common/storage/journal.h"

struct census_row {
    char terminal[DEALER_ID_MAX + 1];
    char collector[DEALER_ID_MAX + 1]; // of its last parcel
    uint64_t parcels, events;
    uint64_t late;      // events received after their month had closed
    int64_t last_at;    // when a collector last received something of it
    int64_t skew_ms;    // its clock minus the collector's; see census_open
    bool has_skew;      // some parcel told both times
    int64_t windows[2]; // the most of sent - received, of two runs of parcels
    uint32_t in_window;
};

struct census;

// census_open walks the journal under the rules in force; *at is the record at
// hand when it fails.
//
// The skew is the greatest (sent - received) of the last 32 to 64 parcels: the
// way to the collector only ever makes it smaller, so the quickest parcel comes
// closest; of a long resend only the last try is looked at.
MUST_USE enum status census_open(struct census **out, struct journal *journal,
                                 const struct history *history, uint64_t *at);
void census_close(struct census *census); // NULL is fine

// Rows by terminal; lent until census_close.
size_t census_count(const struct census *census);
const struct census_row *census_row(const struct census *census, size_t i);
