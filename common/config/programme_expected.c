// SPDX-License-Identifier: Apache-2.0
//
// tests: what is given of the score, and the figures that are expected.
#include <string.h>

#include "common/config/programme_parts.h"
#include "common/config/text.h"
#include "common/domain/example.h"

enum { PAYS = 4 }; // figures of the score there are

static const int64_t figure_max = INT64_C(9000000000000000000);

static void
read_measure(const struct scheme *scheme, struct node node, struct span key,
             struct example_measure *out)
{
    for (size_t i = 0; i < scheme->dimension_count; i++)
        if (text_is(key, scheme->dimensions[i].kpi)) {
            out->dimension = i;
            node_whole(node, 0, POINTS_PPM, &out->ppm);
            return;
        }
    node_problem(node, "is not one of the rebate's dimensions");
}

// {csi: 731855}: performances, or baselines, in ppm.
static void
read_measures(struct programme_draft *draft, struct node test,
              struct example *example)
{
    static const char *const keys[] = {"performance_ppm", "baseline_ppm"};
    const struct scheme *scheme = draft->book->scheme;
    struct example_measure *out =
        draft_take(draft, SCHEME_DIMENSIONS_MAX * 2, sizeof *out);

    example->measures = out;
    for (size_t k = 0; out && k < 2; k++) {
        struct node map = node_get(test, keys[k]);
        if (node_kind(map) == NODE_ABSENT || !node_map(map))
            continue;
        size_t count = node_count(map);
        if (!scheme || count > SCHEME_DIMENSIONS_MAX) {
            node_problem(map, scheme ? "names more than there are dimensions"
                                     : "needs a rebate in the programme");
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            struct span key;
            struct node node = node_pair(map, i, &key);
            struct example_measure *one = &out[example->measure_count++];
            one->is_baseline = k == 1;
            read_measure(scheme, node, key, one);
        }
    }
}

// There is room: programme_expected has counted.
static struct example_expected *
next_expected(struct node node, struct example_expected *list,
              struct example *example)
{
    struct example_expected *one = &list[example->expected_count++];

    one->line = node_line(node);
    return one;
}

// figure: 70.370370, or none where there is no data.
static void
read_kpis(const struct programme_draft *draft, struct node map,
          struct example_expected *list, struct example *example)
{
    const struct rulebook *book = draft->book;

    if (node_kind(map) == NODE_ABSENT || !node_map(map))
        return;
    for (size_t i = 0; i < node_count(map); i++) {
        struct span key;
        bool plain;
        struct node node = node_pair(map, i, &key);
        struct example_expected *one = next_expected(node, list, example);
        while (one->kpi < book->kpi_count &&
               !text_is(key, book->kpis[one->kpi].id))
            one->kpi++;
        if (one->kpi == book->kpi_count) {
            node_problem(node, "is not the id of one of the kpis");
            one->kpi = 0;
        }
        one->figure = EXAMPLE_KPI;
        one->has_value = !text_is(node_raw(node, &plain), "none");
        if (one->has_value)
            node_micro(node, -figure_max, figure_max, &one->value);
    }
}

static void
read_pays(const struct programme_draft *draft, struct node map,
          struct example_expected *list, struct example *example)
{
    static const struct {
        const char *key;
        enum example_figure figure;
        int64_t max;
    } figures[PAYS] = {{"score", EXAMPLE_SCORE, PAYOUT_SCORE_MAX},
                       {"consistency", EXAMPLE_CONSISTENCY, 100},
                       {"ratio_ppm", EXAMPLE_RATIO, PAYOUT_RATIO_MAX},
                       {"fen", EXAMPLE_FEN, MONEY_MAX}};
    const struct scheme *scheme = draft->book->scheme;

    if (node_kind(map) == NODE_ABSENT || !node_map(map))
        return;
    if (!scheme)
        node_problem(map, "needs a rebate in the programme");
    for (size_t i = 0; i < PAYS; i++) {
        struct node node = node_get(map, figures[i].key);
        if (node_kind(node) == NODE_ABSENT)
            continue;
        struct example_expected *one = next_expected(node, list, example);
        one->figure = figures[i].figure;
        one->has_value = true;
        if (one->figure == EXAMPLE_SCORE)
            node_micro(node, 0, figures[i].max, &one->value);
        else
            node_whole(node, 0, figures[i].max, &one->value);
        if (scheme && scheme->payout == SCHEME_EXCHANGE && i >= 2)
            node_problem(node, "hangs on everybody's score in an exchange; "
                               "expect the score");
    }
}

void
programme_expected(struct programme_draft *draft, struct node test,
                   struct example *example)
{
    struct node kpis = node_get(test, "expect");
    size_t count = node_kind(kpis) == NODE_MAP ? node_count(kpis) : 0;
    struct example_expected *list =
        draft_take(draft, count + PAYS, sizeof *list);

    node_whole(node_get(test, "base_fen"), 0, MONEY_MAX, &example->base_fen);
    node_whole(node_get(test, "peer_ppm"), 0, PAYOUT_RATIO_MAX,
               &example->peer_ppm);
    read_measures(draft, test, example);
    example->expected = list;
    if (!list)
        return;
    if (count > EXAMPLE_PARTS_MAX)
        node_problem(kpis, "must have at most %d figures", EXAMPLE_PARTS_MAX);
    read_kpis(draft, kpis, list, example);
    read_pays(draft, node_get(test, "pays"), list, example);
    if (example->expected_count == 0)
        node_problem(test, "expects nothing; give figures in `expect` or "
                           "`pays`");
}
