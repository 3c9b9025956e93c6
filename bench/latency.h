// SPDX-License-Identifier: Apache-2.0
//
// latency: every latency of a run, kept whole: no bucket blurs a percentile.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct latency {
    size_t count, capacity;
    uint32_t *us;
};

// latency_add is false without memory.
bool latency_add(struct latency *latency, int64_t us);
void latency_fini(struct latency *latency);

// latency_sort readies it for latency_at.
void latency_sort(struct latency *latency);
// latency_at returns the least one that `permille` of all do not exceed.
uint32_t latency_at(const struct latency *latency, unsigned permille);
