// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

uint64_t
files_raise(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    struct rlimit highest = {limit.rlim_max, limit.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &highest) == 0)
        return highest.rlim_cur;
    return limit.rlim_cur;
}

bool
files_left(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (copy < 0)
        return errno != EMFILE && errno != ENFILE;
    close(copy);
    return true;
}
