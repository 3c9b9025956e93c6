// SPDX-License-Identifier: Apache-2.0
//
// cut: the power cut of one ext4 file system, from now on, for everybody.
//
//   cut MOUNTPOINT
//
// What was not written to the device by now is lost, the file system's own log
// included (EXT4_IOC_SHUTDOWN, flag 2).  Needs root.  Never on a disk anybody
// needs.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define EXT4_IOC_SHUTDOWN _IOR('X', 125, uint32_t)

int
main(int argc, char **argv)
{
    uint32_t without_log = 2;

    if (argc != 2)
        return 64;
    int fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, EXT4_IOC_SHUTDOWN, &without_log) != 0) {
        perror(argv[1]);
        return 71;
    }
    (void)close(fd);
    return 0;
}
