// SPDX-License-Identifier: Apache-2.0
//
// Invitations, visits and what belongs to a complaint.
#include "common/wire/event_parts.h"

static const struct rule invitation_table[] = {
    [1] = {"contact", FORM_BYTES, false, PERSON_KEY_MIN, PERSON_KEY_MAX},
};

struct fault
invitation_read(struct span bytes, struct event *event)
{
    struct record record;
    struct fault fault =
        record_check(&record, (struct rules)RULES(invitation_table), bytes);

    if (!fault.code)
        event->contact = record_bytes(&record, 1);
    return fault;
}

#define TIME_FORM  FORM_SIGNED, false, 0, TIME_MAX_MS
#define MONEY_FORM FORM_SIGNED, false, 0, MONEY_MAX_FEN

static const struct rule visit_table[] = {
    [1] = {"work_type", FORM_TEXT, false, 1, 32},
    [2] = {"warranty", FORM_UNSIGNED, false, 0, 1},
    [3] = {"first_visit", FORM_UNSIGNED, false, 0, 1},
    [4] = {"eligible", FORM_UNSIGNED, false, 0, 1},
    [5] = {"arrived_at_ms", TIME_FORM},
    [6] = {"served_at_ms", TIME_FORM},
    [7] = {"signed_at_ms", TIME_FORM},
    [8] = {"promised_at_ms", TIME_FORM},
    [9] = {"ready_at_ms", TIME_FORM},
    [10] = {"estimate_fen", MONEY_FORM},
    [11] = {"settled_fen", MONEY_FORM},
    [12] = {"margin_fen", FORM_SIGNED, false, -MONEY_MAX_FEN, MONEY_MAX_FEN},
    [13] = {"repeat_of", FORM_TEXT, false, 1, NATURAL_KEY_MAX},
};

struct fault
visit_read(struct span bytes, struct event *event)
{
    struct record record;
    struct fault fault =
        record_check(&record, (struct rules)RULES(visit_table), bytes);

    if (fault.code)
        return fault;
    event->visit_facts = (struct visit){
        .warranty = record_number(&record, 2) != 0,
        .first_visit = record_number(&record, 3) != 0,
        .eligible = record_number(&record, 4) != 0,
        .arrived_at = record_signed(&record, 5),
        .served_at = record_signed(&record, 6),
        .signed_at = record_signed(&record, 7),
        .promised_at = record_signed(&record, 8),
        .ready_at = record_signed(&record, 9),
        .has_estimate = record_has(&record, 10),
        .estimate_fen = record_signed(&record, 10),
        .has_settled = record_has(&record, 11),
        .settled_fen = record_signed(&record, 11),
        .margin_fen = record_signed(&record, 12),
    };
    event->work_type = record_bytes(&record, 1);
    event->repeat_of = record_bytes(&record, 13);
    return fault;
}

static const struct rule complaint_table[] = {
    [1] = {"class", FORM_UNSIGNED, true, 1, CLASS_COUNT - 1},
    [2] = {"category", FORM_TEXT, false, 1, 64},
    [3] = {"severity", FORM_UNSIGNED, false, 1, 4},
    [4] = {"received_at_ms", TIME_FORM},
};

struct fault
complaint_read(struct span bytes, struct event *event)
{
    struct record record;
    struct fault fault =
        record_check(&record, (struct rules)RULES(complaint_table), bytes);

    if (fault.code)
        return fault;
    event->complaint = (struct complaint){
        .class = (enum complaint_class)record_number(&record, 1),
        .severity = (uint8_t)record_number(&record, 3),
        .received_at = record_signed(&record, 4),
    };
    event->category = record_bytes(&record, 2);
    return fault;
}

static const struct rule action_table[] = {
    [1] = {"kind", FORM_UNSIGNED, true, 1, ACTION_COUNT - 1},
    [2] = {"class", FORM_UNSIGNED, false, 0, CLASS_COUNT - 1},
    [3] = {"complaint_action.dealer", FORM_NAME, false, 1, DEALER_ID_MAX},
    [4] = {"amount_fen", MONEY_FORM},
    [5] = {"root_cause", FORM_TEXT, false, 1, 64},
    [6] = {"next_step", FORM_TEXT, false, 1, 256},
};

// What one kind of action needs and no other may carry.
static struct fault
action_judge(const struct complaint_action *action)
{
    bool reclassify = action->kind == ACTION_RECLASSIFY;
    bool reassign = action->kind == ACTION_REASSIGN;

    if (reclassify != (action->class != CLASS_NONE))
        return fault_of(reclassify ? CODE_MISSING_FIELD : CODE_BAD_FIELD,
                        action_table[2].name);
    if (reassign != (action->dealer_id.length != 0))
        return fault_of(reassign ? CODE_MISSING_FIELD : CODE_BAD_FIELD,
                        action_table[3].name);
    return fault_of(CODE_NONE, NULL);
}

struct fault
action_read(struct span bytes, struct complaint_action *action)
{
    struct record record;
    struct fault fault =
        record_check(&record, (struct rules)RULES(action_table), bytes);

    if (fault.code)
        return fault;
    *action = (struct complaint_action){
        .kind = (enum action_kind)record_number(&record, 1),
        .class = (enum complaint_class)record_number(&record, 2),
        .dealer_id = record_bytes(&record, 3),
        .amount_fen = record_signed(&record, 4),
        .root_cause = record_bytes(&record, 5),
        .next_step = record_bytes(&record, 6),
    };
    return action_judge(action);
}

static const struct rule verdict_table[] = {
    [1] = {"verdict", FORM_UNSIGNED, true, 1, VERDICT_COUNT - 1},
    [2] = {"decided_by", FORM_TEXT, false, 1, 64},
};

struct fault
verdict_read(struct span bytes, struct event *event)
{
    struct record record;
    struct fault fault =
        record_check(&record, (struct rules)RULES(verdict_table), bytes);

    if (fault.code)
        return fault;
    event->verdict = (enum verdict)record_number(&record, 1);
    event->decided_by = record_bytes(&record, 2);
    return fault;
}
