// SPDX-License-Identifier: Apache-2.0
#include "common/storage/readers.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/storage/environment.h"

// take_line reads one line of LMDB's list: pid, thread, transaction (or "-").
static int
take_line(const char *line, void *context)
{
    struct reader *oldest = context, reader = {0};
    char thread[64];

    if (sscanf(line, "%" SCNu32 " %63s %" SCNu64, &reader.pid, thread,
               &reader.txn) == 3 &&
        (oldest->pid == 0 || reader.txn < oldest->txn))
        *oldest = reader;
    return 0;
}

enum status
environment_oldest_reader(MDB_env *env, struct reader *reader, int *dead)
{
    MDB_envinfo info;

    *reader = (struct reader){0};
    *dead = 0;
    int rc = mdb_reader_check(env, dead);
    if (rc == 0)
        rc = mdb_env_info(env, &info);
    if (rc)
        return lmdb_status(rc);
    if (mdb_reader_list(env, take_line, reader) < 0)
        return STATUS_SYSTEM;
    if (reader->pid && info.me_last_txnid > reader->txn)
        reader->behind = info.me_last_txnid - reader->txn;
    else
        *reader = (struct reader){0};
    return STATUS_OK;
}
