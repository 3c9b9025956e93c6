// SPDX-License-Identifier: Apache-2.0
//
// paging: a part of a ranking: so many rows from one on, of the dealers whose
// id or name holds a text.
#pragma once

#include "client/buffer.h"
#include "client/ranking.h"
#include "reporter/target.h"

struct paging {
    bool is_wanted;       // any of the three was given
    const char *find;     // lent by the target; NULL: all dealers
    size_t limit, offset; // limit: SIZE_MAX when none was given
};

// paging_read reads find, limit (1 to 100000) and offset (0 to 10^9) of a
// target; a sentence when they will not do, else NULL.
const char *paging_read(struct paging *paging, const struct target *target);

// What is told about a page.
struct page_facts {
    size_t offset, found, dealers, ranked; // found: dealers that match
    bool has_values;
    int64_t low_micro, high_micro; // of all dealers, for the ends of a scale
};

// paging_cut keeps the rows of the page only.  The total stays that of all
// dealers.
void paging_cut(const struct paging *paging, struct ranking *ranking,
                struct page_facts *facts);

// paging_json writes `"page":{...}`.
void paging_json(const struct page_facts *facts, struct buffer *text);
