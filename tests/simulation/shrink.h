// SPDX-License-Identifier: Apache-2.0
//
// shrink: from a failing plan to a small one that still fails: fewer events,
// terminals and collectors, and only the faults that matter.
#pragma once

#include "tests/simulation/rules.h"
#include "tests/simulation/world.h"

struct shrunk {
    struct plan plan; // its choice lends `list`
    struct fault *list;
    size_t runs; // worlds it took
    char failure[sizeof((struct world *)0)->failure];
};

// shrink_plan takes a plan that fails; nothing else may be wrong with it.
void shrink_plan(struct shrunk *shrunk, const struct plan *plan,
                 const struct rules *rules);
void shrunk_fini(struct shrunk *shrunk);
