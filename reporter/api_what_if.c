// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/variation.h"
#include "client/what_if.h"
#include "common/domain/sort.h"
#include "reporter/api.h"
#include "reporter/api_parts.h"
#include "reporter/paging.h"

enum { BINS = 12, MOVERS = 50 };

static void
scheme_json(struct buffer *text, const char *key, const struct scheme *scheme)
{
    const struct payout_ladder *ladder = &scheme->ladder;
    const char *form = ladder->form == PAYOUT_TIERS ? "tiers" : "linear";

    buffer_format(text,
                  ",\"%s\":{\"form\":\"%s\",\"consistency\":%d,"
                  "\"max_rate_ppm\":%" PRId64 ",\"withhold_ppm\":%" PRId64
                  ",\"dimensions\":[",
                  key, scheme->payout == SCHEME_EXCHANGE ? "exchange" : form,
                  scheme->consistency, scheme->max_rate_ppm,
                  scheme->withhold_ppm);
    for (size_t i = 0; i < scheme->dimension_count; i++) {
        const struct scheme_dimension *dimension = &scheme->dimensions[i];
        buffer_put(text, i > 0 ? ",{\"kpi\":" : "{\"kpi\":");
        buffer_json(text, dimension->kpi);
        buffer_format(text,
                      ",\"weight_ppm\":%" PRIu32 ",\"floor_ppm\":%" PRId64
                      ",\"threshold_ppm\":%" PRId64
                      ",\"benchmark_ppm\":%" PRId64 "}",
                      dimension->weight_ppm, dimension->scale.floor,
                      dimension->scale.threshold, dimension->scale.benchmark);
    }
    buffer_put(text, "],\"steps\":[");
    for (size_t i = 0; i < ladder->count; i++)
        buffer_format(text, "%s[%" PRId64 ",%" PRId64 "]", i > 0 ? "," : "",
                      ladder->steps[i].score_micro, ladder->steps[i].ratio_ppm);
    buffer_put(text, "]}");
}

static void
calendar_json(struct buffer *text, const struct scheme *scheme)
{
    buffer_format(text,
                  ",\"calendar\":{\"provisional\":%" PRIu32
                  ",\"review\":%" PRIu32 ",\"decisions\":%" PRIu32
                  ",\"final\":%" PRIu32 "}",
                  scheme->provisional_days, scheme->review_days,
                  scheme->decision_days, scheme->final_days);
}

static void
sum_json(struct buffer *text, const char *key, const struct scores *scores)
{
    size_t ranked = 0, nothing = 0;

    for (size_t i = 0; i < scores->count; i++) {
        ranked += scores->rows[i].rank > 0;
        nothing += scores->rows[i].rate_ppm == 0;
    }
    buffer_format(text,
                  ",\"%s\":{\"mean_rate_ppm\":%" PRId64 ",\"peer_ppm\":%" PRId64
                  ",\"ranked\":%zu,\"unpaid\":%zu}",
                  key, scores->mean_rate_ppm, scores->peer_ppm, ranked,
                  nothing);
}

// bins_json: how many dealers are paid which rate; the last bin includes its
// end.
static void
bins_json(struct buffer *text, const struct what_if *what_if)
{
    size_t now[BINS] = {0}, then[BINS] = {0}, count = what_if->then->count;
    int64_t most = BINS;

    for (size_t i = 0; i < count; i++) {
        int64_t a = what_if->now->rows[i].rate_ppm;
        int64_t b = what_if->then->rows[i].rate_ppm;
        most = a > most ? a : most;
        most = b > most ? b : most;
    }
    int64_t width = (most + BINS - 1) / BINS;
    for (size_t i = 0; i < count; i++) {
        int64_t a = what_if->now->rows[i].rate_ppm / width;
        int64_t b = what_if->then->rows[i].rate_ppm / width;
        now[a < BINS ? a : BINS - 1]++;
        then[b < BINS ? b : BINS - 1]++;
    }
    buffer_put(text, ",\"bins\":[");
    for (int64_t i = 0; i < BINS; i++)
        buffer_format(text,
                      "%s{\"from_ppm\":%" PRId64 ",\"to_ppm\":%" PRId64
                      ",\"now\":%zu,\"then\":%zu}",
                      i > 0 ? "," : "", i * width, (i + 1) * width, now[i],
                      then[i]);
    buffer_put(text, "]");
}

static int64_t
moved_by(const struct what_if *what_if, size_t i)
{
    return llabs(what_if->then->rows[i].rate_ppm -
                 what_if->now->rows[i].rate_ppm);
}

// Who is moved most comes first; of equals, the ids ascend.
static bool
moved_more(const void *a, const void *b, const void *rule)
{
    const struct what_if *what_if = rule;
    size_t left = *(const size_t *)a, right = *(const size_t *)b;
    int64_t by_left = moved_by(what_if, left);
    int64_t by_right = moved_by(what_if, right);

    return by_left != by_right ? by_left > by_right : left < right;
}

static void
side_json(struct buffer *text, const char *key, const struct scores_row *row)
{
    char score[KPI_TEXT_MAX];

    buffer_format(text, ",\"%s\":{\"rank\":", key);
    buffer_format(text, row->rank > 0 ? "%" PRIu32 : "null", row->rank);
    buffer_put(text, ",\"score\":");
    if (row->outcome.score.has_value) {
        kpi_text(row->outcome.score.score_micro, score);
        buffer_json(text, score);
    } else {
        buffer_put(text, "null");
    }
    buffer_format(text, ",\"rate_ppm\":%" PRId64 ",\"insufficient\":%s}",
                  row->rate_ppm,
                  row->outcome.gates.insufficient ? "true" : "false");
}

// movers_json lists those whose rate changes, the most moved ones.
static void
movers_json(struct buffer *text, const struct what_if *what_if, size_t limit)
{
    size_t *order = calloc(what_if->then->count + 1, sizeof *order);
    size_t count = 0;

    if (!order) {
        text->failed = true;
        return;
    }
    for (size_t i = 0; i < what_if->then->count; i++)
        if (moved_by(what_if, i) > 0)
            order[count++] = i;
    sort_rows(order, count, sizeof *order, moved_more, what_if);
    buffer_put(text, ",\"movers\":[");
    for (size_t i = 0; i < count && i < limit; i++) {
        buffer_put(text, i > 0 ? ",\n{\"dealer\":" : "\n{\"dealer\":");
        buffer_json(text, what_if->then->rows[order[i]].dealer);
        buffer_put(text, ",\"name\":");
        buffer_json(text, what_if->then->rows[order[i]].name);
        side_json(text, "now", &what_if->now->rows[order[i]]);
        side_json(text, "then", &what_if->then->rows[order[i]]);
        buffer_put(text, "}");
    }
    buffer_put(text, "]");
    free(order);
}

static void
what_if_json(struct buffer *text, const struct selected *selected,
             const struct what_if *what_if, const struct scheme *changed,
             size_t limit)
{
    const struct scheme *scheme = selected->material.rulebook->scheme;

    buffer_put(text, "{\"period\":");
    buffer_json(text, selected->selection.period);
    buffer_format(text, ",\"position\":%" PRIu64 ",\"open\":%s,\"dealers\":%zu",
                  what_if->then->position,
                  what_if->then->open ? "true" : "false", what_if->then->count);
    calendar_json(text, scheme);
    scheme_json(text, "published", scheme);
    scheme_json(text, "tried", changed);
    sum_json(text, "now", what_if->now);
    sum_json(text, "then", what_if->then);
    buffer_format(text, ",\"up\":%zu,\"down\":%zu,\"more\":%zu,\"less\":%zu",
                  what_if->up, what_if->down, what_if->more, what_if->less);
    bins_json(text, what_if);
    movers_json(text, what_if, limit);
    buffer_put(text, "}\n");
}

// vary gives the rebate of everybody, and of each peer group that has its own,
// the same changes; it answers when that is not a rebate.  *groups is the
// caller's to free.
static bool
vary(struct response *response, const struct rulebook *rulebook,
     const struct variation *variation, struct scheme *scheme,
     struct scheme **groups)
{
    size_t count = rulebook->scheme->of_peers ? rulebook->peer_count : 0;
    char problem[VARIATION_PROBLEM_MAX];

    *scheme = *rulebook->scheme;
    *groups = calloc(count + 1, sizeof **groups);
    if (!*groups) {
        response_problem(response, 500, "out of memory");
        return false;
    }
    bool good = variation_apply(variation, scheme, problem);
    for (size_t i = 0; i < count && good; i++) {
        (*groups)[i] = rulebook->scheme->of_peers[i];
        good = variation_apply(variation, &(*groups)[i], problem);
    }
    if (count > 0)
        scheme->of_peers = *groups;
    if (!good)
        response_problem(response, 400, problem);
    return good;
}

static void
compare(struct response *response, const struct selected *selected,
        const struct scheme *scheme, size_t limit)
{
    const struct material *material = &selected->material;
    struct rulebook other = *material->rulebook;
    struct what_if *what_if = NULL;
    struct buffer text = {0};

    other.scheme = scheme;
    enum status status =
        what_if_open(&what_if, material, &other, selected->selection.first,
                     selected->selection.last);
    if (status != STATUS_OK) {
        response_problem(response, 500,
                         status == STATUS_FULL
                             ? "a sum or product leaves what can be computed"
                             : "out of memory");
        return;
    }
    what_if_json(&text, selected, what_if, scheme, limit);
    what_if_close(what_if);
    response_text(response, api_json_type, &text);
}

static void
give(struct response *response, const struct selected *selected,
     const struct variation *variation, size_t limit)
{
    const struct rulebook *rulebook = selected->material.rulebook;
    struct scheme scheme, *groups = NULL;

    if (!rulebook->scheme)
        response_problem(response, 404, no_rebate_sentence);
    else if (vary(response, rulebook, variation, &scheme, &groups))
        compare(response, selected, &scheme, limit);
    free(groups);
}

void
api_what_if(const struct site *site, const struct target *target,
            const struct request *request, struct response *response)
{
    const struct variation variation = {
        .consistency = target_param(target, "consistency"),
        .max_rate_ppm = target_param(target, "max_rate_ppm"),
        .weights = target_param(target, "weights"),
        .thresholds = target_param(target, "thresholds"),
        .steps = target_param(target, "steps")};
    struct selected selected = {.period = target_param(target, "period")};
    struct paging paging;

    const char *problem = paging_read(&paging, target);
    if (problem) {
        response_problem(response, 400, problem);
        return;
    }
    struct snapshot *snapshot = api_select(site, request, response, &selected);
    if (!snapshot)
        return;
    give(response, &selected, &variation,
         paging.limit == SIZE_MAX ? MOVERS : paging.limit);
    snapshot_drop(snapshot);
}
