// SPDX-License-Identifier: Apache-2.0
//
// alert_list: the alerts of a store, as far as they were followed.
//
// A list never changes; what is new makes another one.  It may be shared
// between threads.
#pragma once

#include <stdatomic.h>

#include "common/domain/alert.h"

enum { ALERTS_MAX = 100000 };

struct alert_entry {
    struct entity_key key; // of the set
    struct alert alert;    // `dealer` means nothing here
    char dealer[DEALER_ID_MAX + 1];
};

struct alert_list {
    atomic_uint holders;
    uint64_t position; // what the list shows
    bool is_cut;       // there are more than ALERTS_MAX
    size_t count;
    struct alert_entry entries[]; // ascending key
};

struct alert_list *alert_list_share(struct alert_list *list);
void alert_list_close(struct alert_list *list); // NULL is fine

// alert_list_merge makes the list that `fresh` entries turn `list` (NULL: an
// empty one) into: of one key the last fresh entry holds, one of kind NONE
// removes it.  Detractors from before `since_ms` are left out.  NULL: no
// memory.
struct alert_list *alert_list_merge(const struct alert_list *list,
                                    const struct alert_entry *fresh,
                                    size_t count, int64_t since_ms,
                                    uint64_t position);
