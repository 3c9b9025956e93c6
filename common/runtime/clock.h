// SPDX-License-Identifier: Apache-2.0
//
// clock: the only place that asks what time it is.
#pragma once

#include <stdint.h>

int64_t clock_wall_ms(void);   // ms since 1970-01-01T00:00Z; may jump
int64_t clock_steady_ms(void); // never goes back; for durations
int64_t clock_steady_us(void);
