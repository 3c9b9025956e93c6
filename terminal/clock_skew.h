// SPDX-License-Identifier: Apache-2.0
//
// clock_skew: a clock that is minutes off, in words.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { CLOCK_SKEW_MS = 5 * 60 * 1000, CLOCK_SKEW_TEXT_MAX = 160 };

// clock_skew_text: false when this machine's clock is right within five
// minutes; offset_ms is headquarters' clock minus ours.
bool clock_skew_text(int64_t offset_ms, char text[CLOCK_SKEW_TEXT_MAX]);
