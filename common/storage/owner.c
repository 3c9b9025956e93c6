// SPDX-License-Identifier: Apache-2.0
#include "common/storage/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096 };

struct owner {
    int fd;
};

enum status
owner_take(struct owner **out, const char *dir)
{
    char path[PATH_ROOM];

    if (snprintf(path, sizeof path, "%s/owner.lock", dir) >= (int)sizeof path)
        return STATUS_MALFORMED;
    if (mkdir(dir, 0700) && errno != EEXIST)
        return STATUS_SYSTEM;
    struct owner *owner = calloc(1, sizeof *owner);
    if (!owner)
        return STATUS_SYSTEM;
    owner->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (owner->fd < 0) {
        free(owner);
        return STATUS_SYSTEM;
    }
    if (flock(owner->fd, LOCK_EX | LOCK_NB)) {
        enum status status = errno == EWOULDBLOCK ? STATUS_BUSY : STATUS_SYSTEM;
        owner_release(owner);
        return status;
    }
    *out = owner;
    return STATUS_OK;
}

void
owner_release(struct owner *owner)
{
    if (!owner)
        return;
    if (owner->fd >= 0)
        close(owner->fd); // gives the lock up
    free(owner);
}
