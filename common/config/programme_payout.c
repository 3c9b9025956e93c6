// SPDX-License-Identifier: Apache-2.0
//
// rebate.payout: knots, tiers or an exchange, and how much money there is.
#include <string.h>

#include "common/config/programme_parts.h"
#include "common/config/text.h"

// read_score reads points with up to six decimals, "82.5", in micro.
static bool
read_score(struct node node, int64_t *micro)
{
    bool plain;
    struct span text = node_raw(node, &plain), rest = {0};
    const uint8_t *dot =
        text.length ? memchr(text.data, '.', text.length) : NULL;
    int64_t whole, part = 0;

    if (node_kind(node) == NODE_ABSENT)
        return false;
    if (dot) {
        uint32_t before = (uint32_t)(dot - text.data);
        rest = span_of(dot + 1, text.length - before - 1);
        text.length = before;
    }
    bool fits = node_kind(node) == NODE_SCALAR && plain &&
                text_whole(text, &whole) && whole >= 0 && whole <= 100 &&
                rest.length <= 6 && (!dot || rest.length > 0);
    for (uint32_t i = 0; fits && i < 6; i++) {
        uint8_t digit = i < rest.length ? rest.data[i] : '0';
        fits = digit >= '0' && digit <= '9';
        part = part * 10 + digit - '0';
    }
    if (!fits) {
        node_problem(node, "must be points from 0 to 100, such as 75 or 82.5");
        return false;
    }
    *micro = whole * POINTS_MICRO + part;
    return true;
}

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
        whole &= read_score(node_need(step, "score"), &out->score_micro);
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
