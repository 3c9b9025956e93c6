// SPDX-License-Identifier: Apache-2.0
#include "common/storage/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { OPEN_FILES = 16, COPY_BYTES = 1 << 16 };

bool
files_join(char out[FILES_PATH_MAX], const char *dir, const char *name)
{
    return snprintf(out, FILES_PATH_MAX, "%s/%s", dir, name) < FILES_PATH_MAX;
}

bool
files_exists(const char *path)
{
    struct stat ignored;
    return lstat(path, &ignored) == 0;
}

bool
files_is_vacant(const char *dir)
{
    DIR *list = opendir(dir);
    bool is_vacant = true;

    if (!list)
        return errno == ENOENT;
    for (struct dirent *entry; is_vacant && (entry = readdir(list));)
        is_vacant = strcmp(entry->d_name, ".") == 0 ||
                    strcmp(entry->d_name, "..") == 0 ||
                    strcmp(entry->d_name, "owner.lock") == 0 ||
                    strcmp(entry->d_name, "lost+found") == 0;
    closedir(list);
    return is_vacant;
}

static enum status
status_of_errno(void)
{
    switch (errno) {
    case ENOSPC:
    case EDQUOT:
        return STATUS_FULL;
    case ENOENT:
        return STATUS_UNAVAILABLE;
    default:
        return STATUS_SYSTEM;
    }
}

enum status
files_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return status_of_errno();
    enum status status = fsync(fd) ? STATUS_SYSTEM : STATUS_OK;
    close(fd);
    return status;
}

// sync_parent syncs the directory a name stands in.
static enum status
sync_parent(const char *path)
{
    char parent[FILES_PATH_MAX];
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        length--;
    while (length > 0 && path[length - 1] != '/')
        length--;
    while (length > 1 && path[length - 1] == '/')
        length--;
    if (length == 0)
        return files_sync(".");
    if (length >= sizeof parent)
        return STATUS_MALFORMED;
    memcpy(parent, path, length);
    parent[length] = 0;
    return files_sync(parent);
}

enum status
files_move(const char *from, const char *to)
{
    if (rename(from, to))
        return status_of_errno();
    enum status status = sync_parent(to);
    return status == STATUS_OK ? sync_parent(from) : status;
}

enum status
files_exchange(const char *one, const char *other)
{
    if (renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE))
        return errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP
                   ? STATUS_MALFORMED
                   : status_of_errno();
    enum status status = sync_parent(one);
    return status == STATUS_OK ? sync_parent(other) : status;
}

enum status
files_make_dir(const char *path)
{
    if (mkdir(path, 0700) == 0)
        return STATUS_OK;
    switch (errno) {
    case EEXIST:
        return STATUS_BUSY;
    case ENOSPC:
    case EDQUOT:
        return STATUS_FULL;
    default:
        return STATUS_SYSTEM;
    }
}

static enum status
write_all(const char *path, const char *text)
{
    size_t length = strlen(text);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return status_of_errno();
    errno = ENOSPC; // of a write cut short
    enum status status = write(fd, text, length) == (ssize_t)length
                             ? STATUS_OK
                             : status_of_errno();
    if (status == STATUS_OK && fsync(fd))
        status = STATUS_SYSTEM;
    close(fd);
    return status;
}

enum status
files_replace(const char *path, const char *text)
{
    char fresh[FILES_PATH_MAX];

    if (snprintf(fresh, sizeof fresh, "%s.new", path) >= (int)sizeof fresh)
        return STATUS_MALFORMED;
    enum status status = write_all(fresh, text);
    if (status == STATUS_OK)
        status = files_move(fresh, path);
    if (status != STATUS_OK)
        (void)unlink(fresh);
    return status;
}

static enum status
copy_bytes(int from, int to)
{
    uint8_t bytes[COPY_BYTES];

    for (;;) {
        ssize_t got = read(from, bytes, sizeof bytes);
        if (got < 0)
            return STATUS_SYSTEM;
        if (got == 0)
            return fsync(to) ? STATUS_SYSTEM : STATUS_OK;
        errno = ENOSPC; // of a write cut short
        if (write(to, bytes, (size_t)got) != got)
            return status_of_errno();
    }
}

enum status
files_copy(const char *from, const char *to)
{
    int source = open(from, O_RDONLY | O_CLOEXEC);
    if (source < 0)
        return status_of_errno();
    int target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    enum status status =
        target < 0 ? status_of_errno() : copy_bytes(source, target);
    if (target >= 0)
        close(target);
    close(source);
    return status == STATUS_OK ? sync_parent(to) : status;
}

static int
remove_one(const char *path, const struct stat *stat, int kind,
           struct FTW *place)
{
    (void)stat;
    (void)kind;
    (void)place;
    return remove(path);
}

enum status
files_remove(const char *path)
{
    if (!files_exists(path))
        return STATUS_OK;
    return nftw(path, remove_one, OPEN_FILES, FTW_DEPTH | FTW_PHYS)
               ? STATUS_SYSTEM
               : STATUS_OK;
}

enum status
files_free(const char *dir, uint64_t *bytes)
{
    struct statvfs disk;

    if (statvfs(dir, &disk))
        return status_of_errno();
    *bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
    return STATUS_OK;
}
