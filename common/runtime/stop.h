// SPDX-License-Identifier: Apache-2.0
//
// stop: SIGTERM and SIGINT as a readable descriptor.
//
// Open it before any other thread or library starts, so that their threads
// inherit the blocked signals.  SIGPIPE and SIGXFSZ are ignored from then on.
#pragma once

#include <stdbool.h>

// stop_open returns a descriptor that becomes readable when asked to stop, or
// -1 with errno.
int stop_open(void);

// stop_asked takes a pending request without blocking.
bool stop_asked(int fd);
void stop_close(int fd);
