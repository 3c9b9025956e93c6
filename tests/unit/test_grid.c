// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "client/grid_table.h"
#include "client/text_width.h"

static const struct grid_column columns[] = {
    {.key = "rank", .kind = GRID_WHOLE},
    {.key = "name", .is_last_on_line = true},
    {.key = "value", .kind = GRID_DECIMAL},
    {.key = "note", .importance = 2, .is_optional = true},
    {.key = "n", .kind = GRID_WHOLE, .importance = 1}};

static const struct {
    int64_t rank;
    const char *name;
    int64_t micro;
    const char *note;
} rows[] = {{1, "上海浦东", 71970370, "above"},
            {0, "=1+1", -500000, NULL},
            {12, "Zoë, \"x\"", 0, "-"}};

static void
fill(const void *context, size_t row, struct grid_cell *cells)
{
    (void)context;
    if (rows[row].rank > 0)
        grid_set_whole(&cells[0], rows[row].rank);
    grid_set_text(&cells[1], rows[row].name);
    grid_set_decimal(&cells[2], row < 2, rows[row].micro);
    grid_set_text(&cells[3], rows[row].note);
    grid_set_whole(&cells[4], -(int64_t)row);
}

static const struct grid grid = {.name = "Test",
                                 .column_count = 5,
                                 .row_count = 3,
                                 .columns = columns,
                                 .fill = fill};

static void
assert_table(struct grid_look look, const char *expected)
{
    struct buffer text = {0};

    grid_table(&grid, &look, &text);
    assert_string_equal(text.data, expected);
    buffer_fini(&text);
}

static void
numbers_are_never_disarmed_and_text_always(void **state)
{
    (void)state;
    struct buffer text = {0};

    grid_csv(&grid, &text);
    assert_string_equal(text.data, "rank,name,value,note,n\r\n"
                                   "1,上海浦东,71.970370,above,0\r\n"
                                   ",\"'=1+1\",-0.500000,,-1\r\n"
                                   "12,\"Zoë, \"\"x\"\"\",,\"'-\",-2\r\n");
    buffer_fini(&text);
}

static void
json_leaves_out_only_what_is_optional(void **state)
{
    (void)state;
    struct buffer text = {0};

    grid_json_rows(&grid, 2, &text);
    assert_string_equal(text.data,
                        "[\n{\"rank\":1,\"name\":\"上海浦东\","
                        "\"value\":\"71.970370\",\"note\":\"above\",\"n\":0},"
                        "\n{\"rank\":null,\"name\":\"=1+1\","
                        "\"value\":\"-0.500000\",\"n\":-1}]");
    buffer_fini(&text);
}

static void
a_table_is_aligned_and_ends_with_the_name(void **state)
{
    (void)state;
    assert_table((struct grid_look){0},
                 "RANK      VALUE  NOTE    N  NAME\n"
                 "   1  71.970370  above   0  上海浦东\n"
                 "   -  -0.500000  -      -1  =1+1\n"
                 "  12          -  -      -2  Zoë, \"x\"\n");
}

static void
a_narrow_screen_loses_the_least_important_first(void **state)
{
    (void)state;
    assert_table((struct grid_look){.width = 29, .rows = 1},
                 "RANK      VALUE  N  NAME\n"
                 "   1  71.970370  0  上海浦东\n");
    assert_table((struct grid_look){.width = 24, .rows = 1},
                 "RANK      VALUE  NAME\n"
                 "   1  71.970370  上海浦…\n");
}

static void
colour_is_only_there_when_asked_for(void **state)
{
    (void)state;
    assert_table((struct grid_look){.width = 24, .rows = 1, .is_colour = true},
                 "\033[1mRANK      VALUE  NAME\033[0m\n"
                 "   1  71.970370  上海浦…\n");
}

static void
a_chinese_character_takes_two_columns(void **state)
{
    (void)state;
    assert_int_equal(text_width(""), 0);
    assert_int_equal(text_width("abc"), 3);
    assert_int_equal(text_width("上海"), 4);
    assert_int_equal(text_width("e\xcc\x81"), 1);  // e and an accent
    assert_int_equal(text_width("a\xff\xfeg"), 4); // no UTF-8
    assert_int_equal(text_width("\xe4\xb8"), 2);   // cut short
    assert_int_equal(text_width("\x1b[2J"), 4);    // shown as ?[2J
}

static void
what_does_not_fit_is_cut_between_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
        bool right;
        const char *shown;
    } cases[] = {{"abc", 5, false, "abc  "},
                 {"abc", 5, true, "  abc"},
                 {"abcdef", 4, false, "abc…"},
                 {"上海浦东", 6, false, "上海… "},
                 {"上海浦东", 5, false, "上海…"},
                 {"上海", 4, true, "上海"},
                 {"上海", 1, false, "…"},
                 {"a\nb", 3, false, "a?b"},
                 {"", 2, false, "  "}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer text = {0};
        text_fit(&text, cases[i].text, cases[i].width, cases[i].right);
        assert_string_equal(text.data, cases[i].shown);
        assert_int_equal(text_width(text.data), cases[i].width);
        buffer_fini(&text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_never_disarmed_and_text_always),
        cmocka_unit_test(json_leaves_out_only_what_is_optional),
        cmocka_unit_test(a_table_is_aligned_and_ends_with_the_name),
        cmocka_unit_test(a_narrow_screen_loses_the_least_important_first),
        cmocka_unit_test(colour_is_only_there_when_asked_for),
        cmocka_unit_test(a_chinese_character_takes_two_columns),
        cmocka_unit_test(what_does_not_fit_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
