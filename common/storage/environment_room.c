// SPDX-License-Identifier: Apache-2.0
//
// What a full disk looks like through LMDB.
#include <errno.h>

#include "common/storage/environment.h"
#include "common/storage/files.h"

enum {
    SCRAPS_BYTES = 4 << 20, // a disk with less than this free counts as full
};

enum status
environment_status(const char *dir, int rc)
{
    uint64_t bytes;

    if (rc == EIO && files_free(dir, &bytes) == STATUS_OK &&
        bytes < SCRAPS_BYTES)
        return STATUS_FULL;
    return lmdb_status(rc);
}

enum status
environment_written(MDB_env *env, int rc)
{
    const char *dir;

    if (rc != EIO || mdb_env_get_path(env, &dir))
        return lmdb_status(rc);
    return environment_status(dir, rc);
}
