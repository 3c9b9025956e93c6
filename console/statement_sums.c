// SPDX-License-Identifier: Apache-2.0
#include "console/statement_sums.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/domain/money.h"
#include "common/domain/payout.h"
#include "common/domain/points.h"
#include "common/domain/scheme.h"

// A ratio of counters may pass the whole, but not by a million.
enum { PPM_FACTOR_MAX = 1000000 };

struct sums {
    const struct statement_head *head;
    const json_t *pack, *rules, *result;
    struct points_measure measures[SCHEME_DIMENSIONS_MAX];
    size_t count;
    struct points_score score;
    char *problem;
};

static bool
differs(struct sums *sums, const char *what)
{
    snprintf(sums->problem, STATEMENT_PROBLEM_MAX, "recomputed, %s differs",
             what);
    return false;
}

static const json_t *
at(const json_t *object, const char *key)
{
    return json_object_get(object, key);
}

static int64_t
number(const json_t *object, const char *key)
{
    return json_integer_value(at(object, key));
}

// is_number tells whether a member is the number, or null for none.
static bool
is_number(const json_t *object, const char *key, bool there, int64_t value)
{
    const json_t *member = at(object, key);

    return there
               ? json_is_integer(member) && json_integer_value(member) == value
               : json_is_null(member);
}

static bool
is_text(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(at(object, key));

    return value && strcmp(value, text) == 0;
}

static bool
is_hash(const json_t *object, const char *key, const uint8_t *hash)
{
    char hex[2 * TRACE_HASH_SIZE + 1];

    statement_hex(hash, TRACE_HASH_SIZE, hex);
    return is_text(object, key, hex);
}

// --- Head and pack -----------------------------------------------------------

static int64_t
paid(const json_t *result)
{
    const json_t *exchange = at(result, "exchange");

    return json_is_object(exchange) ? number(exchange, "net_fen")
                                    : number(at(result, "payout"), "fen");
}

static bool
check_head(struct sums *sums)
{
    const struct statement_head *head = sums->head;
    const json_t *source = at(sums->pack, "source");
    const json_t *period = at(at(sums->pack, "input"), "period");
    const bool is_final = head->kind != STATEMENT_PROVISIONAL;

    if (!is_text(sums->pack, "dealer", head->dealer) ||
        !is_text(period, "first", head->first) ||
        !is_text(period, "last", head->last))
        return differs(sums, "whose statement of which period it is,");
    if (!is_text(sums->pack, "state", is_final ? "FINAL" : "PROVISIONAL") ||
        !json_is_true(at(sums->pack, "signed")))
        return differs(sums, "the state");
    if (!is_hash(source, "head", head->head) ||
        !is_hash(source, "programme_hash", head->programme_hash) ||
        number(source, "journal_position") != (int64_t)head->journal_position)
        return differs(sums, "what it stands on, the head of the journal or "
                             "the programme,");
    if (paid(sums->result) != head->amount_fen)
        return differs(sums, "amount_fen");
    if (head->version == 0 || head->has_previous != (head->version > 1))
        return differs(sums, "the version");
    return true;
}

// --- Points and score --------------------------------------------------------

static bool
take_ppm(const json_t *figure, int64_t *ppm)
{
    const json_t *value = at(figure, "ppm");

    *ppm = json_integer_value(value);
    return json_is_integer(value);
}

static bool
is_sane(int64_t ppm)
{
    const int64_t limit = (int64_t)POINTS_PPM * PPM_FACTOR_MAX;

    return ppm >= -limit && ppm <= limit;
}

static bool
take_measure(const json_t *rule, const json_t *got,
             struct points_measure *measure)
{
    int64_t weight = number(rule, "weight_ppm");

    *measure = (struct points_measure){
        .scale = {.floor = number(rule, "floor_ppm"),
                  .threshold = number(rule, "threshold_ppm"),
                  .benchmark = number(rule, "benchmark_ppm")},
        .weight = (uint32_t)weight};
    measure->has_performance =
        take_ppm(at(got, "period"), &measure->performance);
    measure->has_base = take_ppm(at(got, "baseline"), &measure->base);
    return weight >= 0 && weight <= POINTS_PPM &&
           is_sane(measure->performance) && is_sane(measure->base) &&
           !points_scale_problem(&measure->scale);
}

static bool
check_points(struct sums *sums)
{
    const json_t *rules = at(sums->rules, "dimensions");
    const json_t *result = at(sums->result, "dimensions");

    sums->count = json_array_size(rules);
    if (sums->count != json_array_size(result) ||
        sums->count > SCHEME_DIMENSIONS_MAX)
        return differs(sums, "the number of dimensions");
    for (size_t i = 0; i < sums->count; i++) {
        const json_t *got = json_array_get(result, i);
        if (!take_measure(json_array_get(rules, i), got, &sums->measures[i]))
            return differs(sums, "a scale, a weight or a performance");
        struct points points = points_of(&sums->measures[i]);
        if (!is_number(got, "achievement", points.achievement != POINTS_NONE,
                       points.achievement) ||
            !is_number(got, "improvement", points.improvement != POINTS_NONE,
                       points.improvement) ||
            !is_number(got, "points", points.points != POINTS_NONE,
                       points.points))
            return differs(sums, "what a dimension is worth");
    }
    return true;
}

static bool
check_score(struct sums *sums)
{
    const json_t *got = at(sums->result, "score");
    int64_t consistency = number(sums->rules, "consistency");

    if (consistency < 0 || consistency > 100)
        return differs(sums, "the weight of consistency");
    sums->score = points_score(sums->measures, sums->count, (int)consistency);
    const struct points_score *score = &sums->score;
    const struct statement_head *head = sums->head;
    if (score->has_value != head->has_score ||
        (score->has_value ? score->score_micro : 0) != head->score_micro)
        return differs(sums, "score_micro");
    if (!score->has_value)
        return json_is_null(got) || differs(sums, "the score");
    return (is_number(got, "points_sum", true, score->points_sum) &&
            is_number(got, "weight_sum", true, score->weight_sum) &&
            is_number(got, "base_micro", true, score->base_micro) &&
            is_number(got, "consistency", true, score->consistency) &&
            is_number(got, "weakest_num", true, score->weakest_num) &&
            is_number(got, "weakest_den", true, score->weakest_den) &&
            is_number(got, "score_micro", true, score->score_micro)) ||
           differs(sums, "the score");
}

// --- Ratio, gates, money
// -------------------------------------------------------

static bool
take_ladder(const json_t *payout, struct payout_ladder *ladder)
{
    const json_t *steps = at(payout, "steps");
    size_t place;

    ladder->form =
        is_text(payout, "form", "tiers") ? PAYOUT_TIERS : PAYOUT_LINEAR;
    ladder->count = json_array_size(steps);
    if (ladder->count > PAYOUT_STEPS_MAX)
        return false;
    for (size_t i = 0; i < ladder->count; i++) {
        const json_t *step = json_array_get(steps, i);
        ladder->steps[i] =
            (struct payout_step){json_integer_value(json_array_get(step, 0)),
                                 json_integer_value(json_array_get(step, 1))};
    }
    return !payout_problem(ladder, &place);
}

// check_gates follows the ratio from gate to gate to the one that is paid.
static bool
check_gates(struct sums *sums, const json_t *payout)
{
    const json_t *gates = at(sums->result, "gates");
    int64_t ratio = sums->score.has_value ? number(payout, "score_ratio_ppm")
                                          : number(payout, "peer_ppm");

    for (size_t i = 0; i < json_array_size(gates); i++) {
        const json_t *gate = json_array_get(gates, i);
        if (number(gate, "before_ppm") != ratio)
            return differs(sums, "the ratio before a gate");
        if (!json_is_true(at(gate, "failed")) &&
            number(gate, "after_ppm") != ratio)
            return differs(sums, "the ratio after a gate that held");
        ratio = number(gate, "after_ppm");
    }
    if (ratio > PAYOUT_RATIO_MAX)
        ratio = PAYOUT_RATIO_MAX;
    return number(payout, "ratio_ppm") == ratio ||
           differs(sums, "the ratio after the gates");
}

static bool
check_ladder(struct sums *sums)
{
    const json_t *rules = at(sums->rules, "payout");
    const json_t *payout = at(sums->result, "payout");
    struct payout_ladder ladder;
    struct money_gross gross;

    if (!take_ladder(rules, &ladder))
        return differs(sums, "the ladder");
    int64_t ratio = sums->score.has_value
                        ? payout_ratio(&ladder, sums->score.score_micro)
                        : 0;
    if (number(payout, "score_ratio_ppm") != ratio)
        return differs(sums, "the ratio of the score");
    if (!check_gates(sums, payout))
        return false;
    if (!money_gross(number(at(sums->pack, "input"), "base_fen"),
                     number(rules, "max_rate_ppm"), number(payout, "ratio_ppm"),
                     &gross) ||
        number(payout, "fen") != gross.fen ||
        number(payout, "residue") != gross.residue)
        return differs(sums, "the money");
    return true;
}

bool
statement_sums_check(const struct statement_head *head, struct span pack,
                     char problem[STATEMENT_PROBLEM_MAX])
{
    struct sums sums = {.head = head, .problem = problem};
    json_t *json = json_loadb((const char *)pack.data, pack.length,
                              JSON_REJECT_DUPLICATES, NULL);

    if (!json) {
        snprintf(problem, STATEMENT_PROBLEM_MAX, "the pack is not JSON");
        return false;
    }
    sums.pack = json;
    sums.rules = at(json, "rules");
    sums.result = at(json, "result");
    bool good =
        check_head(&sums) && check_points(&sums) && check_score(&sums) &&
        (json_is_object(at(sums.result, "exchange")) || check_ladder(&sums));
    json_decref(json);
    return good;
}
