// SPDX-License-Identifier: Apache-2.0
//
// filter: which keys are surely nowhere yet, in memory or in the store (a
// blocked Bloom filter).
//
// Most keys that arrive are new, and a look-up in a B-tree of millions costs
// more than all else done with them.  Six bits in one cache line per key: with
// 16 bits of memory per key one in a thousand new keys is looked up in vain.
// Until everything the store had at the start was added (filter_complete) the
// filter answers "may have" to all.
//
// Adding and asking may happen in several threads at once.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

struct filter;

// filter_open makes an empty filter of about `bytes`, a power of two.
MUST_USE enum status filter_open(struct filter **out, size_t bytes);
void filter_close(struct filter *filter); // NULL is fine

void filter_add(struct filter *filter, uint64_t hash);
void filter_complete(struct filter *filter);
void filter_prefetch(const struct filter *filter, uint64_t hash);

// filter_may_have: false only if the key was never added and all were.
bool filter_may_have(const struct filter *filter, uint64_t hash);
