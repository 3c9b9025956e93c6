// SPDX-License-Identifier: Apache-2.0
//
// What event_read refuses in visits, complaints and controls.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/event_draft.h"

static void
a_visit_names_itself_and_its_amounts_are_sane(void **state)
{
    (void)state;
    struct draft draft;

    put_open(draft_names(&draft), EVENT_VISIT_CLOSED);
    refused(&draft, CODE_MISSING_FIELD, "visit");
    put_bytes(draft_names(&draft), 5, span_text("V1"));
    put_open(&draft.out, EVENT_VISIT_CLOSED);
    put_signed(&draft.out, 11, -1);
    refused(&draft, CODE_BAD_FIELD, "settled_fen");
    put_bytes(draft_names(&draft), 5, span_text("V1"));
    put_open(&draft.out, EVENT_VISIT_CLOSED);
    put_signed(&draft.out, 9, INT64_MAX);
    refused(&draft, CODE_BAD_FIELD, "ready_at_ms");
    put_bytes(draft_names(&draft), 5, span_text("V1"));
    put_open(&draft.out, EVENT_VISIT_CLOSED);
    put_signed(&draft.out, 12, -100);
    taken(&draft);
}

// complaint_with opens a payload of a complaint.
static struct writer *
complaint_with(struct draft *draft, enum event_type type)
{
    put_bytes(draft_names(draft), 7, span_text("C1"));
    put_open(&draft->out, type);
    return &draft->out;
}

static void
a_complaint_has_a_name_and_a_class(void **state)
{
    (void)state;
    struct draft draft;

    put_open(draft_names(&draft), EVENT_COMPLAINT_OPENED);
    put_unsigned(&draft.out, 1, CLASS_GENERAL);
    refused(&draft, CODE_MISSING_FIELD, "complaint");
    complaint_with(&draft, EVENT_COMPLAINT_OPENED);
    refused(&draft, CODE_MISSING_FIELD, "class");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_OPENED), 1,
                 CLASS_COUNT);
    refused(&draft, CODE_BAD_FIELD, "class");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_OPENED), 1, CLASS_HARD);
    put_unsigned(&draft.out, 3, 5);
    refused(&draft, CODE_BAD_FIELD, "severity");
}

static void
an_action_has_a_kind_and_what_the_kind_needs(void **state)
{
    (void)state;
    struct draft draft;

    complaint_with(&draft, EVENT_COMPLAINT_ACTION);
    refused(&draft, CODE_MISSING_FIELD, "kind");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_ACTION), 1,
                 ACTION_COUNT);
    refused(&draft, CODE_BAD_FIELD, "kind");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_ACTION), 1,
                 ACTION_RECLASSIFY);
    refused(&draft, CODE_MISSING_FIELD, "class");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_ACTION), 1,
                 ACTION_REASSIGN);
    refused(&draft, CODE_MISSING_FIELD, "complaint_action.dealer");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_ACTION), 1, ACTION_ACK);
    put_bytes(&draft.out, 3, span_text("D2"));
    refused(&draft, CODE_BAD_FIELD, "complaint_action.dealer");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_ACTION), 1,
                 ACTION_CLOSED);
    taken(&draft); // without a root cause: counted, not refused (rulings E)
}

static void
a_verdict_says_one_thing_or_another(void **state)
{
    (void)state;
    struct draft draft;

    complaint_with(&draft, EVENT_COMPLAINT_VERDICT);
    refused(&draft, CODE_MISSING_FIELD, "verdict");
    put_unsigned(complaint_with(&draft, EVENT_COMPLAINT_VERDICT), 1,
                 VERDICT_COUNT);
    refused(&draft, CODE_BAD_FIELD, "verdict");
}

static void
a_control_names_its_target_in_full(void **state)
{
    (void)state;
    struct draft draft;

    put_open(draft_names(&draft), EVENT_VOID);
    refused(&draft, CODE_MISSING_FIELD, "target");
    put_open(draft_names(&draft), EVENT_VOID);
    put_bytes(&draft.out, 1, span_of(some_id, sizeof some_id));
    refused(&draft, CODE_MISSING_FIELD, "target_type");
    put_open(draft_names(&draft), EVENT_VOID);
    put_bytes(&draft.out, 1, span_of(some_id, sizeof some_id));
    put_unsigned(&draft.out, 2, EVENT_SURVEY_RESPONSE);
    refused(&draft, CODE_MISSING_FIELD, "target_occurred_at_ms");
    put_open(draft_names(&draft), EVENT_VOID);
    put_bytes(&draft.out, 1, span_of(some_id, sizeof some_id));
    put_unsigned(&draft.out, 2, EVENT_VISIT_CLOSED);
    put_signed(&draft.out, 3, 1780000000000);
    refused(&draft, CODE_MISSING_FIELD, "visit");
    draft_control(&draft, EVENT_VOID, EVENT_VISIT_CLOSED);
    taken(&draft);
}

static void
a_target_is_an_event_that_can_be_controlled(void **state)
{
    (void)state;
    struct draft draft;

    draft_control(&draft, EVENT_VOID, EVENT_VOID);
    refused(&draft, CODE_BAD_FIELD, "target_type");
    draft_control(&draft, EVENT_VOID, 61);
    refused(&draft, CODE_UNKNOWN_TYPE, "target_type");
    draft_control(&draft, EVENT_VOID, 72);
    refused(&draft, CODE_NOT_YET_SUPPORTED, "target_type");
    draft_control(&draft, EVENT_CORRECT, EVENT_SURVEY_INVITED);
    refused(&draft, CODE_BAD_FIELD, "target_type");
}

static void
only_unvoid_and_release_take_a_control_back(void **state)
{
    (void)state;
    struct draft draft;

    draft_control(&draft, EVENT_UNVOID, EVENT_SURVEY_RESPONSE);
    refused(&draft, CODE_MISSING_FIELD, "control");
    put_bytes(draft_control(&draft, EVENT_RELEASE, EVENT_SURVEY_RESPONSE), 4,
              span_of(some_id, sizeof some_id));
    taken(&draft);
    put_bytes(draft_control(&draft, EVENT_HOLD, EVENT_SURVEY_RESPONSE), 4,
              span_of(some_id, sizeof some_id));
    refused(&draft, CODE_BAD_FIELD, "control");
}

static void
only_correct_replaces_and_with_the_same_type(void **state)
{
    (void)state;
    struct draft draft;

    draft_control(&draft, EVENT_CORRECT, EVENT_COMPLAINT_VERDICT);
    refused(&draft, CODE_MISSING_FIELD, "complaint_verdict");
    put_bytes_always(
        draft_control(&draft, EVENT_CORRECT, EVENT_COMPLAINT_VERDICT), 17,
        (struct span){NULL, 0});
    refused(&draft, CODE_BAD_FIELD, "replacement");
    put_bytes_always(draft_control(&draft, EVENT_VOID, EVENT_VISIT_OPENED), 17,
                     (struct span){NULL, 0});
    refused(&draft, CODE_BAD_FIELD, "replacement");
    put_bytes_always(
        draft_control(&draft, EVENT_CORRECT, EVENT_COMPLAINT_VERDICT), 20,
        (struct span){NULL, 0});
    refused(&draft, CODE_MISSING_FIELD, "verdict");
    put_open(draft_control(&draft, EVENT_CORRECT, EVENT_COMPLAINT_VERDICT), 20);
    put_unsigned(&draft.out, 1, VERDICT_FRAUD);
    taken(&draft);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_visit_names_itself_and_its_amounts_are_sane),
        cmocka_unit_test(a_complaint_has_a_name_and_a_class),
        cmocka_unit_test(an_action_has_a_kind_and_what_the_kind_needs),
        cmocka_unit_test(a_verdict_says_one_thing_or_another),
        cmocka_unit_test(a_control_names_its_target_in_full),
        cmocka_unit_test(a_target_is_an_event_that_can_be_controlled),
        cmocka_unit_test(only_unvoid_and_release_take_a_control_back),
        cmocka_unit_test(only_correct_replaces_and_with_the_same_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
