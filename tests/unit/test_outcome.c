// SPDX-License-Identifier: Apache-2.0
#include "common/domain/outcome.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static void
a_code_says_what_became_of_the_event(void **state)
{
    (void)state;
    for (uint32_t number = 0; number < 128; number++) {
        if (!code_known(number))
            continue;
        struct outcome outcome = outcome_of((enum code)number, "field");

        assert_int_equal(outcome.code, number);
        assert_string_equal(outcome.field, "field");
        if (number == CODE_NONE)
            assert_int_equal(outcome.kind, OUTCOME_ACCEPTED);
        else if (number == CODE_ALREADY_STORED)
            assert_int_equal(outcome.kind, OUTCOME_DUPLICATE);
        else
            assert_int_equal(outcome.kind,
                             number < 64 ? OUTCOME_REJECTED : OUTCOME_RETRY);
    }
}

static void
only_a_retry_says_when(void **state)
{
    (void)state;
    assert_int_equal(outcome_of(CODE_UNKNOWN_DEALER, NULL).after_ms, 60000);
    assert_int_equal(outcome_of(CODE_STALE_SESSION, NULL).after_ms, 60000);
    assert_int_equal(outcome_of(CODE_NONE, NULL).after_ms, 0);
    assert_int_equal(outcome_of(CODE_ALREADY_STORED, NULL).after_ms, 0);
    assert_int_equal(outcome_of(CODE_OFF_SCALE, NULL).after_ms, 0);
}

static void
unknown_numbers_are_no_codes(void **state)
{
    (void)state;
    assert_false(code_known(16));
    assert_false(code_known(63));
    assert_false(code_known(76));
    assert_false(code_known(UINT32_MAX));
    assert_string_equal(code_name(76), "UNKNOWN");
    assert_string_equal(code_text(76), "unknown code");
    assert_string_equal(code_name(CODE_BAD_ID), "BAD_ID");
    assert_string_equal(code_text(CODE_TOO_OLD),
                        "the event is older than the legal look-back");
}

// Each "NAME = number;" of the Code enumeration.
static void
codes_are_those_of_the_contract(void **state)
{
    (void)state;
    FILE *file = fopen(SOURCE_DIR "/proto/terminal.proto", "r");
    char line[256], name[64];
    unsigned number;
    bool inside = false;
    size_t seen = 0, known = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "enum Code", 9) == 0)
            inside = true;
        else if (line[0] == '}')
            inside = false;
        else if (inside && sscanf(line, " %63s = %u;", name, &number) == 2) {
            const char *bare = strncmp(name, "CODE_", 5) == 0 ? name + 5 : name;
            assert_string_equal(code_name(number), bare);
            seen++;
        }
    }
    assert_int_equal(fclose(file), 0);
    for (uint32_t i = 0; i < 128; i++)
        known += code_known(i);
    assert_int_equal(seen, known);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_says_what_became_of_the_event),
        cmocka_unit_test(only_a_retry_says_when),
        cmocka_unit_test(unknown_numbers_are_no_codes),
        cmocka_unit_test(codes_are_those_of_the_contract),
    };
    return cmocka_run_group_tests_name("outcome", tests, NULL, NULL);
}
