// SPDX-License-Identifier: Apache-2.0
//
// What is recorded and where to; opening and closing.
#include "tests/faults/tools/recorder.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static struct descriptor table[DESCRIPTORS];
pthread_mutex_t recorder_lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static uint64_t files, short_at;
static const char *root, *marks, *lie;
static size_t root_length;

void *
recorder_real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

__attribute__((constructor)) static void
start(void)
{
    const char *path = getenv("FAULTS_LOG");
    const char *at = getenv("FAULTS_SHORT");

    root = getenv("FAULTS_ROOT");
    marks = getenv("FAULTS_MARKS");
    lie = getenv("FAULTS_LIE");
    short_at = at ? strtoull(at, NULL, 10) : 0;
    root_length = root ? strlen(root) : 0;
    if (path)
        log_fd = (int)syscall(SYS_openat, AT_FDCWD, path,
                              O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

const char *
recorder_root(size_t *length)
{
    *length = root_length;
    return root;
}

uint64_t
recorder_short_at(void)
{
    return short_at;
}

bool
recorder_lies(const char *how)
{
    return lie && strcmp(lie, how) == 0;
}

void
recorder_note(enum operation operation, uint64_t file, uint64_t offset,
              const void *bytes, size_t length)
{
    uint64_t head[4] = {operation, file, offset, length};
    struct iovec parts[2] = {{head, sizeof head}, {(void *)bytes, length}};

    if (log_fd >= 0)
        (void)!syscall(SYS_writev, log_fd, parts, length ? 2 : 1);
}

const struct descriptor *
recorder_ours(int fd)
{
    return root && fd >= 0 && fd < DESCRIPTORS && table[fd].file ? &table[fd]
                                                                 : NULL;
}

// adopt looks where a new descriptor leads.
static void
adopt(int fd, int flags, bool created)
{
    char link[64], path[PATH_ROOM];

    if (!root || fd < 0 || fd >= DESCRIPTORS)
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < (ssize_t)root_length || memcmp(path, root, root_length) != 0)
        return;
    path[length] = '\0';
    pthread_mutex_lock(&recorder_lock);
    table[fd] = (struct descriptor){
        .file = ++files,
        .through = (flags & O_DSYNC) != 0,
        .marks = marks && strcmp(path, marks) == 0,
    };
    struct stat kind;
    bool is_folder = fstat(fd, &kind) == 0 && S_ISDIR(kind.st_mode);
    recorder_note(OPERATION_OPEN, files, is_folder ? 2 : created,
                  path + root_length, (size_t)length - root_length);
    pthread_mutex_unlock(&recorder_lock);
}

static int
open_real(const char *path, int flags, mode_t mode)
{
    int (*real)(const char *, int, ...) = REAL(open);
    bool created = (flags & O_CREAT) && access(path, F_OK) != 0;
    int fd = real(path, flags, mode);
    int saved = errno;

    adopt(fd, flags, created);
    errno = saved;
    return fd;
}

int
open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_real(path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return open_real(path, flags, mode);
}

int
close(int fd)
{
    int (*real)(int) = REAL(close);

    if (recorder_ours(fd))
        table[fd] = (struct descriptor){0};
    return real(fd);
}
