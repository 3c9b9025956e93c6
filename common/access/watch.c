// SPDX-License-Identifier: Apache-2.0
#include "common/access/watch.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/runtime/clock.h"
#include "common/runtime/log.h"

enum { LOOK_MS = 250, LISTENERS_KNOWN_MAX = 1024 };

// What tells one version of a file from another.
struct version {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed, written;
};

struct watch {
    const char *path;
    struct version seen; // of the thread that looks
    int stop_fd;
    pthread_t thread;
    bool has_thread, has_lock;
    pthread_mutex_t lock; // of all below
    struct keyring *newest;
    struct keyring *lent; // by watch_newest; may be the same
    size_t listener_count;
    uint8_t listeners[LISTENERS_KNOWN_MAX][Z85_KEY_BYTES];
};

static bool
version_of(const char *path, struct version *version)
{
    struct stat about;

    memset(version, 0, sizeof *version);
    if (stat(path, &about) != 0)
        return false;
    version->device = about.st_dev;
    version->inode = about.st_ino;
    version->size = about.st_size;
    version->changed = about.st_ctim;
    version->written = about.st_mtim;
    return true;
}

static enum status
load(const char *path, struct keyring **out)
{
    struct problems *problems = calloc(1, sizeof *problems);
    char text[LOG_VALUE_MAX], key[LOG_VALUE_MAX];

    if (!problems)
        return STATUS_SYSTEM;
    enum status status = keyring_load(path, out, problems);
    for (size_t i = 0; i < problems->count && i < PROBLEMS_MAX; i++) {
        const struct problem *problem = &problems->list[i];
        log_error("keyring-refused", "file=%s line=%u column=%s reason=%s",
                  path, problem->line, log_value(key, span_text(problem->key)),
                  log_value(text, span_text(problem->text)));
    }
    if (status == STATUS_OK) {
        size_t active = 0;
        for (size_t i = 0; i < (*out)->count; i++)
            active +=
                key_state(&(*out)->entries[i], clock_wall_ms()) == KEY_ACTIVE;
        log_notice("keyring-loaded", "file=%s keys=%zu active=%zu", path,
                   (*out)->count, active);
    }
    free(problems);
    return status;
}

// put_in_place swaps the table whole; the one nobody holds is freed.
static void
put_in_place(struct watch *watch, struct keyring *keyring)
{
    pthread_mutex_lock(&watch->lock);
    struct keyring *old = watch->newest;
    watch->newest = keyring;
    if (old == watch->lent)
        old = NULL; // watch_newest frees it
    pthread_mutex_unlock(&watch->lock);
    keyring_free(old);
}

// look reads the file when it is another one.  While it is missing or broken
// the old table stands.
static void
look(struct watch *watch)
{
    struct version version;
    struct keyring *keyring;

    (void)version_of(watch->path, &version);
    if (memcmp(&version, &watch->seen, sizeof version) == 0)
        return;
    watch->seen = version;
    if (load(watch->path, &keyring) == STATUS_OK)
        put_in_place(watch, keyring);
}

static void *
run(void *argument)
{
    struct watch *watch = argument;
    struct pollfd stop = {.fd = watch->stop_fd, .events = POLLIN};

    while (poll(&stop, 1, LOOK_MS) <= 0)
        look(watch);
    return NULL;
}

enum status
watch_open(struct watch **out, const char *path)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return STATUS_SYSTEM;
    watch->path = path;
    watch->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    watch->has_lock = pthread_mutex_init(&watch->lock, NULL) == 0;
    // The version first: what changes while it is read is read again.
    (void)version_of(path, &watch->seen);
    enum status status = watch->stop_fd >= 0 && watch->has_lock
                             ? load(path, &watch->newest)
                             : STATUS_SYSTEM;
    if (status == STATUS_OK) {
        watch->has_thread =
            pthread_create(&watch->thread, NULL, run, watch) == 0;
        status = watch->has_thread ? STATUS_OK : STATUS_SYSTEM;
    }
    if (status != STATUS_OK) {
        watch_close(watch);
        return status;
    }
    *out = watch;
    return STATUS_OK;
}

void
watch_close(struct watch *watch)
{
    if (!watch)
        return;
    if (watch->has_thread) {
        (void)eventfd_write(watch->stop_fd, 1);
        pthread_join(watch->thread, NULL);
    }
    if (watch->lent != watch->newest)
        keyring_free(watch->lent);
    keyring_free(watch->newest);
    if (watch->has_lock)
        pthread_mutex_destroy(&watch->lock);
    if (watch->stop_fd >= 0)
        close(watch->stop_fd);
    free(watch);
}

// role_now is watch_role under the lock.
static enum role
role_now(const struct watch *watch, const uint8_t key[Z85_KEY_BYTES])
{
    const struct keyring_entry *entry =
        keyring_admit(watch->newest, key, clock_wall_ms());
    return entry ? entry->role : ROLE_NONE;
}

enum role
watch_role(struct watch *watch, const uint8_t key[Z85_KEY_BYTES])
{
    pthread_mutex_lock(&watch->lock);
    enum role role = role_now(watch, key);
    pthread_mutex_unlock(&watch->lock);
    return role;
}

const struct keyring *
watch_newest(struct watch *watch)
{
    struct keyring *old = NULL;

    pthread_mutex_lock(&watch->lock);
    if (watch->lent != watch->newest) {
        old = watch->lent;
        watch->lent = watch->newest;
    }
    pthread_mutex_unlock(&watch->lock);
    keyring_free(old);
    return watch->lent;
}

bool
watch_listener(struct watch *watch, const uint8_t key[Z85_KEY_BYTES])
{
    bool known = false;

    pthread_mutex_lock(&watch->lock);
    for (size_t i = 0; i < watch->listener_count && !known; i++)
        known = memcmp(watch->listeners[i], key, Z85_KEY_BYTES) == 0;
    if (!known && watch->listener_count < LISTENERS_KNOWN_MAX) {
        memcpy(watch->listeners[watch->listener_count++], key, Z85_KEY_BYTES);
        known = true;
    }
    pthread_mutex_unlock(&watch->lock);
    return known;
}

bool
watch_listeners_stale(struct watch *watch)
{
    bool stale = false;

    pthread_mutex_lock(&watch->lock);
    for (size_t i = 0; i < watch->listener_count && !stale; i++)
        stale = role_now(watch, watch->listeners[i]) == ROLE_NONE;
    if (stale)
        watch->listener_count = 0;
    pthread_mutex_unlock(&watch->lock);
    return stale;
}
