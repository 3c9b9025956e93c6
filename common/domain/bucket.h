// SPDX-License-Identifier: Apache-2.0
//
// bucket: how long something took, coarsely enough to be counted.
//
// Durations are counted in whole seconds, begun ones as whole.  Up to 15 s a
// bucket is one second; above, each power of two has eight of equal width, so
// that a bucket's last second is at most 12.5 % more than its first.  Counts
// of buckets add up and are taken back; quantiles are read from them.
#pragma once

#include <stdint.h>

enum { BUCKET_COUNT = 240 };

// bucket_of returns the bucket of a duration in ms; below 0 it is 0, beyond
// 2^32 - 1 seconds (136 years) the last one.
uint8_t bucket_of(int64_t duration_ms);

// bucket_top returns the last second of a bucket below BUCKET_COUNT.
int64_t bucket_top(uint8_t bucket);
