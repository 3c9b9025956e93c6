// SPDX-License-Identifier: Apache-2.0
//
// probe: how long until an aggregator serves.
#pragma once

#include "bench/keys.h"

// probe_run says HELLO as a collector until it is welcome and prints
// "ready_s SECONDS" since it was called.  False after ten minutes.
bool probe_run(const char *endpoint, const struct bench_keys *keys);
