// SPDX-License-Identifier: Apache-2.0
//
// answer: the receipts of terminals, made from the aggregator's one.
#pragma once

#include "collector/bundle.h"
#include "collector/counters.h"

// The aggregator's exceptions, walked once along a bundle's entries.
struct remote_outcomes {
    bool is_stored; // false: the store had no room, for our rejections neither
    struct repeated rest;
    bool has_next;
    struct receipt_outcome next;
};

// remote_outcomes_of starts at the first.  False when the receipt cannot be
// of this bundle: another number of events, an index too high or out of order.
bool remote_outcomes_of(struct remote_outcomes *remote,
                        const struct bundle *bundle,
                        const struct receipt *receipt);

// answer_entry writes the receipt of one entry, the entries being asked for
// in order.  head has everything but batch, session and events.  It counts
// each event's outcome.  0 when the writer is too small.
size_t answer_entry(struct writer *writer, const struct bundle *bundle,
                    const struct entry *entry, const struct receipt *head,
                    struct remote_outcomes *remote,
                    struct collector_counters *counters);

// answer_judgement writes the receipt of a batch of which nothing went on.
size_t answer_judgement(struct writer *writer,
                        const struct judgement *judgement,
                        const struct receipt *head,
                        struct collector_counters *counters);
