// SPDX-License-Identifier: Apache-2.0
//
// samples: the shipped demo programme and dealers, read once and kept.
#pragma once

#include "common/domain/directory.h"
#include "common/domain/rulebook.h"

// They end the process when the files are not as shipped.
struct rulebook *samples_rulebook(void);
struct directory *samples_directory(void);
const struct rulebook_history *samples_history(void);

// samples_path returns the path of a file under deploy/, lent until the next.
const char *samples_path(const char *name);
