// SPDX-License-Identifier: Apache-2.0
//
// What event_read refuses in a survey response.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/event_draft.h"

static void
a_survey_names_its_questionnaire_version(void **state)
{
    (void)state;
    struct draft draft;

    put_open(draft_names(&draft), EVENT_SURVEY_RESPONSE);
    refused(&draft, CODE_MISSING_FIELD, "questionnaire");
    put_open(draft_names(&draft), EVENT_SURVEY_RESPONSE);
    put_bytes(&draft.out, 1, span_text("service"));
    refused(&draft, CODE_MISSING_FIELD, "version");
    put_open(draft_names(&draft), EVENT_SURVEY_RESPONSE);
    put_bytes(&draft.out, 1, span_text("service"));
    put_unsigned_always(&draft.out, 2, 0);
    refused(&draft, CODE_MISSING_FIELD, "version");
    put_open(draft_names(&draft), EVENT_SURVEY_RESPONSE);
    put_bytes(&draft.out, 1, span_text("service"));
    put_unsigned(&draft.out, 2, UINT64_C(1) << 32);
    refused(&draft, CODE_BAD_FIELD, "version");
}

static void
items_and_values_come_in_pairs(void **state)
{
    (void)state;
    struct draft draft;

    packed(draft_survey(&draft), 3, (const uint8_t[]){1, 2}, 2);
    packed(&draft.out, 4, (const uint8_t[]){10}, 1);
    refused(&draft, CODE_BAD_FIELD, "values");
    packed(draft_survey(&draft), 3, (const uint8_t[]){1, 2}, 2);
    packed(&draft.out, 4, (const uint8_t[]){10, 12}, 2);
    taken(&draft);
}

static void
an_item_is_answered_once(void **state)
{
    (void)state;
    struct draft draft;

    packed(draft_survey(&draft), 3, (const uint8_t[]){1, 2, 1}, 3);
    packed(&draft.out, 4, (const uint8_t[]){10, 12, 14}, 3);
    refused(&draft, CODE_BAD_FIELD, "items");
    packed(draft_survey(&draft), 3, (const uint8_t[]){1}, 1);
    packed(&draft.out, 4, (const uint8_t[]){10}, 1);
    packed(&draft.out, 5, (const uint8_t[]){1}, 1);
    refused(&draft, CODE_BAD_FIELD, "not_applicable");
}

static void
items_are_numbered_from_one_to_4095(void **state)
{
    (void)state;
    struct draft draft;

    packed(draft_survey(&draft), 3, (const uint8_t[]){0}, 1);
    packed(&draft.out, 4, (const uint8_t[]){10}, 1);
    refused(&draft, CODE_UNKNOWN_ITEM, "items");
    packed(draft_survey(&draft), 3, (const uint8_t[]){0x80, 0x20}, 2);
    refused(&draft, CODE_UNKNOWN_ITEM, "items");
    packed(draft_survey(&draft), 5, (const uint8_t[]){0xff, 0x1f}, 2);
    taken(&draft);
    // Eight at a time, the last of them 0.
    packed(draft_survey(&draft), 5, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 0},
           8);
    refused(&draft, CODE_UNKNOWN_ITEM, "not_applicable");
}

static void
values_lie_between_0_and_100(void **state)
{
    (void)state;
    struct draft draft;

    packed(draft_survey(&draft), 3, (const uint8_t[]){1, 2}, 2);
    packed(&draft.out, 4, (const uint8_t[]){0, 0xc8, 0x01}, 3); // 0, 100
    taken(&draft);
    packed(draft_survey(&draft), 3, (const uint8_t[]){1}, 1);
    packed(&draft.out, 4, (const uint8_t[]){0xca, 0x01}, 2); // 101
    refused(&draft, CODE_OFF_SCALE, "values");
    packed(draft_survey(&draft), 3, (const uint8_t[]){1}, 1);
    packed(&draft.out, 4, (const uint8_t[]){1}, 1); // -1
    refused(&draft, CODE_OFF_SCALE, "values");
    packed(draft_survey(&draft), 3, (const uint8_t[]){1, 2, 3, 4, 5, 6, 7, 8},
           8);
    packed(&draft.out, 4, (const uint8_t[]){2, 2, 2, 2, 2, 2, 2, 3}, 8);
    refused(&draft, CODE_OFF_SCALE, "values");
}

static void
more_than_64_answers_are_too_many(void **state)
{
    (void)state;
    uint8_t items[SURVEY_ANSWERS_MAX + 1], values[SURVEY_ANSWERS_MAX + 1] = {0};
    struct draft draft;

    for (uint8_t i = 0; i < sizeof items; i++)
        items[i] = i + 1;
    packed(draft_survey(&draft), 3, items, sizeof items);
    packed(&draft.out, 4, values, sizeof values);
    refused(&draft, CODE_TOO_LARGE, "items");
    packed(draft_survey(&draft), 3, items, SURVEY_ANSWERS_MAX);
    packed(&draft.out, 4, values, SURVEY_ANSWERS_MAX);
    taken(&draft);
    packed(draft_survey(&draft), 3, items, SURVEY_ANSWERS_MAX);
    packed(&draft.out, 4, values, SURVEY_ANSWERS_MAX);
    packed(&draft.out, 5, (const uint8_t[]){100}, 1);
    refused(&draft, CODE_TOO_LARGE, "items");
}

static void
a_resurvey_and_only_it_names_its_parent(void **state)
{
    (void)state;
    static const uint8_t zero[EVENT_ID_SIZE];
    struct draft draft;

    put_unsigned(draft_survey(&draft), 6, 1);
    refused(&draft, CODE_MISSING_FIELD, "parent");
    put_bytes(draft_survey(&draft), 7, span_of(some_id, sizeof some_id));
    refused(&draft, CODE_BAD_FIELD, "parent");
    put_unsigned(draft_survey(&draft), 6, 1);
    put_bytes(&draft.out, 7, span_of(zero, sizeof zero));
    refused(&draft, CODE_BAD_ID, "parent");
    put_unsigned(draft_survey(&draft), 6, 2);
    refused(&draft, CODE_BAD_FIELD, "kind");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_survey_names_its_questionnaire_version),
        cmocka_unit_test(items_and_values_come_in_pairs),
        cmocka_unit_test(an_item_is_answered_once),
        cmocka_unit_test(items_are_numbered_from_one_to_4095),
        cmocka_unit_test(values_lie_between_0_and_100),
        cmocka_unit_test(more_than_64_answers_are_too_many),
        cmocka_unit_test(a_resurvey_and_only_it_names_its_parent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
