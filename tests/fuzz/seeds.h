// SPDX-License-Identifier: Apache-2.0
//
// seeds: what the files that write corpora share.
#pragma once

#include "common/span.h"

// seed_write writes <folder>/<target>/<name>.
void seed_write(const char *folder, const char *target, const char *name,
                struct span bytes);

// pages_write: addresses, and the figures behind them, for target http.
void pages_write(const char *folder);
