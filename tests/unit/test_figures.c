// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>

#include "client/choices.h"
#include "client/render.h"
#include "client/selection.h"
#include "common/config/dealers.h"
#include "common/config/programme.h"
#include "figures_support.h"

// One ranking over the sample, open until closed.
struct view {
    struct tally_table *table;
    struct figures *figures;
    struct ranking *ranking;
};

static struct view
view_of(const char *kpi, const char *scope, uint32_t first, uint32_t last,
        int64_t now_ms)
{
    struct view view = {.table = sample_table()};
    struct kpi_rule made;

    assert_int_equal(figures_open(&view.figures, &sample_rules,
                                  &sample_directory, view.table, first, last,
                                  now_ms),
                     STATUS_OK);
    assert_int_equal(ranking_open(&view.ranking, view.figures,
                                  rulebook_kpi(&sample_rules, kpi, &made),
                                  scope, "P"),
                     STATUS_OK);
    return view;
}

static void
view_close(struct view *view)
{
    ranking_close(view->ranking);
    figures_close(view->figures);
    tally_table_free(view->table);
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
assert_share(const struct kpi *kpi, int64_t num, int64_t den)
{
    assert_true(kpi->has_value);
    assert_int_equal(kpi->num, num);
    assert_int_equal(kpi->den, den);
    assert_int_equal(kpi->n, den);
}

// --- Sums and scopes ---------------------------------------------------------

static void
equal_values_share_a_rank_and_the_rest_follows_with_reasons(void **state)
{
    (void)state;
    struct view view =
        view_of("topbox", "nation", OCTOBER, OCTOBER, NOVEMBER_5);

    assert_int_equal(view.ranking->row_count, 5);
    assert_int_equal(find(&view, "E")->rank, 1);
    assert_int_equal(find(&view, "A")->rank, 2);
    assert_int_equal(find(&view, "B")->rank, 2);
    assert_int_equal(find(&view, "C")->rank, 0);
    assert_string_equal(find(&view, "C")->reason, "below_min_n");
    assert_share(&find(&view, "C")->kpi, 1, 2);
    assert_int_equal(find(&view, "D")->rank, 0);
    assert_string_equal(find(&view, "D")->reason, "no_data");
    assert_false(find(&view, "D")->kpi.has_value);
    view_close(&view);
}

static void
the_total_is_formed_from_all_figures_of_dealers_together(void **state)
{
    (void)state;
    struct view view =
        view_of("topbox", "nation", OCTOBER, OCTOBER, NOVEMBER_5);

    // A, B, C and E; neither what is held nor headquarters' own row.
    assert_share(&view.ranking->total, 3 + 3 + 1 + 7, 4 + 4 + 2 + 7);
    assert_null(find(&view, "HQ"));
    view_close(&view);
}

static void
a_period_is_the_sum_of_its_months(void **state)
{
    (void)state;
    struct view view = view_of("topbox", "nation", AUGUST, OCTOBER, NOVEMBER_5);

    assert_share(&find(&view, "A")->kpi, 3, 6);
    view_close(&view);
    view = view_of("topbox", "nation", SEPTEMBER, SEPTEMBER, NOVEMBER_5);
    assert_share(&find(&view, "A")->kpi, 0, 2);
    assert_null(find(&view, "E"));
    view_close(&view);
}

static void
only_an_open_month_leaves_its_unanswered_cases_out(void **state)
{
    (void)state;
    struct view view =
        view_of("complaint_sla", "nation", AUGUST, OCTOBER, NOVEMBER_5);

    // September 2 of 4, its unanswered one due; October 1 of 2, two not yet.
    assert_share(&find(&view, "A")->kpi, 3, 6);
    assert_true(view.ranking->open);
    assert_int_equal(view.ranking->unanswered, 2);
    view_close(&view);

    view = view_of("complaint_sla", "nation", AUGUST, OCTOBER,
                   NOVEMBER_5 + 6LL * DAY_MS);
    assert_share(&find(&view, "A")->kpi, 3, 8);
    assert_false(view.ranking->open);
    assert_int_equal(view.ranking->unanswered, 0);
    view_close(&view);
}

static void
a_month_closes_close_days_after_its_end_to_the_millisecond(void **state)
{
    (void)state;
    int64_t close = 1793491200000 + 10LL * DAY_MS; // 2026-11-11T00:00Z

    assert_true(month_is_open(&sample_rules, OCTOBER, close - 1));
    assert_false(month_is_open(&sample_rules, OCTOBER, close));
}

static void
a_month_belongs_where_the_dealer_was_at_its_end(void **state)
{
    (void)state;
    struct view view =
        view_of("topbox", "region:north", OCTOBER, OCTOBER, NOVEMBER_5);

    assert_null(find(&view, "A"));
    assert_non_null(find(&view, "B"));
    assert_null(find(&view, "E")); // nobody knows where it was
    assert_share(&view.ranking->total, 4, 6);
    view_close(&view);

    view = view_of("topbox", "region:north", SEPTEMBER, SEPTEMBER, NOVEMBER_5);
    assert_string_equal(find(&view, "A")->name, "Alpha");
    view_close(&view);

    view = view_of("topbox", "region:south", AUGUST, OCTOBER, NOVEMBER_5);
    assert_string_equal(find(&view, "A")->name, "Alpha, \"moved\"");
    view_close(&view);
}

static void
a_scope_without_dealers_has_no_total(void **state)
{
    (void)state;
    struct view view =
        view_of("topbox", "size:huge", OCTOBER, OCTOBER, NOVEMBER_5);

    assert_int_equal(view.ranking->row_count, 0);
    assert_false(view.ranking->total.has_value);
    assert_string_equal(view.ranking->total_reason, "no_data");
    view_close(&view);
}

static void
a_total_is_that_of_its_scope_however_often_it_is_asked_for(void **state)
{
    (void)state;
    static const struct {
        const char *scope;
        int64_t num, den;
    } asked[] = {{"nation", 14, 17},
                 {"region:south", 3, 4},
                 {"region:north", 4, 6},
                 {"region:south", 3, 4},
                 {"nation", 14, 17}};
    struct view view =
        view_of("topbox", "nation", OCTOBER, OCTOBER, NOVEMBER_5);

    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        ranking_close(view.ranking);
        assert_int_equal(ranking_open(&view.ranking, view.figures,
                                      &sample_kpis[0], asked[i].scope, "P"),
                         STATUS_OK);
        assert_share(&view.ranking->total, asked[i].num, asked[i].den);
    }
    view_close(&view);
}

static void
a_flag_needs_the_lower_bound_to_be_proven(void **state)
{
    (void)state;
    struct view view =
        view_of("loyalty", "nation", OCTOBER, OCTOBER, NOVEMBER_5);
    const struct kpi_rule *rule = &view.ranking->rule;

    assert_string_equal(ranking_flag(rule, &find(&view, "C")->kpi), "reached");
    assert_string_equal(ranking_flag(rule, &find(&view, "A")->kpi),
                        "not_proven"); // 2 of 3
    assert_null(ranking_flag(rule, &find(&view, "B")->kpi));
    view_close(&view);
}

static void
a_sum_beyond_64_bits_is_refused_not_wrapped(void **state)
{
    (void)state;
    struct tally_table *table = tally_table_alloc();
    struct figures *figures;

    for (uint32_t month = SEPTEMBER; month <= OCTOBER; month++) {
        row(table, "A", month);
        answers(table, ITEM_OVERALL, 10, INT64_MAX);
    }
    tally_table_seal(table);
    assert_int_equal(figures_open(&figures, &sample_rules, &sample_directory,
                                  table, AUGUST, OCTOBER, NOVEMBER_5),
                     STATUS_FULL);
    tally_table_free(table);
}

static void
rows_that_no_tally_can_hold_are_malformed(void **state)
{
    (void)state;
    struct tally_table *table = tally_table_alloc();

    assert_int_equal(
        tally_table_begin_row(table, OCTOBER, span_text(""), SLICE_ALL),
        STATUS_MALFORMED);
    assert_int_equal(
        tally_table_begin_row(table, OCTOBER,
                              span_text("123456789012345678901234567890123"),
                              SLICE_ALL),
        STATUS_MALFORMED);
    row(table, "A", OCTOBER);
    answers(table, 1, 5, 1);
    assert_int_equal(tally_table_put(table, counter(COUNTER_ANSWER, 1, 5), 1),
                     STATUS_MALFORMED);
    tally_table_free(table);
}

// --- Real responses ----------------------------------------------------------

enum { ECSI_ITEMS = 24, GROUPS = 10, VALUE_MAX = 11 };

// read_responses counts the answers of the data set by group; false when it
// is not there.
static bool
read_responses(int64_t counts[GROUPS][ECSI_ITEMS][VALUE_MAX])
{
    char line[256];
    FILE *file = fopen(DATA_DIR "/ecsi_mobi.csv", "r");

    if (!file)
        return false;
    assert_non_null(fgets(line, sizeof line, file)); // the header
    for (int respondent = 0; fgets(line, sizeof line, file); respondent++) {
        const char *at = line;
        for (int item = 0; item < ECSI_ITEMS; item++) {
            char *end;
            long value = strtol(at, &end, 10);
            assert_in_range(value, 1, 10);
            counts[respondent % GROUPS][item][value] += 1;
            at = end + 1;
        }
    }
    fclose(file);
    return true;
}

static struct tally_table *
response_table(int64_t counts[GROUPS][ECSI_ITEMS][VALUE_MAX])
{
    struct tally_table *table = tally_table_alloc();

    for (int group = 0; group < GROUPS; group++) {
        char dealer[16];
        snprintf(dealer, sizeof dealer, "D%d", group);
        row(table, dealer, OCTOBER);
        for (uint32_t item = 0; item < ECSI_ITEMS; item++)
            for (uint32_t value = 1; value < VALUE_MAX; value++)
                if (counts[group][item][value] != 0)
                    answers(table, item + 1, value, counts[group][item][value]);
    }
    tally_table_seal(table);
    return table;
}

static void
assert_value(const struct rank_row *row, const char *dealer, uint32_t rank,
             const char *value)
{
    char text[KPI_TEXT_MAX];

    assert_string_equal(row->dealer, dealer);
    assert_int_equal(row->rank, rank);
    kpi_text(row->kpi.value_micro, text);
    assert_string_equal(text, value);
}

static void
assert_total(const struct figures *figures, const char *kpi, const char *value)
{
    struct kpi_rule made;
    struct ranking *ranking;
    char text[KPI_TEXT_MAX];

    assert_int_equal(ranking_open(&ranking, figures,
                                  rulebook_kpi(figures->rulebook, kpi, &made),
                                  "nation", "2026-10"),
                     STATUS_OK);
    kpi_text(ranking->total.value_micro, text);
    assert_string_equal(text, value);
    ranking_close(ranking);
}

static void
assert_ranking_of_responses(const struct figures *figures)
{
    static const struct {
        const char *dealer, *value;
        uint32_t rank;
    } expected[] = {{"D2", "77.037037", 1}, {"D6", "74.518519", 2},
                    {"D0", "73.777778", 3}, {"D9", "73.777778", 3},
                    {"D3", "71.407407", 5}, {"D8", "71.407407", 5},
                    {"D7", "71.259259", 7}, {"D1", "70.962963", 8},
                    {"D5", "70.518519", 9}, {"D4", "65.037037", 10}};
    struct kpi_rule made;
    struct ranking *ranking;

    assert_int_equal(ranking_open(&ranking, figures,
                                  rulebook_kpi(figures->rulebook, "csi", &made),
                                  "nation", "2026-10"),
                     STATUS_OK);
    assert_int_equal(ranking->row_count, GROUPS);
    for (size_t i = 0; i < GROUPS; i++)
        assert_value(&ranking->rows[i], expected[i].dealer, expected[i].rank,
                     expected[i].value);
    ranking_close(ranking);
}

static void
real_responses_give_the_reference_figures(void **state)
{
    (void)state;
    static int64_t counts[GROUPS][ECSI_ITEMS][VALUE_MAX];
    struct problems problems = {0};
    struct rulebook *rulebook;
    struct directory *directory;
    struct figures *figures;

    if (!read_responses(counts)) {
        print_message("no data at %s: skipped\n", DATA_DIR);
        skip();
    }
    assert_int_equal(
        programme_load(SAMPLE_DIR "/ecsi/programme.yaml", &rulebook, &problems),
        STATUS_OK);
    assert_int_equal(
        dealers_load(SAMPLE_DIR "/ecsi/dealers.csv", &directory, &problems),
        STATUS_OK);
    struct tally_table *table = response_table(counts);
    assert_int_equal(figures_open(&figures, rulebook, directory, table, OCTOBER,
                                  OCTOBER, NOVEMBER_5),
                     STATUS_OK);
    assert_ranking_of_responses(figures);
    assert_total(figures, "csi", "71.970370");
    assert_total(figures, "mean_CUEX1", "7.580000");
    assert_total(figures, "mean_CUSL2", "4.988000");
    assert_total(figures, "mean_IMAG5", "7.932000");
    figures_close(figures);
    tally_table_free(table);
    dealers_free(directory);
    programme_free(rulebook);
}

// --- What it looks like ------------------------------------------------------

static char *
rendered(const struct view *view, enum render_format format)
{
    struct buffer text = {0};
    size_t length;

    render(view->ranking, format, &text);
    char *made = buffer_take(&text, &length);
    assert_non_null(made);
    assert_int_equal(strlen(made), length);
    return made;
}

static void
assert_row_json(json_t *row, json_int_t rank, const char *dealer,
                const char *value, json_int_t num, json_int_t den,
                const char *reason)
{
    json_t *json = json_object_get(row, "rank");
    if (rank > 0)
        assert_int_equal(json_integer_value(json), rank);
    else
        assert_true(json_is_null(json));
    assert_string_equal(json_string_value(json_object_get(row, "dealer")),
                        dealer);
    json = json_object_get(row, "value");
    if (value)
        assert_string_equal(json_string_value(json), value);
    else
        assert_true(json_is_null(json));
    assert_int_equal(json_integer_value(json_object_get(row, "num")), num);
    assert_int_equal(json_integer_value(json_object_get(row, "den")), den);
    json = json_object_get(row, "reason");
    if (reason)
        assert_string_equal(json_string_value(json), reason);
    else
        assert_null(json);
}

static void
json_has_the_shape_every_reader_relies_on(void **state)
{
    (void)state;
    struct view view =
        view_of("topbox", "nation", OCTOBER, OCTOBER, NOVEMBER_5);
    char *text = rendered(&view, RENDER_JSON);
    json_error_t error;
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, &error);

    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "kpi")),
                        "topbox");
    assert_string_equal(json_string_value(json_object_get(json, "scope")),
                        "nation");
    assert_int_equal(json_integer_value(json_object_get(json, "position")), 42);
    json_t *rows = json_object_get(json, "rows");
    assert_int_equal(json_array_size(rows), 5);
    assert_row_json(json_array_get(rows, 0), 1, "E", "100.000000", 7, 7, NULL);
    assert_row_json(json_array_get(rows, 1), 2, "A", "75.000000", 3, 4, NULL);
    assert_row_json(json_array_get(rows, 2), 2, "B", "75.000000", 3, 4, NULL);
    assert_row_json(json_array_get(rows, 3), 0, "C", "50.000000", 1, 2,
                    "below_min_n");
    assert_row_json(json_array_get(rows, 4), 0, "D", NULL, 0, 0, "no_data");
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(rows, 1), "name")),
        "Alpha, \"moved\"");
    json_t *total = json_object_get(json, "total");
    assert_string_equal(json_string_value(json_object_get(total, "value")),
                        "82.352941");
    assert_null(strchr(text, '<')); // nothing to take for markup
    json_decref(json);
    free(text);
    view_close(&view);
}

static void
csv_quotes_cells_and_disarms_formulas(void **state)
{
    (void)state;
    struct view view =
        view_of("topbox", "nation", OCTOBER, OCTOBER, NOVEMBER_5);
    char *text = rendered(&view, RENDER_CSV);

    assert_string_equal(
        text, "rank,dealer,name,value,n,num,den,reason,"
              "estimate,credibility,low,high,rank_first,rank_last,band\r\n"
              "1,E,,100.000000,7,7,7,,"
              "82.938388,0.033175,70.943560,100.000000,1,3,"
              "not_distinguishable\r\n"
              "2,A,\"Alpha, \"\"moved\"\"\",75.000000,4,3,4,,"
              "82.211538,0.019231,36.561942,100.000000,1,3,"
              "not_distinguishable\r\n"
              "2,B,\"'=1+1\",75.000000,4,3,4,,"
              "82.211538,0.019231,36.561942,100.000000,1,3,"
              "not_distinguishable\r\n"
              ",C,<b>Gamma</b>,50.000000,2,1,2,below_min_n,"
              "82.038835,0.009709,0.000000,100.000000,,,\r\n"
              ",D,,,0,0,0,no_data,,,,,,,\r\n"
              ",TOTAL,nation,82.352941,17,14,17,,,,,,,,\r\n");
    free(text);
    view_close(&view);
}

static const struct kpi_rule sample_gap = {
    .id = "gap", .form = KPI_GAP, .pair = 1, .min_n = 1, .name_en = "Gap"};

// A with 2 below, 1 at and 3 above expectation, B with 1 below.
static struct view
gap_view(void)
{
    struct view view = {.table = tally_table_alloc()};

    row(view.table, "A", OCTOBER);
    put(view.table, counter(COUNTER_GAP, 1, 128 - 2), 2);
    put(view.table, counter(COUNTER_GAP, 1, 128), 1);
    put(view.table, counter(COUNTER_GAP, 1, 128 + 1), 3);
    row(view.table, "B", OCTOBER);
    put(view.table, counter(COUNTER_GAP, 1, 128 - 1), 1);
    tally_table_seal(view.table);
    assert_int_equal(figures_open(&view.figures, &sample_rules,
                                  &sample_directory, view.table, OCTOBER,
                                  OCTOBER, NOVEMBER_5),
                     STATUS_OK);
    assert_int_equal(
        ranking_open(&view.ranking, view.figures, &sample_gap, "nation", "P"),
        STATUS_OK);
    return view;
}

static void
a_gap_has_columns_of_answers_above_at_and_below_expectation(void **state)
{
    (void)state;
    struct view view = gap_view();
    char *csv = rendered(&view, RENDER_CSV);
    char *json = rendered(&view, RENDER_JSON);
    char *table = rendered(&view, RENDER_TABLE);

    assert_string_equal(
        csv, "rank,dealer,name,value,n,num,den,reason,above,equal,below,"
             "estimate,credibility,low,high,rank_first,rank_last,band\r\n"
             "1,A,\"Alpha, \"\"moved\"\"\",-0.166667,6,-1,6,,3,1,2,"
             "-0.285714,0.000000,-1.344459,1.011125,1,2,"
             "not_distinguishable\r\n"
             "2,B,\"'=1+1\",-1.000000,1,-1,1,,0,0,1,"
             "-0.285714,0.000000,-3.884990,1.884990,1,2,"
             "not_distinguishable\r\n"
             ",C,<b>Gamma</b>,,0,0,0,no_data,0,0,0,,,,,,,\r\n"
             ",D,,,0,0,0,no_data,0,0,0,,,,,,,\r\n"
             ",TOTAL,nation,-0.285714,7,-2,7,,3,1,3,,,,,,,\r\n");
    assert_non_null(
        strstr(json, "\"total\":{\"value\":\"-0.285714\",\"n\":7,\"num\":-2,"
                     "\"den\":7,\"above\":3,\"equal\":1,\"below\":3}"));
    assert_non_null(strstr(table, "  ABOVE  EQUAL  BELOW  "));
    assert_non_null(strstr(table, "      3      1      3  "));
    free(csv);
    free(json);
    free(table);
    view_close(&view);
}

static void
every_kind_of_formula_is_disarmed(void **state)
{
    (void)state;
    static const char *const cells[] = {"=a", "+a", "-a", "@a", "\ta", "\ra"};

    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct buffer text = {0};
        buffer_csv(&text, cells[i]);
        assert_int_equal(text.data[0], '"');
        assert_int_equal(text.data[1], '\'');
        assert_memory_equal(text.data + 2, cells[i], 2);
        buffer_fini(&text);
    }
}

static void
the_table_has_ids_without_spaces_and_the_name_last(void **state)
{
    (void)state;
    struct view view =
        view_of("loyalty", "nation", OCTOBER, OCTOBER, NOVEMBER_5);
    char *text = rendered(&view, RENDER_TABLE);
    char rank[8], dealer[40], value[40], reason[20], flag[20], name[40];
    char estimate[40], weight[40], low[40], high[40];
    char first[20], last[20], band[24];
    long n, num, den;

    assert_non_null(strstr(text, "# still open"));
    const char *line = strstr(text, "\n   1  ");
    assert_non_null(line);
    assert_int_equal(
        sscanf(line,
               "%7s %39s %39s %ld %ld %ld %19s %19s %39s %39s %39s %39s %19s "
               "%19s %23s %39[^\n]",
               rank, dealer, value, &n, &num, &den, reason, flag, estimate,
               weight, low, high, first, last, band, name),
        16);
    assert_string_equal(dealer, "C");
    assert_string_equal(value, "100.000000");
    assert_int_equal(den, 1000);
    assert_string_equal(reason, "-");
    assert_string_equal(flag, "reached");
    assert_string_equal(name, "<b>Gamma</b>");
    assert_non_null(strstr(text, "   -  TOTAL "));
    free(text);
    view_close(&view);
}

static void
damaged_text_becomes_valid_json_and_harmless_on_a_terminal(void **state)
{
    (void)state;
    static const char damaged[] =
        "a\xff\xc0\x80\xed\xa0\x80\x1b[2J\xc2\x9b\"\\\xe4\xb8\xad";
    struct buffer text = {0};
    json_error_t error;

    buffer_json(&text, damaged);
    json_t *json = json_loads(text.data, JSON_DECODE_ANY, &error);
    assert_non_null(json);
    assert_non_null(strstr(json_string_value(json), "\xe4\xb8\xad"));
    json_decref(json);
    buffer_fini(&text);

    buffer_plain(&text, damaged);
    assert_null(strchr(text.data, '\x1b'));
    assert_null(strstr(text.data, "\xc2\x9b"));
    buffer_fini(&text);
}

// --- What can be asked -------------------------------------------------------

static const uint32_t sample_months[] = {MONTH_NONE, SEPTEMBER, OCTOBER};

static const struct material sample_material = {.rulebook = &sample_rules,
                                                .directory = &sample_directory,
                                                .months = sample_months,
                                                .month_count = 3,
                                                .now_ms = 1793836800000};

static enum status
choose(struct selection *selection, const char *period, const char *kpi,
       const char *scope, char *problem)
{
    return selection_make(selection, &sample_material, period, kpi, scope,
                          problem);
}

static void
without_names_the_newest_month_is_shown_for_the_nation(void **state)
{
    (void)state;
    struct selection selection;
    char problem[SELECTION_PROBLEM_MAX];

    assert_int_equal(choose(&selection, NULL, NULL, NULL, problem), STATUS_OK);
    assert_string_equal(selection.period, "2026-10");
    assert_string_equal(selection.scope, "nation");
    assert_string_equal(selection.rule.id, "topbox"); // there is no csi here
    assert_int_equal(choose(&selection, "R4Q:2026-Q4", "mean_overall",
                            "region:north", problem),
                     STATUS_OK);
    assert_int_equal(selection.first, 2026 * 12);
    assert_int_equal(selection.last, 2026 * 12 + 11);
}

static void
what_does_not_exist_is_answered_with_what_does(void **state)
{
    (void)state;
    struct selection selection;
    char problem[SELECTION_PROBLEM_MAX];

    assert_int_equal(choose(&selection, NULL, "cs\x1bi", NULL, problem),
                     STATUS_NOT_FOUND);
    assert_string_equal(problem,
                        "there is no KPI \"cs?i\"; there are topbox, loyalty, "
                        "complaint_sla, mean_overall, mean_recommend");
    assert_int_equal(choose(&selection, "2026-13", NULL, NULL, problem),
                     STATUS_MALFORMED);
    assert_int_equal(choose(&selection, "2027-01", NULL, NULL, problem),
                     STATUS_NOT_FOUND);
    assert_non_null(strstr(problem, "there is data for 2026-10, 2026-09, "
                                    "2026-Q4, 2026-Q3, 2026, "));
    assert_int_equal(choose(&selection, NULL, NULL, "region:east", problem),
                     STATUS_NOT_FOUND);
    assert_string_equal(problem, "no dealer is in scope \"region:east\"; "
                                 "there are nation, brand:X, region:north, "
                                 "region:south");
    assert_int_equal(choose(&selection, NULL, NULL, "planet", problem),
                     STATUS_MALFORMED);
}

static void
the_default_is_the_newest_month_in_which_the_kpi_has_a_value(void **state)
{
    (void)state;
    struct tally_table *table = sample_table();
    struct material material = sample_material;
    static const uint32_t months[] = {AUGUST, OCTOBER + 1, SEPTEMBER, OCTOBER};
    struct selection selection;
    char problem[SELECTION_PROBLEM_MAX];

    // November has cases, no answers yet.
    row(table, "A", OCTOBER + 1);
    cases(table, 1, 0, 0);
    tally_table_seal(table);
    material.table = table;
    material.months = months;
    material.month_count = 4;
    assert_int_equal(
        selection_make(&selection, &material, NULL, "topbox", NULL, problem),
        STATUS_OK);
    assert_string_equal(selection.period, "2026-10");
    assert_int_equal(selection_make(&selection, &material, NULL,
                                    "complaint_sla", NULL, problem),
                     STATUS_OK);
    assert_string_equal(selection.period, "2026-11");
    tally_table_free(table);
}

static void
without_any_data_there_is_no_period(void **state)
{
    (void)state;
    struct material material = sample_material;
    struct selection selection;
    char problem[SELECTION_PROBLEM_MAX];

    material.month_count = 1; // the undated one
    assert_int_equal(
        selection_make(&selection, &material, NULL, NULL, NULL, problem),
        STATUS_NOT_FOUND);
    assert_string_equal(problem, "there is no data yet, in no period");
}

static void
periods_are_offered_newest_first_and_told_open(void **state)
{
    (void)state;
    static const char *const expected[] = {
        "2026-10", "2026-09",     "2026-Q4",    "2026-Q3",
        "2026",    "R4Q:2026-Q4", "YTD:2026-10"};
    struct choices choices;

    assert_int_equal(
        periods_of(&choices, sample_months, 3, &sample_rules, NOVEMBER_5),
        STATUS_OK);
    assert_int_equal(choices.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < choices.count; i++)
        assert_string_equal(choices.list[i].id, expected[i]);
    assert_true(choices.list[0].open);
    assert_false(choices.list[1].open);
    choices_fini(&choices);
}

static void
a_month_that_has_not_begun_is_neither_offered_nor_the_default(void **state)
{
    (void)state;
    const uint32_t months[] = {OCTOBER, OCTOBER + 1, OCTOBER + 3};
    struct choices choices;

    assert_int_equal(months_end(months, 3, &sample_rules, NOVEMBER_5),
                     OCTOBER + 2);
    assert_int_equal(months_end(months, 3, &sample_rules, 0), UINT32_MAX);
    assert_int_equal(periods_of(&choices, months, 3, &sample_rules, NOVEMBER_5),
                     STATUS_OK);
    assert_string_equal(choices.list[0].id, "2026-11");
    assert_false(choices_has(&choices, "2027-01"));
    assert_false(choices_has(&choices, "2027"));
    choices_fini(&choices);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            equal_values_share_a_rank_and_the_rest_follows_with_reasons),
        cmocka_unit_test(
            the_total_is_formed_from_all_figures_of_dealers_together),
        cmocka_unit_test(a_period_is_the_sum_of_its_months),
        cmocka_unit_test(only_an_open_month_leaves_its_unanswered_cases_out),
        cmocka_unit_test(
            a_month_closes_close_days_after_its_end_to_the_millisecond),
        cmocka_unit_test(a_month_belongs_where_the_dealer_was_at_its_end),
        cmocka_unit_test(a_scope_without_dealers_has_no_total),
        cmocka_unit_test(
            a_total_is_that_of_its_scope_however_often_it_is_asked_for),
        cmocka_unit_test(a_flag_needs_the_lower_bound_to_be_proven),
        cmocka_unit_test(a_sum_beyond_64_bits_is_refused_not_wrapped),
        cmocka_unit_test(rows_that_no_tally_can_hold_are_malformed),
        cmocka_unit_test(real_responses_give_the_reference_figures),
        cmocka_unit_test(json_has_the_shape_every_reader_relies_on),
        cmocka_unit_test(csv_quotes_cells_and_disarms_formulas),
        cmocka_unit_test(
            a_gap_has_columns_of_answers_above_at_and_below_expectation),
        cmocka_unit_test(every_kind_of_formula_is_disarmed),
        cmocka_unit_test(the_table_has_ids_without_spaces_and_the_name_last),
        cmocka_unit_test(
            damaged_text_becomes_valid_json_and_harmless_on_a_terminal),
        cmocka_unit_test(
            without_names_the_newest_month_is_shown_for_the_nation),
        cmocka_unit_test(what_does_not_exist_is_answered_with_what_does),
        cmocka_unit_test(
            the_default_is_the_newest_month_in_which_the_kpi_has_a_value),
        cmocka_unit_test(without_any_data_there_is_no_period),
        cmocka_unit_test(periods_are_offered_newest_first_and_told_open),
        cmocka_unit_test(
            a_month_that_has_not_begun_is_neither_offered_nor_the_default),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
