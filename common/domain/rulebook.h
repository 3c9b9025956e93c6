// SPDX-License-Identifier: Apache-2.0
//
// rulebook: HQ's rules as plain data, one version of programme.yaml.
//
// common/config reads and validates it and owns its memory; the domain only
// reads.  What the fold needs (zone, items, questionnaires, sets, pairs,
// clocks) is told apart from what only reading needs (KPIs, weights, cuts,
// minimum samples): a change of the first kind needs a refold, of the second
// none (docs/KPIS.md).
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/domain/event.h"
#include "common/domain/period.h"

enum {
    RULE_ID_MAX = 32, // bytes, without NUL
    RULE_NAME_MAX = 95,
    ITEM_NUMBER_MAX = 4095,
    SCALE_MAX = 100, // answers are 0..100
    SET_ITEMS_MAX = 8,
    KPI_ITEMS_MAX = 8,
    KPI_COUNTS_MAX = 4,
};

// An item of the programme's catalogue.  Its number means the same in every
// questionnaire and for ever.
struct item {
    uint16_t number; // 1..ITEM_NUMBER_MAX
    uint8_t lo, hi;  // the scale, inclusive, 0..SCALE_MAX
    char id[RULE_ID_MAX + 1];
    char name_en[RULE_NAME_MAX + 1], name_zh[RULE_NAME_MAX + 1];
};

struct questionnaire {
    char id[RULE_ID_MAX + 1];
    uint32_t version;
    size_t item_count;
    const uint16_t *items; // numbers, ascending
    size_t core_count;
    const uint16_t *core; // numbers, ascending; half of them make it complete
};

// Items whose joint moments are kept for complete answers (n, S_j, Q_jk).
struct item_set {
    uint8_t number; // 1..255, for ever
    uint8_t item_count;
    uint16_t items[SET_ITEMS_MAX];
};

// experience - expectation, on the same scale.
struct item_pair {
    uint8_t number; // 1..255, for ever
    uint16_t experience, expectation;
};

enum kpi_form {
    KPI_INDEX,    // 100 * sum w_j (mean_j - lo) / ((hi - lo) * sum w_j)
    KPI_NPS,      // 100 * (promoters - detractors) / n
    KPI_SHARE,    // 100 * n(value >= cut) / n
    KPI_MEAN,     // sum / n
    KPI_GAP,      // (sum experience - sum expectation) / n
    KPI_SLA,      // 100 * met / due
    KPI_COUNTER,  // a plain count
    KPI_RATIO,    // scale * counts / (counts - counts)
    KPI_QUANTILE, // minutes that per_cent of a kind took at most
    KPI_GAPS,     // sum w_p gap_p / sum w_p over pairs
};

// Plain counts (enum count) that are added up.
struct count_list {
    uint8_t count;
    uint16_t counts[KPI_COUNTS_MAX];
};

struct kpi_rule {
    char id[RULE_ID_MAX + 1];
    enum kpi_form form;
    uint8_t item_count;
    // INDEX: 1..8; NPS, SHARE, MEAN: one; GAPS: pair numbers
    uint16_t items[KPI_ITEMS_MAX];
    uint32_t weights[KPI_ITEMS_MAX]; // INDEX, GAPS: ppm or any integers > 0
    uint8_t cut;                     // SHARE: at least; NPS: promoters from
    uint8_t detractor_cut;           // NPS: detractors up to
    uint8_t pair;                    // GAP: pair number
    uint8_t class_mask;              // SLA: bit (1 << enum complaint_class)
    uint16_t count;                  // COUNTER: enum count
    // RATIO: scale * num / (den - minus), scale 1, 100 or 1000; `num` and
    // `den` have at least one count each.
    struct count_list num, den, minus;
    uint32_t scale;
    uint8_t timed;     // QUANTILE: enum timed
    uint8_t per_cent;  // QUANTILE: 1..99
    uint32_t min_n;    // fewer: listed, not ranked
    uint32_t flag_ppm; // 0: none; loyalty 600000
    bool lower_is_better;
    char name_en[RULE_NAME_MAX + 1], name_zh[RULE_NAME_MAX + 1];
};

struct scheme;     // scheme.h
struct peer_group; // peer.h
struct example;    // example.h

// How rankings treat chance; all zero is what holds without a word about it.
struct ranking_rule {
    bool by_estimate;      // by the shrunken value, not the raw one
    bool spread_of_period; // spreads from the period itself, not from before it
    uint32_t c_milli;      // standard errors apart; 0: STANDING_C_MILLI
};

struct rulebook {
    char id[RULE_ID_MAX + 1];
    uint32_t version;
    int64_t valid_from; // ms UTC
    struct zone zone;
    int64_t lookback_ms; // older events are refused, measured on receipt
    int64_t future_ms;   // events further ahead are RETRY
    uint32_t close_days; // a month is OPEN until its end + this
    int64_t clock_ms[CLASS_COUNT]; // SLA by class; 0: no clock
    int64_t emergency_update_ms;   // 1800000
    size_t item_count, questionnaire_count, set_count, pair_count, kpi_count;
    const struct item *items; // ascending number
    const struct questionnaire *questionnaires;
    const struct item_set *sets;
    const struct item_pair *pairs;
    const struct kpi_rule *kpis;
    const struct scheme *scheme; // the rebate; NULL: none
    struct ranking_rule ranking;
    size_t peer_count;
    const struct peer_group *peers; // narrower ones first
    size_t example_count;
    const struct example *examples; // tests the rulebook has of itself
};

// Every version ever published, ascending valid_from; later publications of
// the same instant come last and win.
struct rulebook_history {
    size_t count;
    const struct rulebook *const *versions;
};

// rulebook_at returns the version valid at an instant: the last one with
// valid_from <= at, the oldest when there is none.  NULL without any version.
const struct rulebook *rulebook_at(const struct rulebook_history *history,
                                   int64_t at);

// rulebook_fold_bytes writes, canonically, all that the fold needs of a
// version (valid_from, zone, items, questionnaires, sets, pairs, clocks) into
// out[capacity] and returns the length it has; call with capacity 0 to ask.
// Equal bytes: no refold.
size_t rulebook_fold_bytes(const struct rulebook *rulebook, uint8_t *out,
                           size_t capacity);

// The lookups return NULL when there is none.
const struct item *rulebook_item(const struct rulebook *rulebook,
                                 uint16_t number);
const struct item *rulebook_item_by_id(const struct rulebook *rulebook,
                                       const char *id);
const struct questionnaire *
rulebook_questionnaire(const struct rulebook *rulebook, struct span id,
                       uint32_t version);
bool questionnaire_has(const struct questionnaire *questionnaire,
                       uint16_t item);

// questionnaire_complete tells whether at least half of the core items were
// answered (not counting "not applicable").
bool questionnaire_complete(const struct questionnaire *questionnaire,
                            const struct survey *survey);

// rulebook_kpi finds a KPI by id.  "mean_<item id>" exists for every item and
// is written to *made, which the caller lends; it ranks from the smallest min_n
// of the survey KPIs on.
const struct kpi_rule *rulebook_kpi(const struct rulebook *rulebook,
                                    const char *id, struct kpi_rule *made);
