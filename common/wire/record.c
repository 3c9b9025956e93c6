// SPDX-License-Identifier: Apache-2.0
#include "common/wire/record.h"

#include <stdlib.h>

#include "common/domain/event.h"
#include "common/wire/event_code.h"
#include "common/wire/text.h"

static enum wire_type
form_wire_type(enum form form)
{
    if (form == FORM_UNSIGNED || form == FORM_SIGNED)
        return WIRE_VARINT;
    return form == FORM_FIXED64 ? WIRE_FIXED64 : WIRE_LENGTH;
}

struct fault
record_take(struct record *record, struct rules rules,
            const struct field *field)
{
    uint32_t number = field->number;

    if (number >= rules.count || rules.table[number].form == FORM_NONE)
        return fault_of(CODE_MALFORMED, NULL);
    const struct rule *rule = &rules.table[number];
    if (field->type != (uint32_t)form_wire_type(rule->form) ||
        record_has(record, number))
        return fault_of(CODE_MALFORMED, rule->name);
    record->seen |= UINT64_C(1) << number;
    record->values[number] = field->value;
    return fault_of(CODE_NONE, NULL);
}

struct fault
record_read(struct record *record, struct rules rules, struct span bytes)
{
    struct cursor cursor = cursor_on(bytes);
    struct field field;

    record->seen = 0;
    while (cursor_more(&cursor)) {
        if (!cursor_field(&cursor, &field))
            return fault_of(CODE_MALFORMED, NULL);
        struct fault fault = record_take(record, rules, &field);
        if (fault.code)
            return fault;
    }
    return fault_of(CODE_NONE, NULL);
}

static enum code
judge_length(const struct rule *rule, uint32_t length)
{
    if (length == 0 && rule->needed)
        return CODE_MISSING_FIELD;
    if (length > rule->most)
        return rule->least == rule->most ? CODE_BAD_FIELD : CODE_TOO_LARGE;
    return length < rule->least ? CODE_BAD_FIELD : CODE_NONE;
}

static enum code
judge_text(const struct rule *rule, struct span text)
{
    enum code code = judge_length(rule, text.length);

    if (code)
        return code;
    if (rule->form == FORM_NAME ? text_is_name(text) : text_is_plain(text))
        return CODE_NONE;
    if (!utf8_valid(text))
        return CODE_BAD_TEXT;
    return rule->form == FORM_NAME ? CODE_BAD_FIELD : CODE_NONE;
}

static enum code
judge_id(struct span id)
{
    uint64_t halves[2];

    if (id.length != EVENT_ID_SIZE)
        return CODE_BAD_ID;
    memcpy(halves, id.data, EVENT_ID_SIZE);
    return halves[0] | halves[1] ? CODE_NONE : CODE_BAD_ID;
}

static enum code
judge_unsigned(const struct rule *rule, uint64_t number)
{
    if (number == 0 && rule->needed && rule->least > 0)
        return CODE_MISSING_FIELD;
    return number < (uint64_t)rule->least || number > (uint64_t)rule->most
               ? CODE_BAD_FIELD
               : CODE_NONE;
}

static enum code
judge_signed(const struct rule *rule, int64_t number)
{
    return number < rule->least || number > rule->most ? CODE_BAD_FIELD
                                                       : CODE_NONE;
}

enum code
rule_judge(const struct rule *rule, const union value *value)
{
    switch (rule->form) {
    case FORM_TEXT:
    case FORM_NAME:
        return judge_text(rule, value->bytes);
    case FORM_BYTES:
        return judge_length(rule, value->bytes.length);
    case FORM_ID:
        return judge_id(value->bytes);
    case FORM_UNSIGNED:
        return judge_unsigned(rule, value->number);
    case FORM_SIGNED:
        return judge_signed(rule, zigzag_decode(value->number));
    case FORM_FIXED64:
    case FORM_MESSAGE:
        return CODE_NONE;
    case FORM_NONE:
        break;
    }
    abort(); // record_take lets no such field in
}

struct fault
record_judge(const struct record *record, struct rules rules)
{
    for (uint32_t number = 1; number < rules.count; number++) {
        const struct rule *rule = &rules.table[number];
        if (record_has(record, number)) {
            enum code code = rule_judge(rule, &record->values[number]);
            if (code)
                return fault_of(code, rule->name);
        } else if (rule->needed) {
            return fault_of(CODE_MISSING_FIELD, rule->name);
        }
    }
    return fault_of(CODE_NONE, NULL);
}

struct fault
record_check(struct record *record, struct rules rules, struct span bytes)
{
    struct fault fault = record_read(record, rules, bytes);

    return fault.code ? fault : record_judge(record, rules);
}
