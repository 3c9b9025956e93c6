// SPDX-License-Identifier: Apache-2.0
//
// RECEIPT and the outcomes in it.
#include "common/wire/conversation.h"
#include "common/wire/put.h"

enum { RECEIPT_OUTCOMES = 4, RECEIPT_COLLECTORS = 9 };

static const struct rule receipt_table[] = {
    [1] = {.name = "session", .form = FORM_FIXED64},
    [2] = {"batch", FORM_UNSIGNED, false, 0, INT64_MAX},
    [3] = {"events", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [5] = {"credit", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [6] = {"server_time_ms", FORM_SIGNED, false, INT64_MIN, INT64_MAX},
    [7] = {"position", FORM_UNSIGNED, false, 0, INT64_MAX},
    [8] = {"backed_up_position", FORM_UNSIGNED, false, 0, INT64_MAX},
};
static const struct rule outcome_table[] = {
    [1] = {"index", FORM_UNSIGNED, false, 0, UINT32_MAX},
    [2] = {"kind", FORM_UNSIGNED, false, 0, OUTCOME_RETRY},
    [3] = {"code", FORM_UNSIGNED, false, 0, CODE_MAX},
    [4] = {"field", FORM_TEXT, false, 0, 255},
    [5] = {"text", FORM_TEXT, false, 0, SENTENCE_MAX},
    [6] = {"after_ms", FORM_UNSIGNED, false, 0, UINT32_MAX},
};

static bool
outcome_read(struct span bytes, struct receipt_outcome *outcome)
{
    struct record record;

    if (record_check(&record, (struct rules)RULES(outcome_table), bytes).code)
        return false;
    *outcome = (struct receipt_outcome){
        .index = (uint32_t)record_number(&record, 1),
        .kind = (enum outcome_kind)record_number(&record, 2),
        .code = (enum code)record_number(&record, 3),
        .field = record_bytes(&record, 4),
        .text = record_bytes(&record, 5),
        .after_ms = (uint32_t)record_number(&record, 6),
    };
    return true;
}

// receipt_fields also finds one more than the highest index in the outcomes.
static bool
receipt_fields(struct span bytes, struct record *record, uint64_t *indices)
{
    const struct rules rules = RULES(receipt_table);
    struct cursor cursor = cursor_on(bytes);
    struct field field;

    record->seen = 0;
    *indices = 0;
    while (cursor_more(&cursor)) {
        struct receipt_outcome outcome = {0};
        bool fine;
        if (!cursor_field(&cursor, &field))
            return false;
        if (field.number == RECEIPT_OUTCOMES) {
            fine = field.type == WIRE_LENGTH &&
                   outcome_read(field.value.bytes, &outcome);
            if (fine && outcome.index >= *indices)
                *indices = (uint64_t)outcome.index + 1;
        } else if (field.number == RECEIPT_COLLECTORS) {
            fine = collector_valid(&field);
        } else {
            fine = record_take(record, rules, &field).code == CODE_NONE;
        }
        if (!fine)
            return false;
    }
    return record_judge(record, rules).code == CODE_NONE;
}

bool
receipt_read(struct span bytes, struct receipt *receipt)
{
    struct record record;
    uint64_t indices;

    if (!receipt_fields(bytes, &record, &indices) ||
        indices > record_number(&record, 3))
        return false;
    *receipt = (struct receipt){
        .session = record_number(&record, 1),
        .batch = record_number(&record, 2),
        .events = (uint32_t)record_number(&record, 3),
        .credit = (uint32_t)record_number(&record, 5),
        .server_time_ms = record_signed(&record, 6),
        .position = record_number(&record, 7),
        .backed_up_position = record_number(&record, 8),
        .outcomes = repeated_of(bytes, RECEIPT_OUTCOMES),
        .collectors = repeated_of(bytes, RECEIPT_COLLECTORS),
    };
    return true;
}

bool
receipt_next_outcome(struct repeated *outcomes, struct receipt_outcome *outcome)
{
    struct span bytes;

    return repeated_next(outcomes, &bytes) && outcome_read(bytes, outcome);
}

void
receipt_begin(struct writer *writer, const struct receipt *receipt)
{
    envelope_begin(writer, ENVELOPE_RECEIPT);
    put_fixed64(writer, 1, receipt->session);
    put_unsigned(writer, 2, receipt->batch);
    put_unsigned(writer, 3, receipt->events);
    put_unsigned(writer, 5, receipt->credit);
    put_signed(writer, 6, receipt->server_time_ms);
    put_unsigned(writer, 7, receipt->position);
    put_unsigned(writer, 8, receipt->backed_up_position);
}

void
receipt_outcome_copy(struct writer *writer, uint32_t index,
                     const struct receipt_outcome *outcome)
{
    put_open(writer, RECEIPT_OUTCOMES);
    put_unsigned(writer, 1, index);
    put_unsigned(writer, 2, outcome->kind);
    put_unsigned(writer, 3, outcome->code);
    put_bytes(writer, 4, outcome->field);
    put_bytes(writer, 5, outcome->text);
    put_unsigned(writer, 6, outcome->after_ms);
    put_close(writer);
}

void
receipt_outcome(struct writer *writer, uint32_t index,
                const struct outcome *outcome)
{
    bool explain =
        outcome->kind == OUTCOME_REJECTED || outcome->kind == OUTCOME_RETRY;
    struct receipt_outcome told = {
        .kind = outcome->kind,
        .code = outcome->code,
        .after_ms = outcome->after_ms,
    };

    if (outcome->field)
        told.field = span_text(outcome->field);
    if (explain)
        told.text = span_text(code_text(outcome->code));
    receipt_outcome_copy(writer, index, &told);
}

size_t
receipt_end(struct writer *writer, const struct span *collectors,
            size_t collector_count)
{
    for (size_t i = 0; i < collector_count; i++)
        put_bytes_always(writer, RECEIPT_COLLECTORS, collectors[i]);
    return put_closed(writer);
}
