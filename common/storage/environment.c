// SPDX-License-Identifier: Apache-2.0
#include "common/storage/environment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/runtime/crc32c.h"

enum { READERS_MAX = 126, PATH_ROOM = 4096 };

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
    char path[PATH_ROOM];
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

static bool
folder_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    int rc = fsync(fd);
    (void)close(fd);
    return rc == 0;
}

// make gives LMDB's first pages another name until they are on disk: a power
// cut while they are written would leave a file that nothing can open.
static int
make(const char *dir)
{
    char path[PATH_ROOM], fresh[PATH_ROOM], lock[PATH_ROOM], parent[PATH_ROOM];
    MDB_env *env = NULL;

    if (snprintf(lock, sizeof lock, "%s/data.mdb.new-lock", dir) >=
        (int)sizeof lock)
        return ENAMETOOLONG;
    (void)snprintf(path, sizeof path, "%s/data.mdb", dir);
    (void)snprintf(fresh, sizeof fresh, "%s/data.mdb.new", dir);
    (void)snprintf(parent, sizeof parent, "%s/..", dir);
    if (access(path, F_OK) == 0)
        return 0;
    (void)unlink(fresh); // of a start that was cut short
    int rc = mdb_env_create(&env);
    if (rc == 0)
        rc = mdb_env_open(env, fresh, MDB_NOSUBDIR, 0600);
    if (rc == 0)
        rc = mdb_env_sync(env, 1);
    mdb_env_close(env);
    (void)unlink(lock);
    if (rc == 0 &&
        (rename(fresh, path) || !folder_sync(dir) || !folder_sync(parent)))
        rc = errno;
    return rc;
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
    int rc = read_only ? 0 : make(dir);
    if (rc == 0)
        rc = mdb_env_create(&env);
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
