// SPDX-License-Identifier: Apache-2.0
#include "common/storage/environment.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "common/runtime/crc32c.h"

enum { READERS_MAX = 126 };

enum status
lmdb_status(int rc)
{
    switch (rc) {
    case MDB_SUCCESS:
        return STATUS_OK;
    case MDB_NOTFOUND:
        return STATUS_NOT_FOUND;
    case MDB_MAP_FULL:
    case MDB_TXN_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return STATUS_FULL;
    case EBUSY:
    case EAGAIN:
        return STATUS_BUSY;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_VERSION_MISMATCH:
        return STATUS_CORRUPT;
    case ENOENT:
        return STATUS_UNAVAILABLE;
    default:
        return STATUS_SYSTEM;
    }
}

// A file cut short would be a SIGBUS when its lost pages are touched.
static bool
file_is_whole(MDB_env *env, const char *dir)
{
    char path[4096];
    struct stat file;
    MDB_envinfo info;
    MDB_stat stat_;

    if (snprintf(path, sizeof path, "%s/data.mdb", dir) >= (int)sizeof path ||
        stat(path, &file) || mdb_env_info(env, &info) ||
        mdb_env_stat(env, &stat_))
        return false;
    return (uint64_t)file.st_size >=
           (uint64_t)(info.me_last_pgno + 1) * stat_.ms_psize;
}

enum status
environment_open(MDB_env **out, const char *dir, size_t max_bytes,
                 unsigned databases, bool read_only)
{
    MDB_env *env = NULL;
    // NOTLS: a snapshot belongs to its owner, not to the thread that began it.
    unsigned flags = MDB_NOTLS | (read_only ? MDB_RDONLY : 0);

    if (!read_only && mkdir(dir, 0700) && errno != EEXIST)
        return STATUS_SYSTEM;
    int rc = mdb_env_create(&env);
    if (rc == 0 && (rc = mdb_env_set_mapsize(env, max_bytes)) == 0 &&
        (rc = mdb_env_set_maxdbs(env, databases)) == 0 &&
        (rc = mdb_env_set_maxreaders(env, READERS_MAX)) == 0)
        rc = mdb_env_open(env, dir, flags, 0600);
    if (rc == 0 && !file_is_whole(env, dir))
        rc = MDB_CORRUPTED;
    if (rc) {
        mdb_env_close(env);
        return lmdb_status(rc);
    }
    int dead;
    (void)mdb_reader_check(env, &dead); // snapshots of killed processes
    *out = env;
    return STATUS_OK;
}

enum status
value_check(const MDB_val *stored, struct span *value)
{
    if (stored->mv_size < CHECKSUM_SIZE)
        return STATUS_CORRUPT;
    size_t length = stored->mv_size - CHECKSUM_SIZE;
    const uint8_t *bytes = stored->mv_data;
    uint32_t sum;
    memcpy(&sum, bytes + length, sizeof sum); // LMDB does not align
    if (sum != crc32c(bytes, length))
        return STATUS_CORRUPT;
    *value = span_of(bytes, length);
    return STATUS_OK;
}

int
value_put(MDB_cursor *cursor, struct span key, struct span value,
          unsigned flags)
{
    MDB_val k = to_val(key);
    MDB_val room = {.mv_size = value.length + (size_t)CHECKSUM_SIZE};

    int rc = mdb_cursor_put(cursor, &k, &room, flags | MDB_RESERVE);
    if (rc)
        return rc;
    uint32_t sum = crc32c(value.data, value.length);
    memcpy(room.mv_data, value.data, value.length);
    memcpy((uint8_t *)room.mv_data + value.length, &sum, sizeof sum);
    return 0;
}
