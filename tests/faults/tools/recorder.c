// SPDX-License-Identifier: Apache-2.0
//
// recorder: preloaded into a program, it writes down in one order everything
// the program does to the files below a folder, and every message it sends.
// From that log power.py makes the disks a power cut could have left behind.
//
//   FAULTS_ROOT   the folder, absolute
//   FAULTS_LOG    where to write the log
//   FAULTS_MARKS  a file below the folder whose writes are marks, not data
//   FAULTS_LIE    nosync, nometasync: open LMDB so (negative controls);
//                 fsync: every sync succeeds and does nothing (likewise)
//   FAULTS_SHORT  N: the N-th write is cut to half its length, once; with
//                 FAULTS_LIE=write, from the N-th on they only pretend
//
// The log is a sequence of {operation, file, offset, length} (4 x 8 bytes, host
// order) each followed by `length` bytes.  Writes are logged with the lock held
// that also covers the write itself, so the log's order is the disk's.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum operation {
    OPERATION_OPEN = 1, // bytes: path below the root; offset: 1 created,
                        // 2 a folder
    OPERATION_WRITE,
    OPERATION_WRITE_THROUGH, // on a descriptor opened with O_DSYNC
    OPERATION_SYNC_BEGIN,
    OPERATION_SYNC_END,
    OPERATION_TRUNCATE, // offset: the new length
    OPERATION_UNLINK,   // bytes: the path
    OPERATION_RENAME,   // bytes: both paths, a NUL between them
    OPERATION_SEND,     // bytes: a message that leaves now
    OPERATION_MARK,     // bytes: what the program notes for itself
};

enum { DESCRIPTORS = 4096, PATH_ROOM = 4096 };

// What a descriptor stands for; file 0 is none of ours.
struct descriptor {
    uint64_t file;
    bool through, marks;
};

static struct descriptor table[DESCRIPTORS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static uint64_t files, writes, short_at;
static const char *root, *marks, *lie;
static size_t root_length;

#define REAL(name) real_of(#name)

static void *
real_of(const char *name)
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

static bool
lies(const char *how)
{
    return lie && strcmp(lie, how) == 0;
}

// note appends one entry; the lock is held.
static void
note(enum operation operation, uint64_t file, uint64_t offset,
     const void *bytes, size_t length)
{
    uint64_t head[4] = {operation, file, offset, length};
    struct iovec parts[2] = {{head, sizeof head}, {(void *)bytes, length}};

    if (log_fd >= 0)
        (void)!syscall(SYS_writev, log_fd, parts, length ? 2 : 1);
}

static struct descriptor *
ours(int fd)
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
    pthread_mutex_lock(&lock);
    table[fd] = (struct descriptor){
        .file = ++files,
        .through = (flags & O_DSYNC) != 0,
        .marks = marks && strcmp(path, marks) == 0,
    };
    struct stat kind;
    bool is_folder = fstat(fd, &kind) == 0 && S_ISDIR(kind.st_mode);
    note(OPERATION_OPEN, files, is_folder ? 2 : created, path + root_length,
         (size_t)length - root_length);
    pthread_mutex_unlock(&lock);
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

    if (ours(fd))
        table[fd] = (struct descriptor){0};
    return real(fd);
}

// cut_short tells how much of this write is to happen.
static size_t
cut_short(size_t length)
{
    return ++writes == short_at && !lies("write") ? length / 2 : length;
}

// pretends: a negative control, a disk that drops what it says it wrote.
static bool
pretends(void)
{
    if (!lies("write") || writes + 1 < short_at)
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
    note(operation, to->file, offset, bytes, (size_t)done);
}

static ssize_t
pwrite_noted(int fd, const void *bytes, size_t length, off_t offset)
{
    ssize_t (*real)(int, const void *, size_t, off_t) = REAL(pwrite);
    const struct descriptor *to = ours(fd);

    if (!to)
        return real(fd, bytes, length, offset);
    pthread_mutex_lock(&lock);
    ssize_t done = pretends() ? (ssize_t)length
                              : real(fd, bytes, cut_short(length), offset);
    int saved = errno;
    note_write(to, (uint64_t)offset, bytes, done);
    pthread_mutex_unlock(&lock);
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
    const struct descriptor *to = ours(fd);

    if (!to)
        return real(fd, bytes, length);
    pthread_mutex_lock(&lock);
    off_t offset = lseek(fd, 0, SEEK_CUR);
    ssize_t done =
        !to->marks && pretends()
            ? (ssize_t)length
            : real(fd, bytes, to->marks ? length : cut_short(length));
    int saved = errno;
    note_write(to, (uint64_t)offset, bytes, done);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return done;
}

ssize_t
writev(int fd, const struct iovec *parts, int count)
{
    ssize_t (*real)(int, const struct iovec *, int) = REAL(writev);
    size_t length = 0;

    if (!ours(fd))
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
    int (*real)(int) = real_of(name);
    const struct descriptor *to = ours(fd);
    uint64_t file = to ? to->file : 0;

    if (!file)
        return real(fd);
    if (lies("fsync"))
        return 0;
    pthread_mutex_lock(&lock);
    note(OPERATION_SYNC_BEGIN, file, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    int rc = real(fd);
    int saved = errno;
    pthread_mutex_lock(&lock);
    if (rc == 0)
        note(OPERATION_SYNC_END, file, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
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
    const struct descriptor *to = ours(fd);

    pthread_mutex_lock(&lock);
    int rc = real(fd, length);
    int saved = errno;
    if (rc == 0 && to)
        note(OPERATION_TRUNCATE, to->file, (uint64_t)length, NULL, 0);
    pthread_mutex_unlock(&lock);
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

int
unlink(const char *path)
{
    int (*real)(const char *) = REAL(unlink);
    char whole[PATH_ROOM];

    pthread_mutex_lock(&lock);
    bool known =
        root && realpath(path, whole) && strncmp(whole, root, root_length) == 0;
    int rc = real(path);
    int saved = errno;
    if (rc == 0 && known)
        note(OPERATION_UNLINK, 0, 0, whole + root_length,
             strlen(whole) - root_length);
    pthread_mutex_unlock(&lock);
    errno = saved;
    return rc;
}

int
rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = REAL(rename);
    char paths[2 * PATH_ROOM], whole[PATH_ROOM];
    int length = 0;

    pthread_mutex_lock(&lock);
    if (root && realpath(from, whole) && strncmp(whole, root, root_length) == 0)
        length = snprintf(paths, sizeof paths, "%s", whole + root_length) + 1;
    int rc = real(from, to);
    int saved = errno;
    if (rc == 0 && length && realpath(to, whole)) {
        length += snprintf(paths + length, sizeof paths - (size_t)length, "%s",
                           whole + root_length);
        note(OPERATION_RENAME, 0, 0, paths, (size_t)length);
    }
    pthread_mutex_unlock(&lock);
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

    pthread_mutex_lock(&lock);
    note(OPERATION_SEND, 0, 0, data(message), size(message));
    pthread_mutex_unlock(&lock);
    return real(message, socket, flags);
}

// --- Negative controls
// ---------------------------------------------------------

int
mdb_env_open(void *env, const char *path, unsigned flags, mode_t mode)
{
    int (*real)(void *, const char *, unsigned, mode_t) = REAL(mdb_env_open);
    enum { NOSYNC = 0x10000, NOMETASYNC = 0x40000 }; // as in lmdb.h

    if (lies("nosync"))
        flags |= NOSYNC;
    if (lies("nometasync"))
        flags |= NOMETASYNC;
    return real(env, path, flags, mode);
}
