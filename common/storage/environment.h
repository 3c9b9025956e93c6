// SPDX-License-Identifier: Apache-2.0
//
// environment: what journal, state and keys share about LMDB.  Internal to
// common/storage.
//
// Default sync mode, always: never NOSYNC, NOMETASYNC, MAPASYNC or WRITEMAP.
// Every stored value ends in 4 bytes CRC32C (little endian) of the rest: LMDB
// has no checksums of its own.
#pragma once

#include <lmdb.h>
#include <stdbool.h>

#include "common/span.h"
#include "common/status.h"

enum { CHECKSUM_SIZE = 4 };

// lmdb_status translates LMDB's codes and errno.
enum status lmdb_status(int rc);

// environment_status translates the result of writing below dir.  LMDB reports
// a write cut short by a full disk as EIO: STATUS_FULL when next to nothing is
// free there.
enum status environment_status(const char *dir, int rc);
enum status environment_written(MDB_env *env, int rc);

// environment_open opens dir, made if missing unless read_only.  max_bytes 0
// takes the size its owner gave it.
MUST_USE enum status environment_open(MDB_env **out, const char *dir,
                                      size_t max_bytes, unsigned databases,
                                      bool read_only);

// environment_oldest_reader is behind readers.h.
struct reader;
enum status environment_oldest_reader(MDB_env *env, struct reader *reader,
                                      int *dead);

// value_check strips the checksum; STATUS_CORRUPT when it is wrong.
MUST_USE enum status value_check(const MDB_val *stored, struct span *value);

// value_put stores value and its checksum under key.
int value_put(MDB_cursor *cursor, struct span key, struct span value,
              unsigned flags);

static inline MDB_val
to_val(struct span span)
{
    return (MDB_val){.mv_size = span.length, .mv_data = (void *)span.data};
}
