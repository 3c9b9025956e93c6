// SPDX-License-Identifier: Apache-2.0
//
// bench-sync: how long this disk alone takes to sync 4 KiB, twice a
// millisecond; what receipts are held against.
//
//   bench-sync DIR COUNT
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "bench/latency.h"
#include "common/runtime/clock.h"

enum { PAGE = 4096 };

static bool
sync_some(int fd, size_t count, struct latency *latency)
{
    static const char page[PAGE];
    const struct timespec pause = {.tv_nsec = 500000};

    for (size_t i = 0; i < count; i++) {
        if (pwrite(fd, page, PAGE, (off_t)(i * PAGE)) != PAGE)
            return false;
        int64_t began = clock_steady_us();
        if (fdatasync(fd) || !latency_add(latency, clock_steady_us() - began))
            return false;
        nanosleep(&pause, NULL);
    }
    return true;
}

int
main(int argc, char **argv)
{
    struct latency latency = {0};

    if (argc != 3) {
        fprintf(stderr, "usage: bench-sync DIR COUNT\n");
        return EX_USAGE;
    }
    int fd = open(argv[1], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0 || !sync_some(fd, strtoull(argv[2], NULL, 10), &latency)) {
        perror("bench-sync");
        return EX_IOERR;
    }
    close(fd);
    latency_sort(&latency);
    printf("p50_us %u\np99_us %u\n", latency_at(&latency, 500),
           latency_at(&latency, 990));
    latency_fini(&latency);
    return EX_OK;
}
