// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "common/storage/state_parts.h"

enum { PATH_ROOM = 4096 };

static const char *const NAMES[] = {
#define X(name, text) [STATE_##name] = text,
    STATE_MAP(X)
#undef X
};

const char *
state_db_name(enum state_db db)
{
    return NAMES[db];
}

static int
open_databases(struct state *state, bool read_only)
{
    MDB_txn *txn = NULL;

    int rc = mdb_txn_begin(state->env, NULL, read_only ? MDB_RDONLY : 0, &txn);
    if (rc)
        return rc;
    for (size_t db = 0; db < STATE_DB_COUNT && rc == 0; db++)
        rc = mdb_dbi_open(txn, NAMES[db], read_only ? 0 : MDB_CREATE,
                          &state->dbi[db]);
    if (rc == 0)
        rc = mdb_dbi_open(txn, "pending", read_only ? 0 : MDB_CREATE,
                          &state->pending);
    if (rc) {
        mdb_txn_abort(txn);
        return rc;
    }
    return mdb_txn_commit(txn);
}

enum status
state_open(struct state **out, const char *dir, size_t max_bytes,
           bool read_only)
{
    char path[PATH_ROOM];

    if (snprintf(path, sizeof path, "%s/state", dir) >= (int)sizeof path)
        return STATUS_MALFORMED;
    struct state *state = calloc(1, sizeof *state);
    if (!state)
        return STATUS_SYSTEM;
    enum status status = environment_open(&state->env, path, max_bytes,
                                          STATE_DB_COUNT + 1, read_only);
    if (status == STATUS_OK)
        status = lmdb_status(open_databases(state, read_only));
    if (status != STATUS_OK) {
        state_close(state);
        return status;
    }
    *out = state;
    return STATUS_OK;
}

void
state_close(struct state *state)
{
    if (!state)
        return;
    if (state->env)
        mdb_env_close(state->env);
    free(state);
}
