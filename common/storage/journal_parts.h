// SPDX-License-Identifier: Apache-2.0
//
// journal_parts: what journal.c and journal_base.c share.
#pragma once

#include <endian.h>

#include "common/storage/environment.h"
#include "common/storage/journal.h"

struct journal {
    MDB_env *env;
    MDB_dbi record, publication, end;
};

// The key of a position: big endian, so that order is order.
static inline struct span
journal_key(uint64_t position, uint64_t *room)
{
    *room = htobe64(position);
    return span_of(room, sizeof *room);
}

int journal_put(MDB_txn *txn, MDB_dbi dbi, struct span key, struct span value,
                unsigned flags);
