// SPDX-License-Identifier: Apache-2.0
#include "common/config/programme_parts.h"

enum { C_MILLI_MIN = 500, C_MILLI_MAX = 10000 };

void
programme_ranking(struct programme_draft *draft, struct node root)
{
    static const char *const methods[] = {"raw", "shrunken"};
    static const char *const spreads[] = {"before", "period"};
    struct node node = node_get(root, "ranking");
    struct ranking_rule *ranking = &draft->book->ranking;
    int64_t c_milli = 0;
    size_t choice;

    if (node_kind(node) == NODE_ABSENT || !node_map(node))
        return;
    if (node_choice(node_get(node, "method"), methods, 2, &choice))
        ranking->by_estimate = choice == 1;
    if (node_choice(node_get(node, "spread"), spreads, 2, &choice))
        ranking->spread_of_period = choice == 1;
    if (node_whole(node_get(node, "c_milli"), C_MILLI_MIN, C_MILLI_MAX,
                   &c_milli))
        ranking->c_milli = (uint32_t)c_milli;
}
