// SPDX-License-Identifier: Apache-2.0
//
// publication: HQ's files as records of the journal.
//
// The programme and the dealers take effect only once they are published
// there; a file whose hash is the newest one's already is not published again.
#pragma once

#include "aggregator/history.h"
#include "common/storage/journal.h"

// publication_recall fills a history with every publication of the journal.
MUST_USE enum status publication_recall(struct journal *journal,
                                        struct history *history,
                                        struct problems *problems);

// publication_append writes the file as a record and adds it to the history,
// unless it is the newest of its kind; *is_new tells which.  STATUS_MALFORMED:
// this version cannot read it, or it would change what a purge made final; it
// is not written, and the history is not to be used any more.
MUST_USE enum status
publication_append(struct journal *journal, struct history *history,
                   enum publication_kind kind, struct span content, int64_t now,
                   bool *is_new, struct problems *problems);
