// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/config/programme.h"

enum { FIRST_BYTES = 64 * 1024 };

// Room for one byte more than allowed, to notice a file that is too large, and
// for a NUL behind it.
static enum status
read_all(int fd, size_t max_bytes, char **data, size_t *length)
{
    size_t capacity = 0, used = 0;
    char *bytes = NULL;

    for (;;) {
        if (used == capacity) {
            capacity = capacity ? capacity * 2 : FIRST_BYTES;
            if (capacity > max_bytes + 1)
                capacity = max_bytes + 1;
            char *larger =
                used > max_bytes ? NULL : realloc(bytes, capacity + 1);
            if (!larger) {
                free(bytes);
                return used > max_bytes ? STATUS_FULL : STATUS_SYSTEM;
            }
            bytes = larger;
        }
        ssize_t got = read(fd, bytes + used, capacity - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(bytes);
            return STATUS_NOT_FOUND;
        }
        if (got == 0)
            break;
        used += (size_t)got;
    }
    bytes[used] = '\0';
    *data = bytes;
    *length = used;
    return STATUS_OK;
}

enum status
file_take(const char *path, size_t max_bytes, char **data, size_t *length,
          struct problems *problems)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum status status = STATUS_NOT_FOUND;
    int why = errno;

    if (fd >= 0) {
        status = read_all(fd, max_bytes, data, length);
        why = errno;
        (void)close(fd);
    }
    if (status == STATUS_OK)
        return status;
    if (status == STATUS_FULL) {
        problem_add(problems, path, 0, "", "is larger than %zu bytes",
                    max_bytes);
        return STATUS_MALFORMED;
    }
    problem_add(problems, path, 0, "", "cannot be read: %s", strerror(why));
    return status;
}
