// SPDX-License-Identifier: Apache-2.0
//
// secrecy: a process that holds secrets leaves no copy of its memory behind.
#pragma once

#include <stdbool.h>

// secrecy_begin forbids core dumps and keeps other processes of the same user
// from attaching or reading /proc/PID/mem.  Call it before a secret is read;
// again is fine.  False with errno.
bool secrecy_begin(void);
