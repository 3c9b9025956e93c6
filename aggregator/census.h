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
#include "common/domain/skew.h"
#include "common/storage/journal.h"

// What one spool of a terminal has brought.
struct census_spool {
    struct census_spool *next; // heard of before this one
    uint64_t epoch;
    uint64_t told;    // the highest number its HELLOs told of
    uint64_t settled; // numbers with an outcome
};

struct census_row {
    char terminal[DEALER_ID_MAX + 1];
    char collector[DEALER_ID_MAX + 1]; // of its last parcel
    uint64_t parcels, events;
    uint64_t late;   // events received after their month had closed
    int64_t last_at; // when a collector last received something of it
    struct census_spool *spools; // the one heard last first
    struct skew skew;            // of its parcels against their collectors
};

struct census;

// census_open walks the journal under the rules in force; *at is the record at
// hand when it fails.
// Of a long resend the skew looks at the last try only.
MUST_USE enum status census_open(struct census **out, struct journal *journal,
                                 const struct history *history, uint64_t *at);
void census_close(struct census *census); // NULL is fine

// Rows by terminal; lent until census_close.
size_t census_count(const struct census *census);
const struct census_row *census_row(const struct census *census, size_t i);

// census_waiting returns how many numbers the terminal told of, in the last
// HELLO of its newest spool that brought anything, still have no outcome: they
// wait there, or are missing.
uint64_t census_waiting(const struct census_row *row);
