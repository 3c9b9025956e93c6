// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "client/ranking.h"
#include "common/domain/peer.h"
#include "figures_support.h"

enum { JULY = AUGUST - 1 };

static const int64_t AUGUST_1 = 1785542400000, SEPTEMBER_1 = 1788220800000,
                     OCTOBER_1 = 1790812800000;

// In July and September in the north, in August in the south, then closed.
static const struct dealer_row wanderings[] = {
    {.from = INT64_MIN, .name = "W1", .region = "north", .group = "one"},
    {.from = AUGUST_1, .name = "W2", .region = "south", .group = "one"},
    {.from = SEPTEMBER_1, .name = "W3", .region = "north", .group = "two"},
    {.from = OCTOBER_1, .name = "W4", .region = "north", .status = "closed"},
};
static const struct dealer_row home[] = {
    {.from = INT64_MIN, .name = "Home", .region = "north"}};
static const struct dealer_row gone[] = {
    {.from = INT64_MIN, .name = "Gone", .region = "north", .status = "closed"}};
static const struct dealer some[] = {
    {.id = "G", .row_count = 1, .rows = gone},
    {.id = "H", .row_count = 1, .rows = home},
    {.id = "W", .row_count = 4, .rows = wanderings},
};
static const uint32_t order[] = {0, 1, 2};
static const struct directory places = {
    .dealer_count = 3, .dealers = some, .by_id = order};
static const struct peer_group groups[] = {
    {.id = "firsts",
     .scope_count = 2,
     .scopes = {"region:north", "group:one"},
     .parent = PEER_NONE,
     .min_members = 2}};

struct view {
    struct rulebook rules;
    struct tally_table *table;
    struct figures *figures;
    struct ranking *ranking;
};

// W has 1, 10 and 100 top boxes in July, August and September; H 1000 in each.
static int
open_view(void **state)
{
    static struct view view;

    view = (struct view){.rules = sample_rules, .table = tally_table_alloc()};
    view.rules.peer_count = 1;
    view.rules.peers = groups;
    for (uint32_t i = 0, top = 1; i < 3; i++, top *= 10) {
        row(view.table, "H", JULY + i);
        answers(view.table, ITEM_OVERALL, 10, 1000);
        row(view.table, "W", JULY + i);
        answers(view.table, ITEM_OVERALL, 10, top);
        cases(view.table, 1, 0, top);
    }
    arrived(view.table, "W", JULY, 99, 3);
    arrived(view.table, "W", SEPTEMBER, 99, 4);
    tally_table_seal(view.table);
    *state = &view;
    return 0;
}

static int
close_view(void **state)
{
    struct view *view = *state;

    tally_table_free(view->table);
    return 0;
}

static int64_t
total(struct view *view, const char *kpi, const char *scope, uint32_t first,
      uint32_t last)
{
    struct kpi_rule made;

    assert_int_equal(figures_open(&view->figures, &view->rules, &places,
                                  view->table, first, last, INT64_MAX),
                     STATUS_OK);
    assert_int_equal(ranking_open(&view->ranking, view->figures,
                                  rulebook_kpi(&view->rules, kpi, &made), scope,
                                  "P"),
                     STATUS_OK);
    return view->ranking->total.has_value ? view->ranking->total.n : -1;
}

static void
close_ranking(struct view *view)
{
    ranking_close(view->ranking);
    figures_close(view->figures);
}

static const struct rank_row *
find(const struct view *view, const char *dealer)
{
    for (size_t i = 0; i < view->ranking->row_count; i++)
        if (strcmp(view->ranking->rows[i].dealer, dealer) == 0)
            return &view->ranking->rows[i];
    return NULL;
}

static void
a_scope_has_the_months_a_dealer_belonged_there(void **state)
{
    struct view *view = *state;
    static const struct {
        const char *scope, *name;
        int64_t own;
    } wanted[] = {
        {"nation", "W3", 111},      {"region:north", "W3", 101},
        {"region:south", "W2", 10}, {"group:one", "W2", 11},
        {"group:two", "W3", 100},   {"peer:firsts", "W1", 1},
    };

    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        total(view, "topbox", wanted[i].scope, JULY, SEPTEMBER);
        const struct rank_row *row = find(view, "W");
        assert_non_null(row);
        assert_string_equal(row->name, wanted[i].name);
        assert_int_equal(row->kpi.n, wanted[i].own);
        close_ranking(view);
    }
    total(view, "topbox", "group:three", JULY, SEPTEMBER);
    assert_int_equal(view->ranking->row_count, 0);
    close_ranking(view);
}

static void
regions_add_up_to_the_nation(void **state)
{
    struct view *view = *state;
    static const char *const kpis[] = {"topbox", "complaint_sla"};

    for (size_t i = 0; i < 2; i++) {
        int64_t nation = total(view, kpis[i], "nation", JULY, SEPTEMBER);
        close_ranking(view);
        int64_t north = total(view, kpis[i], "region:north", JULY, SEPTEMBER);
        close_ranking(view);
        int64_t south = total(view, kpis[i], "region:south", JULY, SEPTEMBER);
        close_ranking(view);
        assert_int_equal(north + south, nation);
    }
}

static void
a_dealer_closed_all_the_time_is_not_listed(void **state)
{
    struct view *view = *state;

    total(view, "topbox", "nation", JULY, OCTOBER);
    assert_null(find(view, "G"));
    assert_non_null(find(view, "W")); // it closed in October and has figures
    close_ranking(view);
    total(view, "topbox", "nation", OCTOBER, OCTOBER);
    assert_null(find(view, "W"));
    assert_non_null(find(view, "H")); // open, with nothing to show
    close_ranking(view);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scope_has_the_months_a_dealer_belonged_there),
        cmocka_unit_test(regions_add_up_to_the_nation),
        cmocka_unit_test(a_dealer_closed_all_the_time_is_not_listed),
    };
    return cmocka_run_group_tests_name("stint", tests, open_view, close_view);
}
