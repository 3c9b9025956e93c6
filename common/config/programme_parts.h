// SPDX-License-Identifier: Apache-2.0
//
// programme_parts: the sections of programme.yaml, inside common/config only.
//
// Each reader records problems in the tree and goes on; the draft is worth
// something only when tree_finish finds none.
#pragma once

#include "common/config/pool.h"
#include "common/config/yaml_value.h"
#include "common/domain/rulebook.h"
#include "common/domain/scheme.h"

enum {
    QUESTIONNAIRES_MAX = 256,
    NUMBERED_MAX = 255, // sets, pairs
    KPIS_MAX = 256,
    WEIGHT_MAX = 1000000000,
};

struct programme_draft {
    struct pool *pool;
    struct rulebook *book;
    const struct item **by_id; // ascending id, book->item_count of them
    int64_t min_n;             // of KPIs that do not say
    bool out_of_memory;
    size_t frozen_count; // of peer groups, programme_frozen.c's
    struct frozen *frozen;
};

// draft_take is pool_take that remembers a failure in the draft.
void *draft_take(struct programme_draft *draft, size_t count, size_t size);

// draft_list returns how many members a needed list has; 0 with a problem when
// it is none or has more than max.
size_t draft_list(struct node list, size_t max);

// draft_name reads name: {en, zh}, or one text for both; fallback when absent.
void draft_name(struct node owner, const char *fallback,
                char en[RULE_NAME_MAX + 1], char zh[RULE_NAME_MAX + 1]);

void programme_zone(struct programme_draft *draft, struct node root);
void programme_items(struct programme_draft *draft, struct node root);
void programme_questionnaires(struct programme_draft *draft, struct node root);
void programme_sets(struct programme_draft *draft, struct node root);
void programme_pairs(struct programme_draft *draft, struct node root);
void programme_kpis(struct programme_draft *draft, struct node root);

// The forms of KPIs that are made of plain counts.
void programme_counter(struct node node, struct kpi_rule *kpi);
void programme_ratio(struct node node, struct kpi_rule *kpi);
void programme_quantile(struct node node, struct kpi_rule *kpi);

// The optional section `peers`.
void programme_peers(struct programme_draft *draft, struct node root);

// The optional section `ranking`.
void programme_ranking(struct programme_draft *draft, struct node root);

// The optional section `rebate`, and its parts; after the KPIs.
void programme_rebate(struct programme_draft *draft, struct node root);
void programme_dimensions(struct programme_draft *draft, struct node rebate,
                          struct scheme *scheme);
// programme_frozen reads a dimension's thresholds, and those of peer groups;
// programme_peer_schemes gives each group a scheme once all else is read.
void programme_frozen(struct programme_draft *draft, struct node leaf,
                      struct scheme *scheme, size_t dimension);
void programme_peer_schemes(struct programme_draft *draft,
                            struct scheme *scheme);
void programme_payout(struct node rebate, struct scheme *scheme);
void programme_gates(struct node rebate, struct scheme *scheme);

// The optional section `tests`; after everything else.
void programme_tests(struct programme_draft *draft, struct node root);
struct example;
void programme_expected(struct programme_draft *draft, struct node test,
                        struct example *example);

// draft_part returns the index of a part, a new one if need be (make);
// SCHEME_NO_PART with a problem when there is none or no room.
uint8_t draft_part(struct node node, struct scheme *scheme, bool make);

// draft_item reads a reference to an item, its id or its number; NULL with a
// problem when there is none.
const struct item *draft_item(const struct programme_draft *draft,
                              struct node node);

// draft_items reads a list of 1..max references, each once, in the order of
// the file, and returns how many; out has room for max.
size_t draft_items(const struct programme_draft *draft, struct node list,
                   size_t max, const struct item **out);
