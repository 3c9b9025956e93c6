// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aggregator/held_back.h"

static enum status
read_text(const char *text, struct held_back *held)
{
    return held_back_read(span_text(text), held);
}

static void
a_list_is_read_as_it_is_written(void **state)
{
    (void)state;
    struct held_back held = {0}, again;
    char *text;
    size_t length;

    assert_int_equal(held_back_add(&held, 7, 2, "later"), STATUS_OK);
    assert_int_equal(held_back_add(&held, 3, 0, "first of all"), STATUS_OK);
    assert_int_equal(held_back_add(&held, 7, 1, "between"), STATUS_OK);
    assert_int_equal(held_back_add(&held, 7, 2, "at last"), STATUS_OK);
    assert_int_equal(held_back_write(&held, &text, &length), STATUS_OK);
    assert_string_equal(text, "3 0 first of all\n7 1 between\n7 2 at last\n");
    assert_int_equal(read_text(text, &again), STATUS_OK);
    assert_int_equal(again.count, 3);
    assert_string_equal(held_back_find(&again, 7, 1), "between");
    assert_null(held_back_find(&again, 7, 0));
    assert_true(held_back_touches(&again, 7));
    assert_false(held_back_touches(&again, 4));
    assert_int_equal(held_back_remove(&again, 7, 1), STATUS_OK);
    assert_int_equal(held_back_remove(&again, 7, 1), STATUS_NOT_FOUND);
    assert_null(held_back_find(&again, 7, 1));
    free(text);
    held_back_free(&held);
    held_back_free(&again);
}

static void
what_is_no_list_is_refused_whole(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "3 0 no end of line",
        "3 0\n",
        "3\n",
        "\n",
        "0 0 from one\n",
        "x 0 y\n",
        "3 0 a\n3 0 b\n",
        "4 0 a\n3 0 b\n",
        "3 -1 a\n",
        "3 0 a\n\n3 1 b\n",
    };
    struct held_back held;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(read_text(bad[i], &held), STATUS_MALFORMED);
        assert_int_equal(held.count, 0);
    }
    assert_int_equal(read_text("", &held), STATUS_OK);
    assert_int_equal(held.count, 0);
}

static void
a_reason_is_one_line_of_bounded_length(void **state)
{
    (void)state;
    struct held_back held = {0};
    char reason[HELD_BACK_REASON_MAX + 2];

    memset(reason, 'x', sizeof reason);
    reason[HELD_BACK_REASON_MAX + 1] = 0;
    assert_int_equal(held_back_add(&held, 1, 0, reason), STATUS_MALFORMED);
    reason[HELD_BACK_REASON_MAX] = 0;
    assert_int_equal(held_back_add(&held, 1, 0, reason), STATUS_OK);
    assert_int_equal(held_back_add(&held, 1, 1, ""), STATUS_MALFORMED);
    assert_int_equal(held_back_add(&held, 1, 1, "two\nlines"),
                     STATUS_MALFORMED);
    assert_int_equal(held_back_add(&held, 0, 1, "nowhere"), STATUS_MALFORMED);
    assert_int_equal(held.count, 1);
    held_back_free(&held);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_is_read_as_it_is_written),
        cmocka_unit_test(what_is_no_list_is_refused_whole),
        cmocka_unit_test(a_reason_is_one_line_of_bounded_length),
    };
    return cmocka_run_group_tests_name("held_back", tests, NULL, NULL);
}
