// SPDX-License-Identifier: Apache-2.0
#include "client/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "client/render_trace.h"
#include "tests/unit/figures_support.h"

static const int64_t base_fen = 5000000000; // fifty million yuan

// All weight on achievement: top boxes of A are 3 of 4, loyalty 2 of 3.
static struct scheme
sample_scheme(uint32_t topbox_ppm)
{
    return (struct scheme){.consistency = 0,
                           .provisional_days = 10,
                           .review_days = 20,
                           .decision_days = 35,
                           .final_days = 45,
                           .dimension_count = 2,
                           .dimensions = {{.kpi = "topbox",
                                           .weight_ppm = topbox_ppm,
                                           .min_n = 3,
                                           .part = 0,
                                           .scale = {500000, 600000, 750000}},
                                          {.kpi = "loyalty",
                                           .weight_ppm = 1000000 - topbox_ppm,
                                           .min_n = 1,
                                           .part = SCHEME_NO_PART,
                                           .scale = {500000, 700000, 800000}}},
                           .part_count = 1,
                           .parts = {"quality"},
                           .ladder = {PAYOUT_LINEAR,
                                      4,
                                      {{60000000, 0},
                                       {75000000, 500000},
                                       {85000000, 800000},
                                       {90000000, 1000000}}},
                           .max_rate_ppm = 10000};
}

struct stage {
    struct tally_table *table;
    struct rulebook rulebook;
    struct material material;
    struct trace_source source;
};

static void
set(struct stage *stage, const struct scheme *scheme)
{
    *stage = (struct stage){.table = sample_table(), .rulebook = sample_rules};
    stage->rulebook.scheme = scheme;
    stage->source.journal_position = 43;
    stage->source.head[0] = 0xab;
    stage->material = (struct material){.rulebook = &stage->rulebook,
                                        .directory = &sample_directory,
                                        .table = stage->table,
                                        .now_ms = NOVEMBER_5};
}

static struct trace *
trace_of(struct stage *stage, const char *dealer, uint32_t month, int64_t base)
{
    struct trace *trace = NULL;

    assert_int_equal(trace_open(&trace, &stage->material, &stage->source, month,
                                month, dealer, base),
                     STATUS_OK);
    return trace;
}

static void
counts_become_points_step_by_step(void **state)
{
    (void)state;
    const struct scheme scheme = sample_scheme(834000);
    struct stage stage;

    set(&stage, &scheme);
    struct trace *trace = trace_of(&stage, "A", OCTOBER, base_fen);
    const struct trace_dimension *topbox = &trace->dimensions[0];
    assert_int_equal(trace->dimension_count, 2);
    assert_int_equal(topbox->period.part_count, 1);
    assert_string_equal(topbox->period.parts[0].what, "reached");
    assert_string_equal(topbox->period.parts[0].of, "overall");
    assert_int_equal(topbox->period.parts[0].value, 3);
    assert_int_equal(topbox->period.parts[0].n, 4);
    assert_null(topbox->period.reason);
    assert_int_equal(topbox->period.ppm, 750000);
    assert_int_equal(topbox->points.achievement, 10);
    // Two answers in the year before are too few to improve on.
    assert_string_equal(topbox->baseline.reason, "n < min_n");
    assert_int_equal(topbox->points.improvement, POINTS_NONE);
    assert_int_equal(trace->dimensions[1].period.ppm, 666667);
    assert_int_equal(trace->dimensions[1].points.points, 0);
    assert_int_equal(trace_state(trace), CLOSE_OPEN);
    assert_int_equal(trace->position, 42);
    trace_close(trace);
    tally_table_free(stage.table);
}

static void
a_score_becomes_fen(void **state)
{
    static const struct {
        uint32_t weight;
        int64_t score, ratio, fen;
    } rows[] = {{834000, 83400000, 752000, 37600000},
                {829000, 82900000, 737000, 36850000},
                {599999, 59999900, 0, 0},
                {600000, 60000000, 0, 0},
                {950000, 95000000, 1000000, 50000000}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct scheme scheme = sample_scheme(rows[i].weight);
        struct stage stage;
        set(&stage, &scheme);
        struct trace *trace = trace_of(&stage, "A", OCTOBER, base_fen);
        assert_int_equal(trace->outcome.score.score_micro, rows[i].score);
        assert_int_equal(trace->outcome.gates.ratio_ppm, rows[i].ratio);
        assert_int_equal(trace->outcome.gross.fen, rows[i].fen);
        assert_int_equal(trace->row->outcome.score.score_micro, rows[i].score);
        trace_close(trace);
        tally_table_free(stage.table);
    }
}

static void
the_pack_is_one_line_of_canonical_json(void **state)
{
    (void)state;
    const struct scheme scheme = sample_scheme(834000);
    struct stage stage;
    struct buffer text = {0};

    set(&stage, &scheme);
    struct trace *trace = trace_of(&stage, "A", SEPTEMBER, -1);
    render_trace_json(trace, &text);
    assert_false(text.failed);
    assert_ptr_equal(strchr(text.data, '\n'), text.data + text.used - 1);
    assert_null(strstr(text.data, "\": "));
    assert_null(strstr(text.data, "}, "));
    assert_non_null(strstr(text.data, ",\"dealer\":\"A\",\"form\":1,\"input\":{"
                                      "\"base_fen\":1000000000,\"base_given\":"
                                      "false,\"baseline\":{\"counters\":[],"));
    assert_non_null(strstr(text.data, "\"state\":\"PROVISIONAL\"}\n"));
    assert_non_null(
        strstr(text.data, "\"signed\":false,\"source\":{\"code\":"));
    assert_non_null(strstr(text.data, "\"head\":\"ab00"));
    // Two top-box answers, none reached: too few, and so there is no score.
    assert_non_null(strstr(text.data, "\"reason\":\"n \\u003c min_n\""));
    assert_non_null(strstr(text.data, "\"score\":null"));
    buffer_fini(&text);
    trace_close(trace);
    tally_table_free(stage.table);
}

static void
cases_that_may_still_be_answered_are_told(void **state)
{
    (void)state;
    struct scheme scheme = sample_scheme(834000);
    struct stage stage;
    struct buffer text = {0};

    scheme.dimensions[1] =
        (struct scheme_dimension){.kpi = "complaint_sla",
                                  .weight_ppm = 166000,
                                  .part = SCHEME_NO_PART,
                                  .scale = {500000, 700000, 800000}};
    set(&stage, &scheme);
    struct trace *trace = trace_of(&stage, "A", OCTOBER, -1);
    const struct trace_figure *open = &trace->dimensions[1].period;
    const struct trace_figure *closed = &trace->dimensions[1].baseline;
    assert_int_equal(trace->period.unanswered[CLASS_GENERAL], 2);
    assert_string_equal(open->parts[0].of, "general");
    assert_int_equal(open->parts[0].value, 1);
    assert_int_equal(open->parts[0].n, 2); // the two unanswered are not due
    assert_int_equal(closed->parts[0].value, 2);
    assert_int_equal(closed->parts[0].n, 4);
    render_trace_text(trace, true, &text);
    assert_non_null(
        strstr(text.data, "  general       2  cases without an answer"));
    assert_non_null(strstr(text.data, "# OPEN statement of A"));
    buffer_fini(&text);
    trace_close(trace);
    tally_table_free(stage.table);
}

static void
who_has_no_figures_is_paid_as_the_peers(void **state)
{
    (void)state;
    const struct scheme scheme = sample_scheme(834000);
    struct stage stage;
    struct buffer text = {0};

    set(&stage, &scheme);
    struct trace *trace = trace_of(&stage, "D", OCTOBER, base_fen);
    assert_false(trace->outcome.score.has_value);
    assert_true(trace->outcome.gates.insufficient);
    assert_int_equal(trace->outcome.gates.ratio_ppm, trace->scores->peer_ppm);
    render_trace_text(trace, true, &text);
    assert_non_null(strstr(text.data, "no data: does not count"));
    assert_non_null(strstr(text.data, "score    no data  not ranked"));
    assert_non_null(strstr(text.data, "insufficient sample"));
    assert_null(strstr(text.data, "nan"));
    buffer_fini(&text);
    trace_close(trace);
    tally_table_free(stage.table);
}

static void
what_cannot_be_followed_is_a_status(void **state)
{
    (void)state;
    const struct scheme scheme = sample_scheme(834000);
    struct stage stage;
    struct trace *trace = NULL;

    set(&stage, &scheme);
    assert_int_equal(trace_open(&trace, &stage.material, &stage.source, OCTOBER,
                                OCTOBER, "Z", -1),
                     STATUS_NOT_FOUND);
    assert_int_equal(trace_open(&trace, &stage.material, &stage.source, OCTOBER,
                                OCTOBER,
                                "an-id-longer-than-the-32-bytes-an-id-has", -1),
                     STATUS_NOT_FOUND);
    assert_int_equal(trace_open(&trace, &stage.material, &stage.source, OCTOBER,
                                OCTOBER, "A", MONEY_MAX + 1),
                     STATUS_FULL);
    stage.rulebook.scheme = NULL;
    assert_int_equal(trace_open(&trace, &stage.material, &stage.source, OCTOBER,
                                OCTOBER, "A", -1),
                     STATUS_MALFORMED);
    assert_null(trace);
    trace_close(NULL);
    tally_table_free(stage.table);
}

static void
every_dealer_sees_the_same_exchange(void **state)
{
    (void)state;
    static const char *const dealers[] = {"A", "B", "C", "D", "E"};
    struct scheme scheme = sample_scheme(834000);
    struct stage stage;
    int64_t withheld = 0, paid = 0;

    scheme.payout = SCHEME_EXCHANGE;
    scheme.withhold_ppm = 20000;
    set(&stage, &scheme);
    for (size_t i = 0; i < sizeof dealers / sizeof *dealers; i++) {
        struct trace *trace =
            trace_of(&stage, dealers[i], OCTOBER, SCORES_BASE);
        assert_int_equal(trace->exchange.paid / (SCORES_BASE / 1000000),
                         trace->row->rate_ppm);
        withheld += trace->exchange.withheld;
        paid += trace->exchange.paid;
        trace_close(trace);
    }
    assert_int_equal(withheld, 5 * (SCORES_BASE / 50));
    assert_int_equal(paid, withheld); // nothing is lost to rounding
    tally_table_free(stage.table);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_become_points_step_by_step),
        cmocka_unit_test(a_score_becomes_fen),
        cmocka_unit_test(the_pack_is_one_line_of_canonical_json),
        cmocka_unit_test(cases_that_may_still_be_answered_are_told),
        cmocka_unit_test(who_has_no_figures_is_paid_as_the_peers),
        cmocka_unit_test(what_cannot_be_followed_is_a_status),
        cmocka_unit_test(every_dealer_sees_the_same_exchange),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
