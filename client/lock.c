// SPDX-License-Identifier: Apache-2.0
#include "client/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum status
sender_lock(const char *spool_path, int *fd)
{
    char path[PATH_MAX];

    int length = snprintf(path, sizeof path, "%s.sender", spool_path);
    if (length < 0 || (size_t)length >= sizeof path)
        return STATUS_MALFORMED;
    int opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (opened < 0)
        return STATUS_SYSTEM;
    if (flock(opened, LOCK_EX | LOCK_NB) != 0) {
        enum status status = errno == EWOULDBLOCK ? STATUS_BUSY : STATUS_SYSTEM;
        close(opened);
        return status;
    }
    *fd = opened;
    return STATUS_OK;
}

void
sender_unlock(int fd)
{
    if (fd >= 0)
        close(fd);
}
