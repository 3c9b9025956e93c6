// SPDX-License-Identifier: Apache-2.0
//
// The calls that change files below the root, or let something out.
#include "tests/faults/tools/recorder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static uint64_t writes;

// cut_short tells how much of this write is to happen.
static size_t
cut_short(size_t length)
{
    return ++writes == recorder_short_at() && !recorder_lies("write")
               ? length / 2
               : length;
}

// pretends: a negative control, a disk that drops what it says it wrote.
static bool
pretends(void)
{
    if (!recorder_lies("write") || writes + 1 < recorder_short_at())
        return false;
    writes++;
    return true;
}

static void
note_write(const struct descriptor *to, uint64_t offset, const void *bytes,
           ssize_t done)
{
    if (done <= 0)
        return;
    enum operation operation = to->marks     ? OPERATION_MARK
                               : to->through ? OPERATION_WRITE_THROUGH
                                             : OPERATION_WRITE;
    recorder_note(operation, to->file, offset, bytes, (size_t)done);
}

static ssize_t
pwrite_noted(int fd, const void *bytes, size_t length, off_t offset)
{
    ssize_t (*real)(int, const void *, size_t, off_t) = REAL(pwrite);
    const struct descriptor *to = recorder_ours(fd);

    if (!to)
        return real(fd, bytes, length, offset);
    pthread_mutex_lock(&recorder_lock);
    ssize_t done = pretends() ? (ssize_t)length
                              : real(fd, bytes, cut_short(length), offset);
    int saved = errno;
    note_write(to, (uint64_t)offset, bytes, done);
    pthread_mutex_unlock(&recorder_lock);
    errno = saved;
    return done;
}

ssize_t
pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    return pwrite_noted(fd, bytes, length, offset);
}

ssize_t
pwrite64(int fd, const void *bytes, size_t length, off_t offset)
{
    return pwrite_noted(fd, bytes, length, offset);
}

// A write at the descriptor's own place.
ssize_t
write(int fd, const void *bytes, size_t length)
{
    ssize_t (*real)(int, const void *, size_t) = REAL(write);
    const struct descriptor *to = recorder_ours(fd);

    if (!to)
        return real(fd, bytes, length);
    pthread_mutex_lock(&recorder_lock);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    ssize_t done =
        !to->marks && pretends()
            ? (ssize_t)length
            : real(fd, bytes, to->marks ? length : cut_short(length));
    int saved = errno;
    note_write(to, (uint64_t)offset, bytes, done);
    pthread_mutex_unlock(&recorder_lock);
    errno = saved;
    return done;
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
    ssize_t (*real)(int, const struct iovec *, int) = REAL(writev);
    size_t length = 0;

    if (!recorder_ours(fd))
        return real(fd, parts, count);
    for (int i = 0; i < count; i++)
        length += parts[i].iov_len;
    char *bytes = malloc(length ? length : 1);
    if (!bytes)
        abort();
    for (int i = 0, at = 0; i < count; at += (int)parts[i++].iov_len)
        memcpy(bytes + at, parts[i].iov_base, parts[i].iov_len);
    ssize_t done = write(fd, bytes, length);
    int saved = errno;
    free(bytes);
    errno = saved;
    return done;
}

static int
sync_noted(int fd, const char *name)
{
    int (*real)(int) = recorder_real(name);
    const struct descriptor *to = recorder_ours(fd);
    uint64_t file = to ? to->file : 0;

    if (!file)
        return real(fd);
    if (recorder_lies("fsync"))
        return 0;
    pthread_mutex_lock(&recorder_lock);
    recorder_note(OPERATION_SYNC_BEGIN, file, 0, NULL, 0);
    pthread_mutex_unlock(&recorder_lock);
    int rc = real(fd);
    int saved = errno;
    pthread_mutex_lock(&recorder_lock);
    if (rc == 0)
        recorder_note(OPERATION_SYNC_END, file, 0, NULL, 0);
    pthread_mutex_unlock(&recorder_lock);
    errno = saved;
    return rc;
}

int
fdatasync(int fd)
{
    return sync_noted(fd, "fdatasync");
}

int
fsync(int fd)
{
    return sync_noted(fd, "fsync");
}

static int
truncate_noted(int fd, off_t length)
{
    int (*real)(int, off_t) = REAL(ftruncate);
    const struct descriptor *to = recorder_ours(fd);

    pthread_mutex_lock(&recorder_lock);
    int rc = real(fd, length);
    int saved = errno;
    if (rc == 0 && to)
        recorder_note(OPERATION_TRUNCATE, to->file, (uint64_t)length, NULL, 0);
    pthread_mutex_unlock(&recorder_lock);
    errno = saved;
    return rc;
}

int
ftruncate(int fd, off_t length)
{
    return truncate_noted(fd, length);
}

int
ftruncate64(int fd, off_t length)
{
    return truncate_noted(fd, length);
}

// below tells whether a path leads below the root: the rest of it, or NULL.
// whole is PATH_ROOM bytes and keeps what is returned.
static const char *
below(const char *path, char *whole)
{
    size_t length;
    const char *root = recorder_root(&length);

    if (!root || !realpath(path, whole) || strncmp(whole, root, length) != 0)
        return NULL;
    return whole + length;
}

int
unlink(const char *path)
{
    int (*real)(const char *) = REAL(unlink);
    char whole[PATH_ROOM];

    pthread_mutex_lock(&recorder_lock);
    const char *known = below(path, whole);
    int rc = real(path);
    int saved = errno;
    if (rc == 0 && known)
        recorder_note(OPERATION_UNLINK, 0, 0, known, strlen(known));
    pthread_mutex_unlock(&recorder_lock);
    errno = saved;
    return rc;
}

int
rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = REAL(rename);
    char paths[2 * PATH_ROOM], whole[PATH_ROOM];
    int length = 0;

    pthread_mutex_lock(&recorder_lock);
    const char *known = below(from, whole);
    if (known)
        length = snprintf(paths, sizeof paths, "%s", known) + 1;
    int rc = real(from, to);
    int saved = errno;
    known = rc == 0 && length ? below(to, whole) : NULL;
    if (known) {
        length += snprintf(paths + length, sizeof paths - (size_t)length, "%s",
                           known);
        recorder_note(OPERATION_RENAME, 0, 0, paths, (size_t)length);
    }
    pthread_mutex_unlock(&recorder_lock);
    errno = saved;
    return rc;
}

// --- What leaves the process
// ---------------------------------------------------

// As their libraries' headers have it, which this file must not need.
int zmq_msg_send(void *message, void *socket, int flags);
int mdb_env_open(void *env, const char *path, unsigned flags, mode_t mode);

int
zmq_msg_send(void *message, void *socket, int flags)
{
    int (*real)(void *, void *, int) = REAL(zmq_msg_send);
    void *(*data)(void *) = REAL(zmq_msg_data);
    size_t (*size)(const void *) = REAL(zmq_msg_size);

    pthread_mutex_lock(&recorder_lock);
    recorder_note(OPERATION_SEND, 0, 0, data(message), size(message));
    pthread_mutex_unlock(&recorder_lock);
    return real(message, socket, flags);
}

// --- Negative controls
// ---------------------------------------------------------

int
mdb_env_open(void *env, const char *path, unsigned flags, mode_t mode)
{
    int (*real)(void *, const char *, unsigned, mode_t) = REAL(mdb_env_open);
    enum { NOSYNC = 0x10000, NOMETASYNC = 0x40000 }; // as in lmdb.h

    if (recorder_lies("nosync"))
        flags |= NOSYNC;
    if (recorder_lies("nometasync"))
        flags |= NOMETASYNC;
    return real(env, path, flags, mode);
}
