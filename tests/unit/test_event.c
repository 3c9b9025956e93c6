// SPDX-License-Identifier: Apache-2.0
#include "common/domain/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
folded_types_are_known(void **state)
{
    (void)state;
    size_t folded = 0, known = 0;

    for (uint32_t number = 0; number < 256; number++) {
        folded += event_type_folded(number);
        known += event_type_known(number);
        if (event_type_folded(number))
            assert_true(event_type_known(number));
        assert_int_equal(event_type_known(number),
                         strcmp(event_type_name(number), "UNKNOWN") != 0);
    }
    assert_int_equal(folded, 34);
    assert_int_equal(known, 34 + 11);
    assert_false(event_type_known(0));
    assert_false(event_type_known(61));
    assert_false(event_type_known(UINT32_MAX));
}

// Each "NAME = number;" of the EventType enumeration.
static void
types_are_those_of_the_contract(void **state)
{
    (void)state;
    FILE *file = fopen(SOURCE_DIR "/proto/event.proto", "r");
    char line[256], name[64];
    unsigned number;
    bool inside = false;
    size_t seen = 0;

    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "enum EventType", 14) == 0)
            inside = true;
        else if (line[0] == '}')
            inside = false;
        else if (inside && sscanf(line, " %63s = %u;", name, &number) == 2 &&
                 number != 0) {
            // The contract says VOID_EVENT where we say VOID.
            char *suffix = strstr(name, "_EVENT");
            if (suffix)
                *suffix = '\0';
            assert_string_equal(event_type_name(number), name);
            seen++;
        }
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(seen, 34 + 11);
}

static void
controls_are_the_five_that_act_on_others(void **state)
{
    (void)state;
    assert_true(event_type_is_control(EVENT_VOID));
    assert_true(event_type_is_control(EVENT_UNVOID));
    assert_true(event_type_is_control(EVENT_CORRECT));
    assert_true(event_type_is_control(EVENT_HOLD));
    assert_true(event_type_is_control(EVENT_RELEASE));
    assert_false(event_type_is_control(EVENT_NONE));
    assert_false(event_type_is_control(EVENT_COMPLAINT_VERDICT));
}

static void
events_are_ordered_by_time_then_id(void **state)
{
    (void)state;
    const struct event_id low = {{0x01, 0xff}}, high = {{0x80}};

    assert_true(event_before(1, &high, 2, &low));
    assert_false(event_before(2, &low, 1, &high));
    assert_true(event_before(5, &low, 5, &high)); // bytes are unsigned
    assert_false(event_before(5, &high, 5, &low));
    assert_false(event_before(5, &low, 5, &low));
    assert_true(event_before(-1, &high, 0, &low));
}

static void
an_id_is_zero_only_if_all_its_bytes_are(void **state)
{
    (void)state;
    struct event_id id = {0};

    assert_true(event_id_is_zero(&id));
    for (size_t i = 0; i < EVENT_ID_SIZE; i++) {
        const struct event_id before = id;
        id.bytes[i] = 1;
        assert_false(event_id_is_zero(&id));
        assert_false(event_id_equal(&id, &before));
        assert_true(event_id_equal(&id, &id));
        id.bytes[i] = 0;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folded_types_are_known),
        cmocka_unit_test(types_are_those_of_the_contract),
        cmocka_unit_test(controls_are_the_five_that_act_on_others),
        cmocka_unit_test(events_are_ordered_by_time_then_id),
        cmocka_unit_test(an_id_is_zero_only_if_all_its_bytes_are),
    };
    return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
