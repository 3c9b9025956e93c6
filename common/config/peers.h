// SPDX-License-Identifier: Apache-2.0
//
// peers: whether a programme and a directory of dealers fit each other.
#pragma once

#include "common/config/problem.h"
#include "common/domain/directory.h"
#include "common/domain/rulebook.h"

// peers_check adds a problem, at the programme's file, for each peer group
// that no row of the directory belongs to.  True when it added none.
bool peers_check(const struct rulebook *rulebook, const char *file,
                 const struct directory *directory, struct problems *problems);
