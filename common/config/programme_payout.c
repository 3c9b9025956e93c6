// SPDX-License-Identifier: Apache-2.0
//
// rebate.payout: knots, tiers or an exchange, and how much money there is.
#include <string.h>

#include "common/config/programme_parts.h"
#include "common/config/text.h"

static void
read_ladder(struct node list, enum payout_form form,
            struct payout_ladder *ladder)
{
    size_t at, count = draft_list(list, PAYOUT_STEPS_MAX);
    bool whole = count > 0;

    ladder->form = form;
    ladder->count = count;
    for (size_t i = 0; i < count; i++) {
        struct node step = node_at(list, i);
        struct payout_step *out = &ladder->steps[i];
        if (!node_map(step)) {
            whole = false;
            continue;
        }
        whole &= node_micro(node_need(step, "score"), 0, PAYOUT_SCORE_MAX,
                            &out->score_micro);
        whole &= node_whole(node_need(step, "ratio_ppm"), 0, PAYOUT_RATIO_MAX,
                            &out->ratio_ppm);
    }
    const char *problem = whole ? payout_problem(ladder, &at) : NULL;
    if (problem)
        node_problem(node_at(list, at), "%s", problem);
}

static void
read_budget(struct node rebate, struct scheme *scheme)
{
    struct node budget = node_get(rebate, "budget_fen");

    node_whole(node_need(rebate, "max_rate_ppm"), 0, POINTS_PPM,
               &scheme->max_rate_ppm);
    scheme->has_budget = node_whole(budget, 0, MONEY_MAX, &scheme->budget);
}

void
programme_payout(struct node rebate, struct scheme *scheme)
{
    struct node knots = node_get(rebate, "knots");
    struct node tiers = node_get(rebate, "tiers");
    struct node exchange = node_get(rebate, "exchange");
    int ways = (node_kind(knots) != NODE_ABSENT) +
               (node_kind(tiers) != NODE_ABSENT) +
               (node_kind(exchange) != NODE_ABSENT);

    if (ways != 1) {
        node_problem(rebate, "must have one of knots, tiers and exchange");
        return;
    }
    if (node_kind(exchange) == NODE_ABSENT) {
        bool linear = node_kind(knots) != NODE_ABSENT;
        read_ladder(linear ? knots : tiers,
                    linear ? PAYOUT_LINEAR : PAYOUT_TIERS, &scheme->ladder);
        read_budget(rebate, scheme);
        return;
    }
    scheme->payout = SCHEME_EXCHANGE;
    if (node_map(exchange))
        node_whole(node_need(exchange, "withhold_ppm"), 0, POINTS_PPM,
                   &scheme->withhold_ppm);
}
