// SPDX-License-Identifier: Apache-2.0
#include "common/runtime/stop.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int
stop_open(void)
{
    // A vanished reader or a full quota is an errno, not the end.
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR ||
        signal(SIGXFSZ, SIG_IGN) == SIG_ERR)
        return -1;

    sigset_t asked;
    sigemptyset(&asked);
    sigaddset(&asked, SIGTERM);
    sigaddset(&asked, SIGINT);
    if (sigprocmask(SIG_BLOCK, &asked, NULL) != 0)
        return -1;
    return signalfd(-1, &asked, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool
stop_asked(int fd)
{
    struct signalfd_siginfo info;
    return read(fd, &info, sizeof info) == (ssize_t)sizeof info;
}

void
stop_close(int fd)
{
    if (fd >= 0)
        close(fd);
}
