// SPDX-License-Identifier: Apache-2.0
//
// bases: what each dealer's rebate is a share of, as a CSV file.  Columns, in
// any order, others passed over: dealer, base_fen (0 to MONEY_MAX).
#pragma once

#include "common/config/sheet.h"

struct base {
    const char *dealer;
    int64_t fen;
};

struct bases {
    size_t count;
    struct base *rows; // ascending dealer
    struct pool pool;
};

// bases_load reads a file.  STATUS_NOT_FOUND, STATUS_MALFORMED, STATUS_SYSTEM:
// everything that is wrong with it is in problems.
MUST_USE enum status bases_load(const char *path, struct bases *bases,
                                struct problems *problems);
void bases_fini(struct bases *bases);

// bases_find returns a dealer's base, -1 when the file has none.
int64_t bases_find(const struct bases *bases, const char *dealer);
