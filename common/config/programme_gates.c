// SPDX-License-Identifier: Apache-2.0
//
// rebate.gates and rebate.caps.
#include <string.h>

#include "common/config/programme_parts.h"

static const char *const figures[GATE_FIGURE_COUNT] = {
#define X(name, text) text,
    GATE_FIGURE_MAP(X)
#undef X
};

static bool
is_count(enum gate_figure_id figure)
{
    return figure == GATE_SAMPLE || figure == GATE_VETO ||
           figure == GATE_VERDICT || figure == GATE_FRAUD;
}

// The key a question's limit stands under, and what it means.
static const struct {
    const char *key;
    enum gate_form form;
    bool count;
} limits[] = {
    {"at_least_ppm", GATE_AT_LEAST, false},
    {"at_most_ppm", GATE_AT_MOST, false},
    {"not_below_ppm", GATE_NOT_BELOW, false},
    {"at_least", GATE_COUNT_AT_LEAST, true},
    {"at_most", GATE_COUNT_AT_MOST, true},
};

static void
read_question(struct node node, struct gate_question *question)
{
    size_t figure, given = 0;

    if (!node_map(node) || !node_choice(node_need(node, "figure"), figures,
                                        GATE_FIGURE_COUNT, &figure))
        return;
    bool count = is_count((enum gate_figure_id)figure);
    question->figure = (enum gate_figure_id)figure;
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct node limit = node_get(node, limits[i].key);
        if (node_kind(limit) == NODE_ABSENT)
            continue;
        given++;
        question->form = limits[i].form;
        node_whole(limit, 0, count ? MONEY_MAX : POINTS_PPM, &question->limit);
        if (limits[i].count != count)
            node_problem(limit,
                         count ? "%s is a count: give at_least or "
                                 "at_most"
                               : "%s is a share: give at_least_ppm, "
                                 "at_most_ppm or not_below_ppm",
                         figures[figure]);
    }
    if (given != 1)
        node_problem(node, "must have one limit: at_least_ppm, at_most_ppm, "
                           "not_below_ppm, at_least or at_most");
    if (!count)
        node_whole(node_get(node, "min_n"), 0, INT64_C(1) << 40,
                   &question->min_den);
}

static void
read_effect(struct node node, struct scheme *scheme, struct gate *gate)
{
    static const char *const effects[] = {"peers", "factor", "cap", "part",
                                          "zero"};
    size_t effect;

    if (!node_choice(node_need(node, "effect"), effects, 5, &effect))
        return;
    gate->effect = (enum gate_effect)effect;
    if (gate->effect == GATE_FACTOR || gate->effect == GATE_CAP)
        node_whole(node_need(node, "amount_ppm"), 0, GATE_RATIO_MAX,
                   &gate->amount_ppm);
    if (gate->effect == GATE_PART) {
        uint8_t part = draft_part(node_need(node, "part"), scheme, false);
        gate->part = part == SCHEME_NO_PART ? 0 : part;
    }
}

static void
read_gate(struct node node, struct scheme *scheme, struct gate *gate)
{
    if (!node_map(node))
        return;
    node_id(node_need(node, "id"), gate->id, sizeof gate->id);
    for (size_t i = 0; gate->id[0] && i < scheme->gates.count; i++)
        if (strcmp(scheme->gates.gates[i].id, gate->id) == 0)
            node_problem(node, "the id %s is taken", gate->id);
    struct node list = node_need(node, "ask");
    gate->question_count = draft_list(list, GATE_QUESTIONS_MAX);
    for (size_t i = 0; i < gate->question_count; i++)
        read_question(node_at(list, i), &gate->questions[i]);
    read_effect(node, scheme, gate);
    node_whole(node_get(node, "review_from"), 1, MONEY_MAX,
               &gate->review_count);
}

static void
read_caps(struct node caps, struct gate_caps *out)
{
    if (node_kind(caps) == NODE_ABSENT || !node_map(caps))
        return;
    out->has_rise = node_whole(node_get(caps, "rise_ppm"), 0, GATE_RATIO_MAX,
                               &out->rise_ppm);
    out->has_fall = node_whole(node_get(caps, "fall_ppm"), 0, GATE_RATIO_MAX,
                               &out->fall_ppm);
}

void
programme_gates(struct node rebate, struct scheme *scheme)
{
    struct node list = node_get(rebate, "gates");
    struct node caps = node_get(rebate, "caps");

    read_caps(caps, &scheme->gates.caps);
    if (scheme->payout == SCHEME_EXCHANGE &&
        (node_kind(list) != NODE_ABSENT || node_kind(caps) != NODE_ABSENT))
        node_problem(rebate, "an exchange has no gates and no caps: its pot is "
                             "paid out in full");
    if (node_kind(list) == NODE_ABSENT)
        return;
    size_t count = draft_list(list, GATES_MAX);
    for (size_t i = 0; i < count; i++) {
        read_gate(node_at(list, i), scheme, &scheme->gates.gates[i]);
        scheme->gates.count = i + 1;
    }
}
