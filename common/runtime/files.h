// SPDX-License-Identifier: Apache-2.0
//
// files: how many descriptors this process may have open.  Every connection
// needs one, also that of somebody who never says a word.
#pragma once

#include <stdbool.h>
#include <stdint.h>

// files_raise raises the limit as far as the system allows and returns it.
uint64_t files_raise(void);

// files_left tells whether one more could be opened, by trying it with an open
// one.
bool files_left(int fd);
