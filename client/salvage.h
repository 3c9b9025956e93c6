// SPDX-License-Identifier: Apache-2.0
//
// salvage: what can still be read in a damaged spool, page by page.
//
// Rows carry checksums, so that what is found is what was stored.  But it need
// not be the last word: a page that fell free may still show an event that left
// long ago.
#pragma once

#include "client/pages.h"
#include "client/spool.h"

struct salvage {
    void *context;
    void (*event)(void *context, const struct spool_event *event);
    void (*head)(void *context, const struct spool_head *head);
};

// salvage_read visits everything in the order of the pages.
MUST_USE enum status salvage_read(const struct pages *pages,
                                  const struct salvage *salvage);
