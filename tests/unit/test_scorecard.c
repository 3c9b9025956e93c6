// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "client/render_scorecard.h"
#include "figures_support.h"

static const uint32_t MONTHS[] = {OCTOBER, SEPTEMBER};

struct fixture {
    struct tally_table *table;
    struct material material;
    struct selection selection;
    struct scorecard *card;
};

static int
begin(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    *state = fixture;
    fixture->table = sample_table();
    fixture->material = (struct material){.rulebook = &sample_rules,
                                          .directory = &sample_directory,
                                          .table = fixture->table,
                                          .months = MONTHS,
                                          .month_count = 2,
                                          .now_ms = NOVEMBER_5};
    return 0;
}

static int
end(void **state)
{
    struct fixture *fixture = *state;

    scorecard_close(fixture->card);
    tally_table_free(fixture->table);
    free(fixture);
    return 0;
}

static enum status
open_card(struct fixture *fixture, const char *dealer, const char *period,
          const char *scope)
{
    char problem[SELECTION_PROBLEM_MAX];

    scorecard_close(fixture->card);
    fixture->card = NULL;
    assert_int_equal(selection_make(&fixture->selection, &fixture->material,
                                    period, NULL, scope, problem),
                     STATUS_OK);
    return scorecard_open(&fixture->card, &fixture->material,
                          &fixture->selection, dealer);
}

static const struct scorecard_line *
line_of(const struct fixture *fixture, const char *kpi)
{
    for (size_t i = 0; i < fixture->card->line_count; i++)
        if (strcmp(fixture->card->lines[i].rule.id, kpi) == 0)
            return &fixture->card->lines[i];
    fail_msg("no line %s", kpi);
    return NULL;
}

// Field by field: between them lies what nobody wrote.
static void
assert_same(const struct kpi *a, const struct kpi *b)
{
    assert_int_equal(a->has_value, b->has_value);
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->num, b->num);
    assert_int_equal(a->den, b->den);
    assert_int_equal(a->value_micro, b->value_micro);
    assert_int_equal(a->flagged, b->flagged);
    assert_int_equal(a->proven, b->proven);
    assert_int_equal(a->above, b->above);
    assert_int_equal(a->equal, b->equal);
    assert_int_equal(a->below, b->below);
}

static void
every_kpi_says_what_the_ranking_says(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(open_card(fixture, "A", "2026-10", NULL), STATUS_OK);
    for (size_t i = 0; i < fixture->card->line_count; i++) {
        const struct scorecard_line *line = &fixture->card->lines[i];
        struct figures *figures;
        struct ranking *ranking;
        assert_int_equal(figures_open(&figures, &sample_rules,
                                      &sample_directory, fixture->table,
                                      OCTOBER, OCTOBER, NOVEMBER_5),
                         STATUS_OK);
        assert_int_equal(
            ranking_open(&ranking, figures, &line->rule, "nation", "2026-10"),
            STATUS_OK);
        size_t at = 0;
        while (strcmp(ranking->rows[at].dealer, "A") != 0)
            at++;
        const struct rank_row *row = &ranking->rows[at];
        assert_same(&line->kpi, &row->kpi);
        assert_same(&line->total, &ranking->total);
        assert_int_equal(line->rank, row->rank);
        assert_ptr_equal(line->reason, row->reason);
        ranking_close(ranking);
        figures_close(figures);
    }
    // topbox: A and B 3 of 4, and E, no longer listed, 7 of 7 before them.
    assert_int_equal(line_of(fixture, "topbox")->rank, 2);
    assert_int_equal(line_of(fixture, "topbox")->ranked, 3);
}

static void
the_window_before_and_the_months_are_the_dealers_own(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(open_card(fixture, "A", "2026-10", NULL), STATUS_OK);
    const struct scorecard_line *line = line_of(fixture, "complaint_sla");
    assert_int_equal(fixture->card->previous_first, SEPTEMBER);
    assert_int_equal(fixture->card->previous_last, SEPTEMBER);
    // September is closed to late ones: 2 of 4; October still OPEN: 1 of 2.
    assert_int_equal(line->previous.num, 2);
    assert_int_equal(line->previous.den, 4);
    assert_int_equal(line->kpi.num, 1);
    assert_int_equal(line->kpi.den, 2);
    assert_int_equal(fixture->card->months[SCORECARD_MONTHS - 1], OCTOBER);
    assert_same(&line->months[SCORECARD_MONTHS - 1], &line->kpi);
    assert_same(&line->months[SCORECARD_MONTHS - 2], &line->previous);
    assert_false(line->months[0].has_value);
}

static void
events_that_came_late_are_told_and_change_nothing(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(open_card(fixture, "A", "2026-10", NULL), STATUS_OK);
    assert_int_equal(fixture->card->late, 3); // not those within ten days
    assert_int_equal(line_of(fixture, "topbox")->kpi.den, 4);
    assert_int_equal(open_card(fixture, "A", "2026-09..2026-10", NULL),
                     STATUS_OK);
    assert_int_equal(fixture->card->late, 5);
    assert_int_equal(open_card(fixture, "C", "2026-10", NULL), STATUS_OK);
    assert_int_equal(fixture->card->late, 0);
}

static void
a_dealer_without_figures_has_a_card_of_no_data(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(open_card(fixture, "D", "2026-10", NULL), STATUS_OK);
    const struct scorecard_line *line = line_of(fixture, "topbox");
    assert_false(line->kpi.has_value);
    assert_int_equal(line->rank, 0);
    assert_string_equal(line->reason, "no_data");
    assert_true(line->total.has_value);
}

static void
outside_the_scope_a_dealer_is_not_ranked_in_it(void **state)
{
    struct fixture *fixture = *state;

    assert_int_equal(open_card(fixture, "B", "2026-10", "region:south"),
                     STATUS_OK);
    assert_string_equal(line_of(fixture, "topbox")->reason, "not_in_scope");
}

static void
nobody_has_no_card(void **state)
{
    struct fixture *fixture = *state;
    char longest[300];

    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = 0;
    assert_int_equal(open_card(fixture, "Z", "2026-10", NULL),
                     STATUS_NOT_FOUND);
    assert_int_equal(open_card(fixture, longest, "2026-10", NULL),
                     STATUS_NOT_FOUND);
    assert_int_equal(open_card(fixture, "E", "2026-10", NULL), STATUS_OK);
    assert_null(fixture->card->row); // no longer listed
}

static void
a_name_in_a_table_is_fit_for_the_screen(void **state)
{
    struct fixture *fixture = *state;
    struct buffer text = {0};

    assert_int_equal(open_card(fixture, "C", "2026-10", NULL), STATUS_OK);
    render_scorecard_table(fixture->card, &text);
    assert_non_null(strstr(text.data, "# C  <b>Gamma</b>  period 2026-10"));
    assert_non_null(strstr(text.data, "below_min_n"));
    buffer_fini(&text);
    text = (struct buffer){0};
    render_scorecard_json(fixture->card, &text);
    assert_null(strstr(text.data, "<b>"));
    assert_non_null(strstr(text.data, "\"months\":[\"2025-10\""));
    buffer_fini(&text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_kpi_says_what_the_ranking_says,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            the_window_before_and_the_months_are_the_dealers_own, begin, end),
        cmocka_unit_test_setup_teardown(
            events_that_came_late_are_told_and_change_nothing, begin, end),
        cmocka_unit_test_setup_teardown(
            a_dealer_without_figures_has_a_card_of_no_data, begin, end),
        cmocka_unit_test_setup_teardown(
            outside_the_scope_a_dealer_is_not_ranked_in_it, begin, end),
        cmocka_unit_test_setup_teardown(nobody_has_no_card, begin, end),
        cmocka_unit_test_setup_teardown(a_name_in_a_table_is_fit_for_the_screen,
                                        begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
