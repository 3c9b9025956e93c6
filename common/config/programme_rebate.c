// SPDX-License-Identifier: Apache-2.0
//
// rebate: consistency, calendar, and what the other files read.
#include "common/config/programme_parts.h"
#include "common/config/text.h"

enum { DAYS_MAX = 3660 };

// Cumulative days from the period's end.
static void
read_calendar(const struct rulebook *book, struct node rebate,
              struct scheme *scheme)
{
    static const char *const keys[] = {"provisional", "review", "decisions",
                                       "final"};
    struct node node = node_get(rebate, "calendar");
    int64_t days[] = {10, 20, 35, 45};

    if (book->close_days > days[0])
        days[0] = book->close_days;
    if (node_kind(node) != NODE_ABSENT && !node_map(node))
        return;
    for (int i = 0; i < 4; i++) {
        struct node day = node_get(node, keys[i]);
        node_whole(day, 0, DAYS_MAX, &days[i]);
        struct node at = node_kind(day) == NODE_ABSENT ? rebate : day;
        if (i == 0 && days[0] < (int64_t)book->close_days)
            node_problem(at,
                         "%s is before the grace ends; it must be at least "
                         "close_days, %u",
                         keys[0], book->close_days);
        if (i > 0 && days[i] < days[i - 1])
            node_problem(at, "%s, day %d, is before %s, day %d", keys[i],
                         (int)days[i], keys[i - 1], (int)days[i - 1]);
    }
    scheme->provisional_days = (uint32_t)days[0];
    scheme->review_days = (uint32_t)days[1];
    scheme->decision_days = (uint32_t)days[2];
    scheme->final_days = (uint32_t)days[3];
}

uint8_t
draft_part(struct node node, struct scheme *scheme, bool make)
{
    char id[RULE_ID_MAX + 1];

    if (!node_id(node, id, sizeof id))
        return SCHEME_NO_PART;
    for (size_t i = 0; i < scheme->part_count; i++)
        if (strcmp(scheme->parts[i], id) == 0)
            return (uint8_t)i;
    if (!make) {
        node_problem(node, "no dimension belongs to a part called %s", id);
        return SCHEME_NO_PART;
    }
    if (scheme->part_count == GATE_PARTS_MAX) {
        node_problem(node, "there are more than %d parts", GATE_PARTS_MAX);
        return SCHEME_NO_PART;
    }
    memcpy(scheme->parts[scheme->part_count], id, sizeof id);
    return (uint8_t)scheme->part_count++;
}

void
programme_rebate(struct programme_draft *draft, struct node root)
{
    struct node rebate = node_get(root, "rebate");
    int64_t consistency = POINTS_CONSISTENCY;

    if (node_kind(rebate) == NODE_ABSENT || !node_map(rebate))
        return;
    struct scheme *scheme = draft_take(draft, 1, sizeof *scheme);
    if (!scheme)
        return;
    node_whole(node_get(rebate, "consistency"), 0, 100, &consistency);
    scheme->consistency = (int)consistency;
    read_calendar(draft->book, rebate, scheme);
    programme_dimensions(draft, rebate, scheme);
    programme_payout(rebate, scheme);
    programme_gates(rebate, scheme);
    programme_peer_schemes(draft, scheme);
    draft->book->scheme = scheme;
}
