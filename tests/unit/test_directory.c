// SPDX-License-Identifier: Apache-2.0
#include "common/domain/directory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct dealer_row moved[] = {
    {.from = INT64_MIN, .region = "north", .brand = "A", .size = "S"},
    {.from = 1000, .region = "south", .brand = "A", .size = "M"},
    {.from = 2000,
     .region = "south",
     .brand = "B",
     .size = "L",
     .group = "G",
     .status = "closed"},
};
static const struct dealer_row young[] = {{.from = 500, .region = "north"}};

// In the order of a file; ids of which one begins another.
static const struct dealer dealers[] = {
    {.id = "D2", .row_count = 1, .rows = young},
    {.id = "D10", .row_count = 3, .rows = moved},
    {.id = "D1", .row_count = 1, .rows = young},
    {.id = "\xe5\xba\x97"
           "7",
     .row_count = 1,
     .rows = young},
};
static const uint32_t by_id[] = {2, 1, 0, 3};
static uint32_t places[8];
static struct directory directory = {
    .dealer_count = 4, .dealers = dealers, .by_id = by_id};

static int
index_dealers(void **state)
{
    (void)state;
    assert_int_equal(directory_place_count(4), sizeof places / sizeof *places);
    directory_index(&directory, places);
    return 0;
}

static void
every_listed_dealer_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_ptr_equal(directory_find(&directory, span_text(dealers[i].id)),
                         &dealers[i]);
}

static void
nobody_else_is_found(void **state)
{
    (void)state;
    static const char *const strangers[] = {"",     "D",  "D0", "D11",
                                            "D100", "D3", "d1", "E"};

    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
        assert_null(directory_find(&directory, span_text(strangers[i])));
    assert_null(directory_find(&directory, span_of("D1\0", 3)));
    assert_null(directory_find(&directory, (struct span){0}));
    assert_null(directory_find(&(struct directory){0}, span_text("D1")));
}

static void
the_row_that_holds_at_an_instant_counts(void **state)
{
    (void)state;
    const struct dealer *dealer = &dealers[1];

    assert_ptr_equal(dealer_at(dealer, INT64_MIN), &moved[0]);
    assert_ptr_equal(dealer_at(dealer, 999), &moved[0]);
    assert_ptr_equal(dealer_at(dealer, 1000), &moved[1]);
    assert_ptr_equal(dealer_at(dealer, 1999), &moved[1]);
    assert_ptr_equal(dealer_at(dealer, INT64_MAX), &moved[2]);
    assert_ptr_equal(dealer_at(&dealers[0], 0), &young[0]); // before it began
}

static void
scopes_choose_by_one_column(void **state)
{
    (void)state;
    assert_true(dealer_in_scope(&moved[1], "nation"));
    assert_true(dealer_in_scope(&moved[1], "region:south"));
    assert_true(dealer_in_scope(&moved[1], "brand:A"));
    assert_true(dealer_in_scope(&moved[1], "size:M"));
    assert_true(dealer_in_scope(&moved[2], "group:G"));
    assert_false(dealer_in_scope(&moved[1], "group:G"));
    assert_false(dealer_in_scope(&moved[1], "group:"));
    assert_false(dealer_in_scope(&moved[1], "region:north"));
    assert_false(dealer_in_scope(&moved[1], "region:sout"));
    assert_false(dealer_in_scope(&moved[1], "brand:M"));
    assert_false(dealer_in_scope(&moved[1], "everywhere"));
}

static void
closed_is_what_the_status_says(void **state)
{
    (void)state;
    assert_false(dealer_is_closed(&moved[1]));
    assert_true(dealer_is_closed(&moved[2]));
}

static void
a_scope_needs_a_known_kind_and_a_tag(void **state)
{
    (void)state;
    assert_true(scope_valid("nation"));
    assert_true(scope_valid("region:X"));
    assert_true(scope_valid("brand:Y"));
    assert_true(scope_valid("size:Z"));
    assert_true(scope_valid("group:Z"));
    assert_true(scope_valid("peer:Z"));
    assert_false(scope_valid(""));
    assert_false(scope_valid("nations"));
    assert_false(scope_valid("region"));
    assert_false(scope_valid("region:"));
    assert_false(scope_valid("dealer:D1"));
    assert_true(scope_valid("region:12345678901234567890123456789012"));
    assert_false(scope_valid("region:123456789012345678901234567890123"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_listed_dealer_is_found),
        cmocka_unit_test(nobody_else_is_found),
        cmocka_unit_test(the_row_that_holds_at_an_instant_counts),
        cmocka_unit_test(scopes_choose_by_one_column),
        cmocka_unit_test(closed_is_what_the_status_says),
        cmocka_unit_test(a_scope_needs_a_known_kind_and_a_tag),
    };
    return cmocka_run_group_tests_name("directory", tests, index_dealers, NULL);
}
