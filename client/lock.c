// SPDX-License-Identifier: Apache-2.0
#include "client/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static enum status
open_beside(const char *spool_path, const char *ending, int *fd)
{
    char path[PATH_MAX];

    int length = snprintf(path, sizeof path, "%s%s", spool_path, ending);
    if (length < 0 || (size_t)length >= sizeof path)
        return STATUS_MALFORMED;
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return *fd < 0 ? STATUS_SYSTEM : STATUS_OK;
}

enum status
sender_lock(const char *spool_path, int *fd)
{
    int opened = -1;

    enum status status = open_beside(spool_path, ".sender", &opened);
    if (status != STATUS_OK)
        return status;
    if (flock(opened, LOCK_EX | LOCK_NB) != 0) {
        status = errno == EWOULDBLOCK ? STATUS_BUSY : STATUS_SYSTEM;
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

enum status
gate_open(const char *spool_path, int *fd)
{
    return open_beside(spool_path, ".gate", fd);
}

void
gate_close(int fd)
{
    if (fd >= 0)
        close(fd);
}

static enum status
lock(int fd, int how)
{
    while (flock(fd, how) != 0)
        if (errno != EINTR)
            return STATUS_SYSTEM;
    return STATUS_OK;
}

enum status
gate_pass(int fd)
{
    return lock(fd, LOCK_SH);
}

enum status
gate_shut(int fd)
{
    return lock(fd, LOCK_EX);
}

void
gate_leave(int fd)
{
    flock(fd, LOCK_UN);
}
