// SPDX-License-Identifier: Apache-2.0
//
// owner: only one process at a time owns a data directory.
#pragma once

#include "common/status.h"

struct owner;

// owner_take makes dir if it is missing and locks it until owner_release or
// the end of the process.  STATUS_BUSY: another process has it.
MUST_USE enum status owner_take(struct owner **out, const char *dir);
void owner_release(struct owner *owner); // NULL is fine
