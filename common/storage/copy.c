// SPDX-License-Identifier: Apache-2.0
#include "common/storage/copy.h"

#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#include "common/storage/environment.h"
#include "common/storage/files.h"

// The copying itself, in a thread of its own so that somebody can look on.
struct copying {
    MDB_env *env;
    const char *to; // directory
    int rc;
};

static void *
copy(void *argument)
{
    struct copying *copying = argument;

    copying->rc = mdb_env_copy2(copying->env, copying->to, MDB_CP_COMPACT);
    return NULL;
}

static void
look(const struct copy_watch *watch, const char *name, const char *file,
     MDB_env *env)
{
    struct stat copied = {0};
    MDB_envinfo info;
    MDB_stat pages;

    if (!watch || !watch->tell || mdb_env_info(env, &info) ||
        mdb_env_stat(env, &pages))
        return;
    (void)stat(file, &copied);
    watch->tell(watch->context, name, (uint64_t)copied.st_size,
                (uint64_t)(info.me_last_pgno + 1) * pages.ms_psize);
}

static int
copy_watched(MDB_env *env, const char *name, const char *to, const char *file,
             const struct copy_watch *watch)
{
    struct copying copying = {.env = env, .to = to};
    pthread_t thread;

    int rc = pthread_create(&thread, NULL, copy, &copying);
    if (rc)
        return rc;
    for (;;) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec++;
        if (pthread_timedjoin_np(thread, NULL, &until) == 0)
            break;
        look(watch, name, file, env);
    }
    look(watch, name, file, env);
    return copying.rc;
}

enum status
copy_environment(const char *from, const char *to, const char *name,
                 const struct copy_watch *watch)
{
    char source[FILES_PATH_MAX], target[FILES_PATH_MAX], file[FILES_PATH_MAX];
    MDB_env *env;

    if (!files_join(source, from, name) || !files_join(target, to, name) ||
        !files_join(file, target, "data.mdb"))
        return STATUS_MALFORMED;
    // The map is as large as the owner made it.
    enum status status = environment_open(&env, source, 0, 0, true);
    if (status != STATUS_OK)
        return status;
    status = files_make_dir(target);
    if (status == STATUS_OK)
        status = environment_status(
            target, copy_watched(env, name, target, file, watch));
    mdb_env_close(env);
    if (status == STATUS_OK && chmod(file, 0600))
        status = STATUS_SYSTEM;
    if (status == STATUS_OK)
        status = files_sync(file);
    if (status == STATUS_OK)
        status = files_sync(target);
    return status == STATUS_OK ? files_sync(to) : status;
}
