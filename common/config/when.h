// SPDX-License-Identifier: Apache-2.0
//
// when: dates, instants, offsets and durations as people write them.
//
// All readers want the whole text to match and return false otherwise.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/domain/period.h"
#include "common/span.h"

// when_date reads "2026-01-31"; the day must exist; years 1..9999.
bool when_date(struct span text, struct civil *date);

// when_offset reads "Z", "+08:00" or "-03:30" (at most 18 hours) in seconds.
bool when_offset(struct span text, int32_t *offset_s);

// when_duration reads a whole number and ms, s, min, h or d: "90d", "30min".
// At most 400,000 days.
bool when_duration(struct span text, int64_t *ms);

// when_read reads text by a format into ms UTC:
//   "iso"  2026-01-31T08:30:00.250+08:00; fraction and seconds may be missing,
//          a space may stand for the T; without an offset, local time
//   "ms", "s"  whole ms or seconds since 1970-01-01T00:00Z
//   otherwise YYYY MM DD hh mm ss stand for digits and every other byte for
//          itself: "DD.MM.YYYY hh:mm"; what is not named is 0
// Local time is UTC + offset_s.
bool when_read(struct span text, const char *format, int32_t offset_s,
               int64_t *ms);

// when_format_valid tells whether when_read knows a format: the day is named
// in full, every token once.
bool when_format_valid(const char *format);

// when_local turns local wall-clock time (ms as if it were UTC) into ms UTC:
// the first instant that shows it, or, when the clock jumps over it, the same
// distance after the jump.
int64_t when_local(const struct zone *zone, int64_t local_ms);
